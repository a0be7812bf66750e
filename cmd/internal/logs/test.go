package logs

import "strings"

// oneLine keeps what stands in a body from beginning a line.
var oneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`)

// OfTest reads the execution log of a test (T120) of a request with the body.
// Nothing in that body is read as a line.
func OfTest(log, body string) *Observation {
	out := &Observation{Source: Test}
	g, _ := NewGrouper("", func(o *Observation) { out = o })
	addTest(log, body, g)
	g.Close()
	return out
}

func addTest(log, body string, g *Grouper) {
	if body != "" {
		for _, label := range []string{requestBody, sentBody} {
			log = strings.Replace(log, label+body, label+oneLine.Replace(body), 1)
		}
	}
	t := &textReader{g: g}
	for line := range strings.SplitSeq(log, "\n") {
		t.line(strings.TrimRight(line, "\r"))
	}
}
