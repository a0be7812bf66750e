package accept

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
)

// BaselineSchema names the format of a baseline file.
const BaselineSchema = "apisqs-doctor/baseline/v1"

// Baseline is the list of findings that were known at a time.
type Baseline struct {
	Schema   string  `json:"schema"`
	Findings []Known `json:"findings"`
}

// Known is a finding of a baseline. The fingerprint decides; the rest is for
// whoever reads the file.
type Known struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Method      string `json:"method"`
	Severity    string `json:"severity"`
}

// NewBaseline takes down all findings of an examination that nothing else speaks for.
func NewBaseline(e *diagnose.Examination, suppressed map[report.Mark]report.Suppression) *Baseline {
	b := &Baseline{Schema: BaselineSchema, Findings: []Known{}}
	seen := map[string]bool{}
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		for _, f := range d.Findings {
			fingerprint := report.Fingerprint(d, f)
			if s, ok := suppressed[report.MarkOf(d, f)]; seen[fingerprint] || ok && s.By != report.ByBaseline {
				continue
			}
			seen[fingerprint] = true
			b.Findings = append(b.Findings, Known{fingerprint, f.Rule, subjectOf(d, f).call, string(f.Severity)})
		}
	}
	slices.SortFunc(b.Findings, func(x, y Known) int {
		return strings.Compare(x.Method+"\x00"+x.Rule+"\x00"+x.Fingerprint, y.Method+"\x00"+y.Rule+"\x00"+y.Fingerprint)
	})
	return b
}

// Text is the content of the baseline's file.
func (b *Baseline) Text() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(b)
	return out.Bytes(), err
}

// ReadBaseline reads a baseline file. The name is for the errors.
func ReadBaseline(name string, text []byte) (*Baseline, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, MaxFile>>20)
	}
	var b Baseline
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("%s: not a baseline: %s", name, err)
	}
	if b.Schema != BaselineSchema {
		return nil, fmt.Errorf("%s: \"schema\" is %q, expected %q", name, b.Schema, BaselineSchema)
	}
	for i, f := range b.Findings {
		if f.Fingerprint == "" {
			return nil, fmt.Errorf("%s: findings[%d] has no fingerprint", name, i)
		}
	}
	return &b, nil
}

// set is the fingerprints that were known. The nil Baseline knows none.
func (b *Baseline) set() map[string]bool {
	set := map[string]bool{}
	if b != nil {
		for _, f := range b.Findings {
			set[f.Fingerprint] = true
		}
	}
	return set
}
