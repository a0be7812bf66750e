package http

import (
	"fmt"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

// Parameters are the compiled request parameters of an integration.
type Parameters struct {
	Subtype *Subtype
	list    []compiled
	parts   int
}

type compiled struct {
	parameter  Parameter
	expression *selection.Expression
}

// Compile compiles the request parameters of a subtype: each a name with its
// expression. What AWS refuses is listed; the parameters that it would take are
// compiled all the same, so that what comes behind the refusal can be told.
func Compile(s *Subtype, values map[string]string) (*Parameters, []Refusal) {
	refusals := checkNames(s, values)
	p := &Parameters{Subtype: s}
	for _, parameter := range s.Parameters {
		text, ok := values[parameter.Name]
		if !ok || text == "" {
			continue
		}
		e, err := selection.Parse(text, grammar(parameter.Name))
		if err != nil {
			refusals = append(refusals, Refusal{Fault: BadExpression, Parameter: parameter.Name, Value: text, Literal: true,
				Message: fmt.Sprintf("Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: %s specified for destination: %s]", text, parameter.Name), // H22
				Reason:  err.Error()})
			continue
		}
		if _, static := e.Static(); static && isJSON(parameter.Name) {
			// Refused in 2021, and hardly seen since (H28).
			e.Doubts = append(e.Doubts, "whether AWS takes "+parameter.Name+" without any ${...} in it is not certain")
		}
		p.parts += e.Parts()
		p.list = append(p.list, compiled{parameter, e})
	}
	return p, refusals
}

// isJSON tells the parameters whose value is a JSON text (H28; that system
// attributes are written like the others is inferred).
func isJSON(name string) bool {
	return name == "MessageAttributes" || name == "MessageSystemAttributes"
}

// MeantText is the text that a parameter which AWS refuses was evidently meant to
// have; empty where that cannot be told.
func MeantText(name, text string) string { return selection.Meant(text, grammar(name)) }

func grammar(name string) selection.Grammar { return selection.Grammar{JSON: isJSON(name)} }

// Argument is a parameter with its value for one request.
type Argument struct {
	Parameter
	Expression *selection.Expression
	selection.Value
}

// Trouble is API Gateway's message for an argument whose source gives nothing
// (H43). The client may see it or not.
func (a *Argument) Trouble() string {
	text := a.Expression.Text
	if a.Source != nil {
		text = a.Source.Text
	}
	return fmt.Sprintf("Unable to resolve property %s from source %s", a.Name, text)
}

// Evaluate gives the arguments for one request, in the order of the subtype's
// parameters. One whose outcome is Nothing makes the call fail with 400 before
// SQS is called, whether the parameter is required or not (H40, H41).
func (p *Parameters) Evaluate(in *selection.Input) []Argument {
	arguments := make([]Argument, len(p.list))
	room := make([]int, p.parts)
	for i := range p.list {
		c, a := &p.list[i], &arguments[i]
		a.Parameter, a.Expression = c.parameter, c.expression
		n := c.expression.Parts()
		a.Value = c.expression.Evaluate(in, room[:0:n])
		room = room[n:]
	}
	return arguments
}
