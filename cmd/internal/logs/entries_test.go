package logs

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testLog makes the log of a test of entries.
func testLog(entries ...string) string {
	const stamp = "Sun Nov 22 10:00:00 UTC 2026 : "
	return "Execution log for request 1\n" + stamp + strings.Join(entries, "\n"+stamp) + "\n\n"
}

func TestTelling(t *testing.T) {
	log := OfTest(testLog("Starting execution for request: 1", "Method request headers: {X=secret}", requestBody+"secret\nsecret", address+"https://sqs/?MessageBody=secret",
		"Endpoint request headers: {X-Amz-Security-Token=secret}", sentBody+"secret", sending+"https://sqs/1/orders?MessageBody=secret",
		"Received response. Status: 200, Integration latency: 1 ms", answerBody+"secret", "Method response body after transformations: secret",
		"Something new: secret", completed+"200"), "secret\nsecret").Entries
	list, hidden := log.Telling(false)
	want := []string{"Sending request to https://sqs/1/orders?...", "Received response. Status: 200, Integration latency: 1 ms", "Method completed with status: 200"}
	if diff := cmp.Diff(want, list); diff != "" || hidden != 9 {
		t.Errorf("%d hidden\n%s", hidden, diff)
	}
	if list, _ := log.Telling(true); !slices.Contains(list, answerBody+"secret") {
		t.Error("what SQS said when it refused is not shown")
	}
}

func TestCredentialsAreNeverShown(t *testing.T) {
	for _, tt := range []struct{ entry, want string }{
		{"Endpoint request headers: {Authorization=AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=abc, Accept=application/json}",
			"Endpoint request headers: {Authorization=(hidden), SignedHeaders=(hidden), Signature=(hidden), Accept=application/json}"},
		{"Endpoint request headers: {X-Amz-Date=1, X-Amz-Security-Token=IQoJ+/==, x [TRUNCATED]", "Endpoint request headers: {X-Amz-Date=1, X-Amz-Security-Token=(hidden)"},
		{"Method request headers: { x-api-key=abc}", "Method request headers: { x-api-key=(hidden)}"},
		{"Method request headers: {Cookie=a=b; c=d, Accept=*/*}", "Method request headers: {Cookie=(hidden), Accept=*/*}"},
		{"Method request query string: {access_token=abc, page=1}", "Method request query string: {access_token=(hidden), page=1}"},
		{"Method request headers: {}", "Method request headers: {}"},
		{address + "https://sqs/?X-Amz-Security-Token=abc&Action=SendMessage", address + "https://sqs/?X-Amz-Security-Token=(hidden)&Action=SendMessage"},
		{sending + "https://sqs/?a=b&X-Amz-Signature=abc", sending + "https://sqs/?a=b&X-Amz-Signature=(hidden)"},
		{requestBody + "{a token=b}", requestBody + "{a token=b}"},
	} {
		got := Entries{tt.entry}.All()
		if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Whatever stands in the log of a test, it is read in the end, and no credential's value comes out.
func FuzzTest(f *testing.F) {
	f.Add(testLog(sending+"https://sqs", "Received response. Status: 200, Integration latency: 35 ms"), "body")
	f.Add(testLog("Endpoint request headers: {Authorization=c0ffee, X-Amz-Security-Token=c0ffee [TRUNCATED]"), "\nMon Nov 30 12:00:00 UTC 2026 : x")
	f.Fuzz(func(t *testing.T, text, body string) {
		l := OfTest(text, body).Entries
		list, hidden := l.Telling(true)
		if len(list)+hidden != len(l) || len(l.All()) != len(l) {
			t.Errorf("%d shown and %d hidden of %d entries", len(list), hidden, len(l))
		}
		header := "Endpoint request headers: {" + strings.NewReplacer("\n", "", "=", "", ",", "").Replace(text) + ", Authorization=c0ffee}"
		if got := (Entries{header}).All()[0]; strings.Contains(got, "Authorization=c0ffee") {
			t.Errorf("shown: %q", got)
		}
	})
}
