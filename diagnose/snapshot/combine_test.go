package snapshot_test

import (
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

func TestCombine(t *testing.T) {
	on := snapshot.MethodRef{API: "a1", Path: "/orders", Method: "POST"}
	template := func(before, after string) snapshot.Change {
		return snapshot.SetTemplate{On: on, ContentType: "application/json", Before: before, After: after}
	}
	deploy := snapshot.Deploy{API: "a1", Stage: "prod"}
	const form = "Action=SendMessage&MessageBody=$input.body"
	group, encoded := template(form, form+"&MessageGroupId=g"), template(form, "Action=SendMessage&MessageBody=$util.urlEncode($input.body)")
	for _, order := range [][2]snapshot.Change{{group, encoded}, {encoded, group}} {
		got, err := snapshot.Combine([]snapshot.Change{order[0], deploy}, []snapshot.Change{order[1], deploy})
		want := template(form, "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageGroupId=g")
		if err != nil || len(got) != 2 || got[0] != want || got[1] != deploy {
			t.Errorf("%v, %v", got, err)
		}
	}
	if _, err := snapshot.Combine([]snapshot.Change{template("a b", "a x")}, []snapshot.Change{template("a b", "a y")}); err == nil {
		t.Error("two texts for one place were combined")
	}
	// Names of an HTTP API's parameters count with their case, those of headers do not.
	set := func(name, before, after string) snapshot.Change {
		return snapshot.SetRequestParameter{On: on, Name: name, Before: before, After: after}
	}
	if got, err := snapshot.Combine([]snapshot.Change{set("messageBody", "$request.body", ""), set("MessageBody", "", "$request.body")}); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := snapshot.Combine([]snapshot.Change{set("integration.request.header.X", "", "'1'"), set("integration.request.header.x", "", "'2'")}); err == nil {
		t.Error("one header was set to two values")
	}
}

func TestRebase(t *testing.T) {
	on := snapshot.MethodRef{API: "a1", Path: "/", Method: "POST"}
	later := snapshot.SetTemplate{On: on, Before: "a=1&b=$x&c=3", After: "a=1&b=$x&c=4"}
	got, ok := snapshot.Rebase(later, "a=1&b=x&c=3")
	if want := (snapshot.SetTemplate{On: on, Before: "a=1&b=x&c=3", After: "a=1&b=x&c=4"}); !ok || got != snapshot.Change(want) {
		t.Errorf("%v, %v", got, ok)
	}
	if _, ok := snapshot.Rebase(snapshot.SetTemplate{On: on, Before: "a=new", After: "a=newer"}, "a=old"); ok {
		t.Error("a change of what another one made stands alone")
	}
}
