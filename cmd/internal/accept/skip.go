package accept

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Skip accepts the findings of a rule, everywhere or in one place. Its Origin is
// where the skip itself stands.
type Skip struct {
	snapshot.Skip
	Resource string // id or name of an API, name or ARN of a queue, or where the fault stands; empty for all

	by string // report.BySkip, report.ByFile or report.ByTemplate
}

// Stated are the skips that a template holds, as its snapshot has them.
func Stated(s *snapshot.Snapshot) []Skip {
	list := make([]Skip, len(s.Skips))
	for i, stated := range s.Skips {
		list[i] = Skip{Skip: stated, by: report.ByTemplate}
	}
	return list
}

// place is where the skip is written. A template can use what stands in one place
// several times: in a loop, by an alias, in a stack that is nested twice.
func (s *Skip) place() snapshot.Origin {
	return snapshot.Origin{File: s.Origin.File, Line: s.Origin.Line, Column: s.Origin.Column}
}

// Where is the file and line of the skip, or the flag.
func (s *Skip) Where() string {
	switch {
	case s.by == report.BySkip:
		return "--skip"
	case s.Origin.File == "":
		return "snapshot"
	}
	return fmt.Sprintf("%s:%d", s.Origin.File, s.Origin.Line)
}

// fits tells whether the skip speaks for a finding of that rule about that subject.
func (s *Skip) fits(rule string, about *subject) bool {
	switch {
	case s.Rule != rule:
	case s.Method != "" && s.Method != about.path && !strings.EqualFold(s.Method, about.call):
	case s.Resource != "" && !slices.Contains(about.names, s.Resource):
	default:
		return s.by != report.ByTemplate || about.stands(s.Origin)
	}
	return false
}

// ended tells whether the skip's last day is over. Dates compare as texts.
func (s *Skip) ended(today string) bool { return s.Until != "" && today > s.Until }

// subject is what skips can name of a finding.
type subject struct {
	call   string // "POST /orders"
	path   string
	names  []string          // of the API, the queue and where the evidence stands
	places []snapshot.Origin // of the method, its integration, its API and the evidence
}

func subjectOf(d *diagnose.Diagnosis, f diagnose.Finding) *subject {
	s := &subject{}
	if t := d.Trace; t != nil {
		s.method(t)
	}
	for _, e := range f.Evidence {
		s.names = append(s.names, e.Origin.Resource)
		s.places = append(s.places, e.Origin)
	}
	return s
}

func (s *subject) method(t *walk.Trace) {
	method, path := t.Request.Method, t.Request.Path
	if m := t.Route.Method; m != nil {
		path = m.Path
		if method == "" {
			method = m.HTTPMethod
		}
		s.places = append(s.places, m.Origin)
	}
	s.call, s.path = method+" "+path, path
	if api := t.Route.API; api != nil {
		s.names = append(s.names, api.ID, api.Name)
		// An API outside of the templates has the place of a property that names it.
		if api.Origin.Path == "" {
			s.places = append(s.places, api.Origin)
		}
	}
	if i := t.Mapping.Integration; i != nil {
		s.places = append(s.places, i.Origin)
	}
	for _, arn := range []string{t.Queue.ARN, t.Protocol.QueueARN} {
		s.names = append(s.names, arn, arn[strings.LastIndexByte(arn, ':')+1:])
	}
}

// stands tells whether the method is made from the resource of a template or the
// evidence stands there. Without a resource any place in that file will do. The
// queue is no such place: two templates may well have queues of one name.
func (s *subject) stands(o snapshot.Origin) bool {
	return slices.ContainsFunc(s.places, func(p snapshot.Origin) bool {
		return (o.Resource == "" || o.Resource == p.Resource) && (o.File == "" || o.File == p.File)
	})
}
