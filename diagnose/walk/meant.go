package walk

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
)

// callRE finds the beginning of a call for a queue in templates and mappings.
var callRE = lazy.Regexp(`(?:\bAction=|AmazonSQS\.)(?:SendMessage|ReceiveMessage|DeleteMessage|PurgeQueue|GetQueue|ChangeMessageVisibility)`)

// SendsSQS tells whether what the integration sends looks like a call of SQS.
func SendsSQS(i *snapshot.Integration) bool {
	for _, f := range []snapshot.Fact[map[string]snapshot.Fact[string]]{i.Templates, i.RequestParameters} {
		m, _ := f.Peek()
		for name, fact := range m {
			text, _ := fact.Peek()
			if name == "QueueUrl" {
				return true // of an HTTP API
			}
			if name == "integration.request.querystring.Action" {
				text = "Action=" + strings.Trim(text, "'")
			}
			if callRE.MatchString(text) {
				return true
			}
		}
	}
	return false
}
