package diagnose

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Rule maps one kind of misconfiguration to the errors it causes. A rule is a
// plain value; the list of rules is passed to Run.
type Rule struct {
	ID       string     // stage, hyphen, words; also the name of its file, fixtures and doc anchor
	Stage    walk.Stage // the stage whose derived values it judges
	Severity Severity   // the most that its findings can be
	Title    string     // one line, no full stop
	// Doc is Markdown: what happens, why, how to tell, how to repair. It feeds
	// `rules show`, rules/README.md and SARIF.
	Doc      string
	Explains []walk.ErrorCode // codes that its findings can explain
	Refs     []string         // AWS documentation and reports, as URLs
	// APIs are the kinds of API whose methods the rule judges; empty for all. It does
	// not apply to those of other kinds.
	APIs []snapshot.APIType
	// Article marks a row of the AWS knowledge-center article on this integration.
	Article bool
	// NoFix says why a finding of the rule may have no change of the configuration; empty
	// when each has one.
	NoFix string
	// When tells whether a walk gives the rule something to judge; nil for every walk.
	// Where it does not, the pass holds why: the rule does not apply, or a gap.
	When  func(*Pass) bool
	Check func(*Pass)
}

// Judges tells whether the rule judges methods of a kind of API.
func (r *Rule) Judges(kind snapshot.APIType) bool {
	return len(r.APIs) == 0 || slices.Contains(r.APIs, kind)
}

// Scope names the kinds of API that the rule judges, such as "REST and WebSocket
// APIs".
func (r *Rule) Scope() string {
	if len(r.APIs) == 0 {
		return "REST, HTTP and WebSocket APIs"
	}
	names := make([]string, len(r.APIs))
	for i, kind := range r.APIs {
		names[i] = string(kind)
		if kind == snapshot.WebSocket {
			names[i] = "WebSocket"
		}
	}
	return strings.Join(names, " and ") + " APIs"
}

// Pass is what a rule sees of one walk, and where it reports.
type Pass struct {
	Snapshot *snapshot.Snapshot
	Trace    *walk.Trace

	// Awkward names the awkward request that this walk followed; it is empty for
	// the request under diagnosis.
	Awkward string

	engine        *engine
	rule          *Rule
	gaps          snapshot.Gaps
	findings      []Finding
	notApplicable bool
}

// Report adds a finding. Rule and stage are filled in and, where the finding leaves
// them out, the severity of the rule and the call under diagnosis as its check.
func (p *Pass) Report(f Finding) {
	f.Rule, f.Stage = p.rule.ID, p.rule.Stage
	for i := range f.Fixes {
		f.Fixes[i].Rule = p.rule.ID
	}
	if f.Severity == "" || f.Severity.rank() < p.rule.Severity.rank() {
		f.Severity = p.rule.Severity
	}
	if f.Check.IsZero() {
		f.Check = p.Curl(p.Trace.Request)
	}
	p.findings = append(p.findings, f)
}

// NotApplicable says that this walk gives the rule nothing to judge.
func (p *Pass) NotApplicable() { p.notApplicable = true }

// Gaps is where the rule records what it could not read; pass it to Fact.Read.
func (p *Pass) Gaps() *snapshot.Gaps { return &p.gaps }

// Requires takes over the gaps of the stages and tells whether all of them are
// free of gaps. A rule that judges what a stage derived starts with it, so that
// an unread value makes the check unknown and not passed.
func (p *Pass) Requires(stages ...walk.Stage) bool {
	ok := true
	for _, s := range stages {
		step := p.Trace.Step(s)
		if step.Status == walk.Unknown {
			ok = false
			p.gaps.Append(step.Gaps)
			if len(step.Gaps) == 0 {
				p.gaps.Add(snapshot.Gap{Reason: snapshot.Blocked, Detail: "the " + string(s) + " stage gave no answer"})
			}
		}
	}
	return ok
}

// Judges starts a rule about the call to SQS: it does not apply where nothing is
// sent there, and is open where one of the stages is.
func (p *Pass) Judges(stages ...walk.Stage) bool {
	if !p.Reached() || !p.CallsSQS() {
		p.NotApplicable()
		return false
	}
	return p.Requires(stages...)
}

// Finding is one thing that is wrong, where, why, and what to change.
type Finding struct {
	Rule     string
	Severity Severity
	Stage    walk.Stage
	Codes    []walk.ErrorCode
	Message  string     // what is wrong, lower case, values quoted
	Why      string     // what AWS does with it, one or two sentences
	Evidence []Evidence // the first one is where to look
	Fixes    []Fix
	Check    Verification  // how to see it by hand; the call under diagnosis when empty
	Request  *walk.Request // the corrected client call, when the client is at fault
	Awkward  Awkward       // the awkward request that gave it; empty for the request under diagnosis
}

// Evidence is a value that the finding rests on and where it stands.
type Evidence struct {
	Label  string
	Value  string
	Origin snapshot.Origin
	// Line and Column say where in the mapping template the value begins, both from 1;
	// 0 for what stands elsewhere.
	Line, Column int
	Absent       bool // nothing is written there, as Value says
}

// Fix is a proposed repair: alternatives on one finding exclude each other.
type Fix struct {
	Rule    string // the rule that proposes it; Report fills it in
	Title   string // a verb phrase
	Changes []snapshot.Change
	Risk    string // what else it touches; empty when nothing
	Choice  string // why it is the user's to decide; empty when it is not
	Blank   string // what only the user can fill in; empty when there is nothing

	// After is what the doctor predicts once the changes are made. Run fills it
	// in; a fix that does not remove its finding is not offered.
	After *Prediction
	// Verdict is the method's verdict after the changes.
	Verdict Verdict
	// Resolves are the rules whose findings the fix removes, as a step of a plan.
	Resolves []string
}

// Check is the outcome of one rule on one method.
type Check struct {
	Rule   string
	Stage  walk.Stage
	Status walk.Status
	Gaps   []snapshot.Gap
}
