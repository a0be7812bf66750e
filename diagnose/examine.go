package diagnose

import (
	"runtime"
	"sync"
	"sync/atomic"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Selection narrows an examination to some methods.
type Selection struct {
	API    string // id; empty for all
	Stage  string // empty for the first of each API
	Method string // HTTP method; empty for all
	Path   string // resource path or a concrete path; empty for all
}

// Examination is the diagnosis of every selected method that leads to SQS.
type Examination struct {
	Target    snapshot.Target
	APIs      []*snapshot.API // the APIs that were looked at, in the snapshot's order
	Diagnoses []Diagnosis     // by API, stage, path and method
	Others    int             // methods whose integration is not to SQS
	Unlisted  []snapshot.Gap  // why methods may be missing from the list
	Verdict   Verdict         // the worst of all
}

// Examine diagnoses each request in turn, or, with none given, a plain one for
// every selected method that leads to SQS.
func Examine(s *snapshot.Snapshot, sel Selection, requests []walk.Request, rules []Rule) Examination {
	e := newEngine(s)
	out := Examination{Target: s.Target}
	for i := range s.APIs {
		if sel.API == "" || s.APIs[i].ID == sel.API {
			out.APIs = append(out.APIs, &s.APIs[i])
		}
	}
	if len(requests) == 0 {
		requests, out.Others, out.Unlisted = e.requests(sel)
	}
	out.Diagnoses = e.runAll(requests, rules)
	out.Verdict = worst(out)
	out.assume()
	return out
}

// fewest is how many requests are worth an engine of their own.
const fewest = 32

// runAll diagnoses requests, many of them on several engines at a time. What comes
// out does not depend on how many there are.
func (e *engine) runAll(requests []walk.Request, rules []Rule) []Diagnosis {
	list := make([]Diagnosis, len(requests))
	var next atomic.Int64
	work := func(e *engine) {
		for i := int(next.Add(1)) - 1; i < len(requests); i = int(next.Add(1)) - 1 {
			list[i] = e.run(requests[i], rules)
		}
	}
	var group sync.WaitGroup
	var trouble atomic.Pointer[any] // a panic, which belongs to the caller
	for range min(runtime.GOMAXPROCS(0), len(requests)/fewest) - 1 {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					trouble.Store(&r)
				}
			}()
			work(newEngine(e.Snapshot))
		})
	}
	defer func() {
		group.Wait()
		if r := trouble.Load(); r != nil {
			panic(*r)
		}
	}()
	work(e)
	return list
}

// worst sums up: broken beats inconclusive beats at-risk. An examination that
// found no method to diagnose has earned no healthy verdict.
func worst(e Examination) Verdict {
	order := []Verdict{Broken, Inconclusive, AtRisk, Healthy}
	at := len(order) - 1
	if len(e.Diagnoses) == 0 || len(e.Unlisted) > 0 {
		at = 1
	}
	for _, d := range e.Diagnoses {
		for i, v := range order[:at] {
			if d.Verdict == v {
				at = i
				break
			}
		}
	}
	return order[at]
}
