package vtl

import (
	"reflect"
	"testing"
)

func TestEmptyReferences(t *testing.T) {
	for _, c := range []struct {
		template string
		want     []EmptyReference
	}{
		{"a\n b=$your-msg-group-id", []EmptyReference{{Reference: "$your-msg-group-id", Line: 2, Column: 4, Reason: UndefinedVariable, Subject: "variable $your-msg-group-id"}}},
		{"$!quiet", []EmptyReference{{Reference: "$!quiet", Line: 1, Column: 1, Reason: UndefinedVariable, Subject: "variable $quiet", Quiet: true}}},
		{"#if(false)#set($v = 1)#end$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 27, Reason: UnsetVariable, Subject: "variable $v"}}},
		{"#foreach($v in [])#end$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 23, Reason: UnsetVariable, Subject: "variable $v"}}},
		// Read beside a #set is not set by it, nor is a member of what is not there.
		{"#set($v = $nope)$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 17, Reason: UndefinedVariable, Subject: "variable $nope"}}},
		{"#set($nope.x = 1)$nope", []EmptyReference{{Reference: "$nope", Line: 1, Column: 18, Reason: UndefinedVariable, Subject: "variable $nope"}}},
		{"$input.params('X')", []EmptyReference{{Reference: "$input.params('X')", Line: 1, Column: 1, Reason: AbsentClientValue, Subject: "parameter X"}}},
		{"$input.params().header.X-Tenant", []EmptyReference{{Reference: "$input.params().header.X-Tenant", Line: 1, Column: 1, Reason: AbsentClientValue, Subject: "header X-Tenant"}}},
		{"$util.urlEncode($input.params('X'))", []EmptyReference{{Reference: "$util.urlEncode($input.params('X'))", Line: 1, Column: 1, Reason: AbsentClientValue, Subject: "parameter X"}}},
		{"#set($v = $input.params('X'))$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 30, Reason: AbsentClientValue, Subject: "parameter X"}}},
		{"#set($v = $input.path('$.nope'))$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 33, Reason: AbsentClientValue, Subject: "body $.nope"}}},
		{"$input.path('$').a.b", []EmptyReference{{Reference: "$input.path('$').a.b", Line: 1, Column: 1, Reason: AbsentClientValue, Subject: "value $input.path('$').a"}}},
		{"$context.nope $context.identity.user", []EmptyReference{
			{Reference: "$context.nope", Line: 1, Column: 1, Reason: AbsentContextValue, Subject: "context nope"},
			{Reference: "$context.identity.user", Line: 1, Column: 15, Reason: AbsentContextValue, Subject: "context identity.user"}}},
		{"$stageVariables.q", []EmptyReference{{Reference: "$stageVariables.q", Line: 1, Column: 1, Reason: AbsentStageVariable, Subject: "stage variable q"}}},
		{"$input.body.nope()", []EmptyReference{{Reference: "$input.body.nope()", Line: 1, Column: 1, Reason: UnknownMethod, Subject: "method nope of $input.body"}}},
		{"$util.urlencode('a')", []EmptyReference{{Reference: "$util.urlencode('a')", Line: 1, Column: 1, Reason: UnknownMethod, Subject: "method urlencode of $util"}}},
		{`#set($e = "")$e`, []EmptyReference{{Reference: "$e", Line: 1, Column: 14, Reason: EmptyText, Subject: "value $e"}}},
		{`#set($s = "a$u")$s`, []EmptyReference{{Reference: "$u", Line: 1, Column: 13, Reason: UndefinedVariable, Subject: "variable $u", Position: InString}}},
		{"#foreach($i in [1..50])$u#end", []EmptyReference{{Reference: "$u", Line: 1, Column: 24, Reason: UndefinedVariable, Subject: "variable $u"}}},
		// $input.json prints "" for a member that is not there (T137).
		{"$input.json('$.a')", []EmptyReference{{Reference: "$input.json('$.a')", Line: 1, Column: 1, Reason: AbsentClientValue, Subject: "body $.a"}}},
		{"$util.urlEncode($input.json('$.a'))", []EmptyReference{{Reference: "$input.json('$.a')", Line: 1, Column: 17, Reason: AbsentClientValue, Subject: "body $.a", Position: InArgument}}},
		{"#set($v = $input.json('$.a'))$v", []EmptyReference{{Reference: "$v", Line: 1, Column: 30, Reason: AbsentClientValue, Subject: "body $.a"}}},
		// Nothing to note: conditions, calls made for their effect, escaped references.
		{`#if("$u" == "" && !$u)y#end`, nil},
		{"#set($m = {})$m.put('a', 'b')$m.remove('zz')", nil},
		{`\$u`, nil},
	} {
		out := mustRender(t, c.template, &Input{Body: "{}", Context: NewContext(map[string]any{"identity": map[string]any{"user": ""}})})
		if !reflect.DeepEqual(out.Empty, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.template, out.Empty, c.want)
		}
	}
}

func TestReads(t *testing.T) {
	tpl, err := Compile(`#if(false)$stageVariables.q ${stageVariables['r']}#end
$util.urlEncode($input.params('X')) $input.params().header.get('H') $input.params().querystring.q
$input.params().path["p"] $input.body $input.json('$.a') $context.identity.sourceIp $context["stage"] $input.params($x) $stageVariables.get($x)`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Read{
		{"stageVariable", "q", 1, 11}, {"stageVariable", "r", 1, 29},
		{"parameter", "X", 2, 17}, {"header", "H", 2, 37}, {"query", "q", 2, 69},
		{"path", "p", 3, 1}, {"body", "", 3, 27}, {"body", "$.a", 3, 39}, {"context", "identity.sourceIp", 3, 58}, {"context", "stage", 3, 85},
	}
	if got := tpl.Reads(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}
