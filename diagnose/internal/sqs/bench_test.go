package sqs

import (
	"strings"
	"testing"
)

// BenchmarkSendMessage: one SendMessage of 1 KB through recognition, checks and
// answer, whose body is not rendered. Target: 300,000 a second on one core.
func BenchmarkSendMessage(b *testing.B) {
	body := "Action=SendMessage&MessageBody=" + strings.Repeat("%7B%22order%22%3A+42%2C+%22text%22%3A+%22plain+words%22%7D", 18)
	benchmark(b, post(body), len(body))
}

// BenchmarkSendMessageJSON is the same in the JSON protocol.
func BenchmarkSendMessageJSON(b *testing.B) {
	body := `{` + urlMember + `,"MessageBody":"` + strings.Repeat(`{\"order\": 42, \"text\": \"plain words\"}`, 24) + `"}`
	benchmark(b, jsonPost("SendMessage", body), len(body))
}

func benchmark(b *testing.B, r *Request, size int) {
	q := standard()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		c := Recognize(r)
		if v := c.Check(q); !v.Passed() {
			b.Fatal("refused")
		}
		if a := c.Success(q); a.Status != 200 {
			b.Fatal(a.Status)
		}
	}
}

// BenchmarkSuccessBody renders the answer with its digest.
func BenchmarkSuccessBody(b *testing.B) {
	q := standard()
	c := Recognize(post("Action=SendMessage&MessageBody=" + strings.Repeat("x", 1024)))
	b.ReportAllocs()
	for b.Loop() {
		a := c.Success(q)
		if a.Body() == "" {
			b.Fatal("empty")
		}
	}
}
