package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var queueMessageCharacters = diagnose.Rule{
	ID:       "queue-message-characters",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "the message has characters that SQS does not take",
	Doc: `SQS takes tab, line feed, carriage return, and the characters from #x20 to #xD7FF, #xE000 to #xFFFD and #x10000 to
#x10FFFF. Any other control character, or #xFFFE and #xFFFF, makes it refuse the message with 400 InvalidMessageContents; in a
batch only that entry is lost, in an answer with status 200.

Repair: the client encodes such data, in base64 for instance ($util.base64Encode in the template does it for every message, and
whoever reads the queue then has to decode).`,
	Explains: []walk.ErrorCode{walk.InvalidContents},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"},
	NoFix:    "the characters are the client's: what the message should be instead only client and consumer can agree on",
	When:     refusedFor(walk.QueueCharacters),
	Check: func(p *diagnose.Pass) {
		f := refusal(p, "the message has characters that SQS does not take")
		corrected := p.Trace.Request
		corrected.Body = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return -1
			}
			return r
		}, corrected.Body)
		if corrected.Body != p.Trace.Request.Body {
			f.Request = &corrected
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}
