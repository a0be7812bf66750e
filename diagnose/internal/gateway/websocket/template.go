package websocket

import (
	"slices"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

// Selection is how templates are chosen: the grammar of a template selection
// expression, in which \$default is the text $default (H102).
var Selection = selection.Grammar{Escapes: true}

// TemplateChoice is what becomes of a frame.
type TemplateChoice struct {
	Key     string // of the template that is rendered; empty when none is
	Passed  bool   // the frame is passed on as it is
	Wanted  string // the key that the template selection expression gives; empty for none
	Refused bool   // nothing fits, and nothing is passed on: an error frame
	Doubt   string // why it may be otherwise; empty when it cannot
}

// ChooseTemplate picks the template: the one whose key the template selection
// expression gives, else $default, else what the passthrough behavior says: with
// WHEN_NO_MATCH the frame is passed on, with WHEN_NO_TEMPLATES if there is no
// template at all, with NEVER it is not. No media type is involved (H102). e is
// nil where there is no expression.
func ChooseTemplate(e *selection.Expression, keys []string, passthrough string, in *selection.Input) TemplateChoice {
	key, doubt := "", ""
	if e != nil {
		switch v := e.Evaluate(in, nil); v.Outcome {
		case selection.Resolved:
			key = v.Text
		case selection.Unknown:
			key, doubt = v.Text, v.Why
		}
	} else if len(keys) > 0 && !slices.Contains(keys, Default) {
		doubt = "which template is chosen without a template selection expression is not documented"
	}
	c := TemplateChoice{Wanted: key, Doubt: doubt}
	switch {
	case key != "" && slices.Contains(keys, key):
		c.Key = key
	case slices.Contains(keys, Default):
		c.Key = Default
	case passthrough == "NEVER", passthrough == "WHEN_NO_TEMPLATES" && len(keys) > 0:
		c.Refused = true
	default:
		c.Passed = true
	}
	return c
}
