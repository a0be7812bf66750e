package diagnose

// Verdict sums up the diagnosis of one method. The zero Verdict is Inconclusive.
type Verdict string

// The verdicts, worst first.
const (
	Broken       Verdict = "broken"       // a stage fails, or an error finding
	Inconclusive Verdict = "inconclusive" // no problem found, but something that matters could not be read
	AtRisk       Verdict = "at-risk"      // warnings only
	Healthy      Verdict = "healthy"
)

// Severity grades a finding.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // the request under diagnosis fails, or its message is lost or altered
	Warning Severity = "warning" // this request works, others that a real client will send do not; or access is wider than needed
	Note    Severity = "note"    // worth knowing, nothing breaks
)

// rank orders severities, worst first.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}
