package vtl

import (
	"fmt"
	"strings"
	"testing"
)

// oneKB is a JSON body as clients send it.
var oneKB = func() string {
	var b strings.Builder
	b.WriteString(`{"order":"A-1","items":[`)
	for i := 0; b.Len() < 980; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"S%03d","note":"red & blue, 50%%"}`, i)
	}
	b.WriteString(`]}`)
	return b.String()
}()

const loopTemplate = `## a template of forty lines, as one sees them in the field
#set($root = $input.path('$'))
#set($prefix = "orders")
#set($sep = "")
#set($count = 0)
#set($kinds = {"a": "alpha", "b": "beta"})
#macro(attribute $index $name $text)
&MessageAttribute.${index}.Name=$name##
&MessageAttribute.${index}.Value.DataType=String##
&MessageAttribute.${index}.Value.StringValue=$util.urlEncode($text)##
#end
Action=SendMessage##
&Version=2012-11-05##
#if($root.priority && $root.priority > 3)
&DelaySeconds=0##
#elseif($root.priority == 3)
&DelaySeconds=5##
#else
&DelaySeconds=10##
#end
&MessageBody=##
#foreach($item in $root.items)
#set($count = $count + 1)
#if($foreach.hasNext)
#set($sep = ",")
#else
#set($sep = "")
#end
$util.urlEncode("$prefix-$item.sku:$item.quantity$sep")##
#end
#if($count > 0)
#attribute(1 "count" "$count")
#end
#if($kinds.containsKey("a"))
#attribute(2 "kind" $kinds.a)
#end
#set($trace = $context.requestId)
#if($trace != "")
#attribute(3 "trace" $trace)
#end
&MessageGroupId=$util.urlEncode($root.customer)`

var hundredItems = func() string {
	var b strings.Builder
	b.WriteString(`{"customer":"c 1","priority":4,"items":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"S%03d","quantity":%d}`, i, i*7%13)
	}
	b.WriteString(`]}`)
	return b.String()
}()

func benchmark(b *testing.B, source string, in Input) {
	t, err := Compile(source)
	if err != nil {
		b.Fatal(err)
	}
	for _, on := range []bool{false, true} {
		in.Provenance = on
		b.Run(fmt.Sprintf("provenance=%s", map[bool]string{false: "off", true: "on"}[on]), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in.Body)))
			for b.Loop() {
				if _, err := t.Render(&in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "renders/s")
		})
	}
}

func BenchmarkRenderEncodeBody(b *testing.B) {
	benchmark(b, "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", Input{Body: oneKB})
}

func BenchmarkRenderLoop(b *testing.B) {
	benchmark(b, loopTemplate, Input{Body: hundredItems, Context: NewContext(map[string]any{"requestId": "r-1"})})
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(loopTemplate)))
	for b.Loop() {
		if _, err := Compile(loopTemplate); err != nil {
			b.Fatal(err)
		}
	}
}

// Proofs of templates as large as people's, and of the longest one here.
func BenchmarkProve(b *testing.B) {
	for _, c := range []struct{ name, template string }{
		{"encoded", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageGroupId=$util.urlEncode($input.path('$.g'))&MessageDeduplicationId=$context.requestId"},
		{"raw", "Action=SendMessage&MessageBody=$input.body"},
		{"parameters", `{"QueueUrl":"https://q","MessageBody":"{#foreach($p in $input.params().querystring.keySet())\"$p\":\"$util.escapeJavaScript($input.params().querystring.get($p)).replaceAll("\\'","'")\"#if($foreach.hasNext),#end#end}"}`},
		{"forty lines", loopTemplate},
	} {
		t, err := Compile(c.template)
		if err != nil {
			b.Fatal(err)
		}
		q := &Question{}
		if c.template[0] == '{' {
			q.Protocol = JSON
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t.Prove(q)
			}
		})
	}
}
