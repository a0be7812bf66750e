package report

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
)

// sarifKinds are the notifications that a run may have: a reason for each value
// that is not known, and what concerns the run itself.
var sarifKinds = []sarifKind{
	{string(snapshot.NotRead), sarifText{Text: "a value was not asked for"}},
	{string(snapshot.Denied), sarifText{Text: "the call that reads a value was refused"}},
	{string(snapshot.Failed), sarifText{Text: "the call that reads a value failed"}},
	{string(snapshot.Unresolved), sarifText{Text: "an expression of the template has no value before deployment"}},
	{string(snapshot.Unparsed), sarifText{Text: "a value was read and could not be understood"}},
	{string(snapshot.Blocked), sarifText{Text: "an earlier stage gave no answer"}},
	{string(snapshot.Crashed), sarifText{Text: "a check failed in the doctor itself"}},
	{string(snapshot.Unverified), sarifText{Text: "what AWS does is not documented and was not recorded"}},
	{string(snapshot.NotCovered), sarifText{Text: "the doctor does not model this yet"}},
	{kindNotice, sarifText{Text: "something about the run that its reader has to know"}},
	{kindCut, sarifText{Text: "there are more results than code scanning takes"}},
	{kindFailed, sarifText{Text: "the run ended without a diagnosis"}},
}

const (
	kindNotice = "notice"
	kindCut    = "results-cut"
	kindFailed = "run-failed"
)

// notifications say what could not be read, what has to be known about the run,
// and how many results were cut.
func (s *sarifWriter) notifications(cut int) []sarifNotification {
	list := []sarifNotification{}
	add := func(kind, level, text string) {
		list = append(list, sarifNotification{Descriptor: sarifReference{kind}, Level: level, Message: unlinked(text)})
	}
	for _, g := range gaps(unread(&s.run.Examination), s.say) {
		list = append(list, s.gap(g))
	}
	for _, n := range s.doc.Notices {
		add(kindNotice, "warning", n)
	}
	if cut > 0 {
		add(kindCut, "warning", fmt.Sprintf("left out: %s, the lightest; code scanning takes %d, the JSON report has all", plural(cut, "result"), mostResults))
	}
	if s.doc.Error != nil {
		add(kindFailed, "error", joinSentences(s.doc.Error.Message, s.doc.Error.Hint))
	}
	return list
}

func (s *sarifWriter) gap(g Gap) sarifNotification {
	text := g.Detail
	if g.Needs != "" {
		text += " (needs " + g.Needs + ")"
	}
	if text == "" {
		text = g.Reason
	}
	n := sarifNotification{Descriptor: sarifReference{g.Reason}, Level: "warning", Message: unlinked(text), Properties: map[string]string{"reason": g.Reason}}
	if g.Origin != (Origin{}) {
		n.Locations = []sarifLocation{s.location(g.Origin)}
	}
	return n
}
