package walk

import "apisqs-doctor/diagnose/snapshot"

// HTTP APIs reach SQS through a first-class integration without a mapping
// template. Their routes are followed; what the integration does is not yet.
func (w *mapping) http(step *Step, gaps *snapshot.Gaps) {
	gaps.Add(snapshot.Gap{Reason: snapshot.NotCovered, Detail: "integrations of HTTP APIs are not covered yet", Origin: w.Mapping.Integration.Origin})
	step.unknown(gaps, "an HTTP API: not covered yet")
}

func (w *signing) http(step *Step, gaps *snapshot.Gaps) {
	gaps.Append(w.step(StageMapping).Gaps)
	step.unknown(gaps, "an HTTP API: not covered yet")
}

func (w *responding) http(step *Step, _ *snapshot.Gaps) { step.blocked(StageMapping) }
