package iam

import (
	"fmt"
	"strings"
	"testing"
)

// benchPolicy has n statements of the kinds that roles have; the last one allows
// the send if allows is set.
func benchPolicy(n int, allows bool) string {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case allows && i == n-1:
			b.WriteString(`{"Sid":"Send","Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl"],"Resource":"arn:aws:sqs:us-east-1:111111111111:orders"}`)
		case i%5 == 0:
			fmt.Fprintf(&b, `{"Sid":"Q%d","Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111:other-%d-*"}`, i, i)
		case i%5 == 1:
			fmt.Fprintf(&b, `{"Sid":"D%d","Effect":"Deny","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["us-east-1","eu-west-%d"]}}}`, i, i)
		default:
			fmt.Fprintf(&b, `{"Sid":"S%d","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","dynamodb:Query"],"Resource":["arn:aws:s3:::bucket-%d/*","arn:aws:dynamodb:us-east-1:111111111111:table/t%d"]}`, i, i, i)
		}
	}
	b.WriteString(`]}`)
	return b.String()
}

const benchQueuePolicy = `{"Version":"2012-10-17","Statement":[
 {"Sid":"owner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"SQS:*","Resource":"arn:aws:sqs:us-east-1:111111111111:orders"},
 {"Sid":"topic","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111111111111:orders","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:t"}}},
 {"Sid":"tls","Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:111111111111:orders","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`

func benchRequest() Request {
	p := RoleSessionPrincipal("arn:aws:iam::111111111111:role/orders-api", "AROAEXAMPLEAPITOSQS1")
	queue := Target{ARN: "arn:aws:sqs:us-east-1:111111111111:orders", Account: "111111111111", Region: "us-east-1"}
	return Request{Principal: p, Action: "sqs:SendMessage", Resource: queue.ARN, ResourceAccount: queue.Account, Context: SQSContext(Caller{Principal: p}, queue)}
}

func benchInputs(tb testing.TB, identity []string, queue string) Inputs {
	in := Inputs{IdentityComplete: true}
	for i, text := range identity {
		p, problems := Parse(text)
		if p == nil {
			tb.Fatal(problems)
		}
		in.Identity = append(in.Identity, Document{Name: fmt.Sprint("policy", i), Policy: p})
	}
	p, problems := Parse(queue)
	if p == nil {
		tb.Fatal(problems)
	}
	in.Resource = &Document{Name: "queue policy", Policy: p}
	return in
}

func benchTexts(allows bool) []string {
	return []string{benchPolicy(10, false), benchPolicy(10, false), benchPolicy(10, allows)}
}

// Three policies of ten statements and a queue policy of three; target 400,000 a second.
func BenchmarkEvaluate(b *testing.B) {
	for _, name := range []string{"allowed", "denied"} {
		b.Run(name, func(b *testing.B) {
			in, r := benchInputs(b, benchTexts(name == "allowed"), benchQueuePolicy), benchRequest()
			want := tri(name == "allowed")
			b.ReportAllocs()
			for b.Loop() {
				if d := Evaluate(r, in); d.Effect != want {
					b.Fatal(d)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

// The same with parsing every policy; target 15,000 a second.
func BenchmarkParseAndEvaluate(b *testing.B) {
	texts := benchTexts(true)
	b.ReportAllocs()
	for b.Loop() {
		in, r := benchInputs(b, texts, benchQueuePolicy), benchRequest()
		if d := Evaluate(r, in); d.Effect != Yes {
			b.Fatal(d)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// The most that a role can carry: 20 managed policies of 6 KB and 10 KB inline;
// target 2 ms with parsing.
func BenchmarkMaximumRole(b *testing.B) {
	var texts []string
	total := 0
	for i := range 21 {
		n := 6144
		if i == 20 {
			n = 10240
		}
		statements := 10
		for len(benchPolicy(statements+1, i == 20)) <= n {
			statements++
		}
		texts = append(texts, benchPolicy(statements, i == 20))
		total += len(texts[i])
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	for b.Loop() {
		in, r := benchInputs(b, texts, benchQueuePolicy), benchRequest()
		if d := Evaluate(r, in); d.Effect != Yes {
			b.Fatal(d)
		}
	}
}

// A template whose account and region are not known: every comparison is open.
func BenchmarkEvaluateOpaque(b *testing.B) {
	in, r := benchInputs(b, benchTexts(true), benchQueuePolicy), benchRequest()
	r.Opaque = Opaque{"111111111111", "us-east-1"}
	b.ReportAllocs()
	for b.Loop() {
		if d := Evaluate(r, in); d.Effect == No {
			b.Fatal(d)
		}
	}
}
