package remedy

import (
	"strings"
	"testing"
)

// sample has the words of a template with one queue.
func sample() *wording {
	w := &wording{vocabulary: &vocabulary{region: "us-east-1", account: "123456789012"}}
	w.add("arn:aws:sqs:us-east-1:123456789012:stack-Orders", "${Orders.Arn}", reference{"GetAtt", "Orders.Arn"})
	w.add("https://sqs.us-east-1.amazonaws.com/123456789012/stack-Orders", "${Orders}", reference{"Ref", "Orders"})
	w.add("123456789012/stack-Orders", "${AWS::AccountId}/${Orders.QueueName}", reference{})
	w.names = append(w.names, name{text: "unknown-x", why: "x is not known"})
	for _, n := range w.names {
		w.first[n.text[0]] = append(w.first[n.text[0]], n)
	}
	return w
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		text string
		want any
	}{
		{"plain", "plain"},
		{"", ""},
		{"arn:aws:sqs:us-east-1:123456789012:stack-Orders", reference{"GetAtt", "Orders.Arn"}},
		{"arn:aws:sqs:us-east-1:123456789012:stack-Orders/x", reference{"Sub", "${Orders.Arn}/x"}},
		{`{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/stack-Orders","a":"${b}"}`, reference{"Sub", `{"QueueUrl":"${Orders}","a":"${!b}"}`}},
		{"arn:aws:apigateway:us-east-1:sqs:path/123456789012/stack-Orders", reference{"Sub", "arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Orders.QueueName}"}},
		{"us-east-1 in prose, 123456789012 too, ${c}", "us-east-1 in prose, 123456789012 too, ${c}"},
	} {
		w := sample()
		if got := w.value(tt.text); got != tt.want || w.err != nil {
			t.Errorf("%q is written %#v (%v), want %#v", tt.text, got, w.err, tt.want)
		}
	}
	w := sample()
	if w.value("a/unknown-x"); w.err == nil {
		t.Error("a value without words has to be an error")
	}
}

func TestAlign(t *testing.T) {
	for _, tt := range []struct{ template, text, want string }{
		{"plain", "plain", "plain"},
		{"a/${B}/c", "a/b/c", "a/ ${B}=b /c"},
		{"${A}${B}x", "abx", "${A}${B}=ab x"},
		{"x${!C}${A}", "x${C}a", "x${C} ${A}=a"},
		{"a${B}", "b", ""},
		{"a", "b", ""},
	} {
		var words []string
		for _, p := range align(tt.template, tt.text) {
			if p.expression != "" {
				p.text = p.expression + "=" + p.text
			}
			words = append(words, p.text)
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("align(%q, %q) = %q, want %q", tt.template, tt.text, got, tt.want)
		}
	}
}

// However a text is put together of the user's words and new ones, it resolves
// to what was wanted.
func FuzzRevise(f *testing.F) {
	f.Add("path/${A}/${B}", "path/1/2", "path/1/3")
	f.Add("${A}${B}", "xy", "x")
	f.Add("é${A}", "éè", "éê")
	f.Add("arn:aws:sqs:${R}:x", "arn:aws:sqs:us-west-2:x", "arn:aws:sqs:us-east-1:x")
	f.Add("a", "a", "arn:aws:sqs:us-east-1:123456789012:stack-Orders")
	f.Fuzz(func(t *testing.T, template, before, after string) {
		source := align(template, before)
		if source != nil && resolved(source) != before {
			t.Fatalf("align(%q, %q) resolves to %q", template, before, resolved(source))
		}
		if got := resolved(sample().revise(source, before, after)); got != after {
			t.Errorf("%q (%q) changed to %q gives %q", template, before, after, got)
		}
	})
}
