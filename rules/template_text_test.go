package rules

import (
	"strings"
	"testing"
)

func TestSegment(t *testing.T) {
	for _, c := range []struct{ template, name, want string }{
		{"Action=SendMessage&DelaySeconds=5&MessageBody=x", "DelaySeconds", "DelaySeconds=5"},
		{"Action=SendMessage&MessageBody=$util.urlEncode(\"a&b\")&X=1", "MessageBody", `MessageBody=$util.urlEncode("a&b")`},
		{"Action=SendMessage\n&MessageBody=x\n", "MessageBody", "MessageBody=x"},
		{"Action=SendMessage&XMessageBody=x", "MessageBody", ""},
		{"#set($a = 1)MessageBody=$a", "MessageBody", "MessageBody=$a"},
		{"", "MessageBody", ""},
	} {
		start, end, ok := segment(c.template, c.name)
		if got := c.template[start:end]; got != c.want || ok != (c.want != "") {
			t.Errorf("segment(%q, %s) = %q, %v", c.template, c.name, got, ok)
		}
	}
}

func TestTemplateWith(t *testing.T) {
	for _, c := range []struct{ protocol, template, name, text, want string }{
		{"query", "Action=SendMessage&MessageBody=x", "MessageGroupId", "a", "Action=SendMessage&MessageGroupId=a&MessageBody=x"},
		{"query", "MessageBody=x&Action=SendMessage", "MessageGroupId", "a", "MessageBody=x&Action=SendMessage&MessageGroupId=a"},
		{"query", "Action=SendMessage&MessageGroupId=&MessageBody=x", "MessageGroupId", "a", "Action=SendMessage&MessageGroupId=a&MessageBody=x"},
		{"query", "MessageBody=x", "MessageGroupId", "a", ""},
		{"json", `{"QueueUrl":"u"}`, "MessageBody", `"x"`, `{"MessageBody":"x","QueueUrl":"u"}`},
		{"json", `{}`, "MessageBody", `"x"`, `{"MessageBody":"x"}`},
		{"json", `{"QueueUrl": "u", "DelaySeconds": 5}`, "DelaySeconds", "0", `{"QueueUrl": "u", "DelaySeconds": 0}`},
		{"json", "Action=SendMessage", "MessageBody", `"x"`, ""},
	} {
		got, ok := templateWith(c.template, c.protocol, c.name, c.text)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("templateWith(%q, %s) = %q, %v, want %q", c.template, c.name, got, ok, c.want)
		}
	}
}

func FuzzTemplateText(f *testing.F) {
	f.Add("Action=SendMessage&MessageBody=$util.urlEncode($input.body)", "MessageBody")
	f.Add(`{"QueueUrl":"u","MessageBody":"$input.body"}`, "MessageBody")
	f.Add(")(=&(", "")
	f.Fuzz(func(t *testing.T, template, name string) {
		if start, end, ok := segment(template, name); ok && !strings.HasPrefix(template[start:end], name+"=") {
			t.Errorf("segment(%q, %q) = %q", template, name, template[start:end])
		}
		for _, protocol := range []string{"query", "json"} {
			// What comes of it is proved by the engine; here it must only end.
			if next, ok := templateWith(template, protocol, name, "1"); ok && len(next) < len(name) {
				t.Errorf("templateWith(%q, %q) = %q", template, name, next)
			}
		}
		escapePercent(template)
	})
}

func TestEscapePercent(t *testing.T) {
	for text, want := range map[string]string{"100%": "100%25", "100%25": "100%25", "%zz": "%25zz", "a%2": "a%252", "": ""} {
		if got := escapePercent(text); got != want {
			t.Errorf("escapePercent(%q) = %q, want %q", text, got, want)
		}
	}
}
