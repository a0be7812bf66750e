package walk

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// mapping derives the request that API Gateway builds: the body by template or
// passthrough, headers, query string and path by request parameter mappings.
func (w *mapping) mapping() {
	step, gaps, m := w.step(StageMapping), &snapshot.Gaps{}, w.Mapping
	if w.Route.Method == nil {
		step.blocked(StageRoute)
		return
	}
	integration, ok := w.Route.Method.Integration.Read(gaps)
	if !ok {
		step.unknown(gaps, "the integration is not known")
		return
	}
	if integration == nil {
		step.fail(gaps, Failure{Origin: FromDeployment, Code: BadRequest, Message: "No integration defined for method"}, // T106
			"%s has no integration", MethodName(w.Route.Method))
		return
	}
	m.Integration = integration
	w.kind.build(w, step, gaps)
}

// chooseByType picks the template by the client's Content-Type.
func (w *mapping) chooseByType(keys []string, _ *snapshot.Gaps) rest.Choice {
	return rest.ChooseTemplate(w.Mapping.ContentType, keys, w.Mapping.Passthrough)
}

// finishMapping ends the stage with the first of the failures, a refusal to
// deploy before the others.
func (w *mapping) finishMapping(step *Step, gaps *snapshot.Gaps, failures []*Failure) {
	m := w.Mapping
	if m.Fatal != nil {
		f := own(gateway.Internal(m.Fatal[0].Name + " header already present")) // T64
		failures = append(failures, f)
	}
	for _, f := range failures {
		if f != nil && (step.Failure == nil || f.Origin == FromDeployment && step.Failure.Origin != FromDeployment) {
			step.fail(gaps, *f, "%s", w.mappingTrouble(f))
		}
	}
	if step.Failure == nil {
		step.pass(gaps, "%s", w.mappingSummary())
	}
}

func (w *mapping) mappingTrouble(f *Failure) string {
	m := w.Mapping
	switch {
	case f.Origin == FromDeployment:
		return "AWS refuses the mapping: " + f.Message
	case f.Status == gateway.UnsupportedMedia.Status:
		return fmt.Sprintf("no template for %s, and passthrough is %s: %s", m.Wanted, m.Passthrough, w.kind.untemplated())
	case m.SyntaxError != nil:
		return "the mapping template does not parse: " + m.SyntaxError.Error()
	case m.RenderError != nil:
		return "the mapping template fails: " + m.RenderError.Error()
	}
	return f.Message + ": " + f.Log
}

func (w *mapping) mappingSummary() string {
	m := w.Mapping
	switch {
	case m.Choice.Key != "":
		return fmt.Sprintf("%s -> template %s, %d bytes", m.Wanted, m.Choice.Key, len(m.Body))
	case m.Choice.Pass:
		return fmt.Sprintf("%s -> no template, %d bytes passed on as they are", m.Wanted, len(m.Body))
	}
	return "the body is not known"
}

// templateInput is what a request template sees of the call.
func (w *mapping) templateInput() *vtl.Input {
	r := &w.Request
	in := &vtl.Input{
		Body:           w.Mapping.Payload,
		BodyIsBinary:   w.Mapping.Binary,
		Path:           w.Route.PathParams,
		Query:          map[string]string{},
		Header:         map[string]string{},
		StageVariables: w.Route.Variables,
		Context:        w.contextValues(),
		Provenance:     true,
	}
	for _, h := range r.Headers {
		if rest.VisibleHeader(h.Name) {
			in.Header[h.Name] = h.Value // the last one counts (T82)
		}
	}
	for _, q := range r.Query {
		in.Query[q.Name] = q.Value
	}
	return in
}

// body renders the template that is chosen among the keys, or passes the
// client's body on.
func (w *mapping) body(gaps *snapshot.Gaps, choose func(keys []string, gaps *snapshot.Gaps) rest.Choice) *Failure {
	m := w.Mapping
	m.Passthrough, _ = m.Integration.Passthrough.Read(gaps)
	templates, ok := m.Integration.Templates.Read(gaps)
	if !ok {
		return nil
	}
	m.Keys = slices.Sorted(maps.Keys(templates))
	m.Payload = w.Request.Body
	binary, _ := w.Route.Configuration.BinaryMediaTypes.Read(gaps)
	handling, _ := m.Integration.ContentHandling.Read(gaps)
	var refused *gateway.OwnResponse
	if m.Payload, m.Binary, refused = w.client().Payload(binary, handling); refused != nil {
		return own(*refused)
	}
	m.Choice = choose(m.Keys, gaps)
	switch {
	case m.Choice == rest.Choice{}:
		return nil // which template it is, is not known
	case m.Choice.Refused:
		f := own(gateway.UnsupportedMedia)
		f.Code, f.Codes = UnsupportedMediaType, []ErrorCode{UnsupportedMediaType, BadRequest}
		return f
	case m.Choice.Pass:
		m.Body, m.BodyKnown = []byte(m.Payload), true
		m.Spans = []vtl.Span{{End: len(m.Body), Origin: vtl.OriginClient, Source: []string{"body"}}}
		return nil
	}
	fact := templates[m.Choice.Key]
	m.TemplateAt = fact.Origin()
	if m.Template, ok = fact.Read(gaps); !ok {
		return nil
	}
	return w.render(gaps)
}

func (w *mapping) render(gaps *snapshot.Gaps) *Failure {
	m := w.Mapping
	template, err := w.Template(m.Template)
	if err != nil {
		m.SyntaxError, _ = err.(*vtl.SyntaxError)
		return own(gateway.Internal(gateway.LogTransform)) // T107
	}
	if m.Binary {
		return own(gateway.Internal(gateway.LogTransform)) // T99: a template over bytes
	}
	out, err := template.Render(w.templateInput())
	if err != nil {
		m.RenderError, _ = err.(*vtl.RenderError)
		if m.RenderError != nil && m.RenderError.Unknown {
			// The doctor's own bound or blind spot: AWS may well go on.
			gaps.Add(snapshot.Gap{Reason: snapshot.NotCovered, Detail: "the mapping template: " + err.Error(), Origin: m.TemplateAt})
			return nil
		}
		return own(gateway.Internal(gateway.LogTransform))
	}
	for _, e := range out.Empty {
		// A variable that an #if asks for first, or that is meant to be silent, may be absent.
		if name, ok := strings.CutPrefix(e.Subject, "stage variable "); ok && e.Reason == vtl.AbsentStageVariable && !e.Quiet && w.Route.Variables != nil {
			m.Missing = append(m.Missing, name)
		}
	}
	openContext(w.kind, out.Empty, m.TemplateAt, gaps)
	for _, doubt := range out.Doubts {
		switch doubt.Kind {
		case vtl.DoubtOverrideTwice, vtl.DoubtLoopCut:
			gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: fmt.Sprintf("the mapping template, line %d: %s", doubt.Line, doubt.Message), Origin: m.TemplateAt})
		}
	}
	m.Rendered, m.Spans = out, out.Spans
	m.Body, m.BodyKnown = []byte(out.Text), true
	return nil
}

// parameters applies the request parameter mappings (T80 to T84).
func (w *mapping) parameters(gaps *snapshot.Gaps, parse func(text string) (source rest.Expression, declaration string, err error)) *Failure {
	m := w.Mapping
	mappings, ok := m.Integration.RequestParameters.Read(gaps)
	if !ok {
		return nil
	}
	declared, declaredKnown := w.Route.Method.RequestParameters.Peek()
	var failure *Failure
	for _, name := range slices.Sorted(maps.Keys(mappings)) {
		fact := mappings[name]
		text, ok := fact.Read(gaps)
		if !ok {
			continue
		}
		dest, err := rest.ParseDestination(name)
		var source rest.Expression
		need := ""
		if err == nil {
			source, need, err = parse(text)
		}
		refused := Refused{Name: name, Expression: text, Err: err, Origin: fact.Origin()}
		if err == nil && need != "" {
			if !declaredKnown {
				gaps.Add(w.Route.Method.RequestParameters.Gap())
			} else if _, ok := declared[need]; !ok {
				refused.Undeclared, refused.Declaration, refused.Err = true, need, rest.Undeclared(text)
			}
		}
		if refused.Err != nil {
			// What the author meant goes on, so that later stages say what waits
			// behind the refusal and not the same again.
			m.Refused = append(m.Refused, refused)
			dest, source = rest.Meant(name, text)
		}
		mapped, f := w.evaluate(source, gaps)
		if f != nil && failure == nil {
			failure, m.InvalidJSON = f, true
		}
		if mapped.Missing != "" {
			m.Missing = append(m.Missing, mapped.Missing)
		}
		mapped.Name, mapped.Expression, mapped.Origin = dest.Name, text, fact.Origin()
		w.place(dest.Place, mapped)
	}
	if len(m.Refused) > 0 {
		return &Failure{Origin: FromDeployment, Code: BadRequest, Message: m.Refused[0].Err.Error()}
	}
	return failure
}

// place files a mapped parameter under where it goes.
func (w *mapping) place(where string, p Mapped) {
	m := w.Mapping
	switch where {
	case "header":
		if rest.FatalHeader(p.Name) && !p.Absent {
			m.Fatal = append(m.Fatal, p)
		}
		if !rest.DroppedHeader(p.Name) {
			m.Headers = append(m.Headers, p)
		}
	case "querystring":
		m.Query = append(m.Query, p)
	case "path":
		m.Path = append(m.Path, p)
	}
}

// openContext notes the members of $context that a template reads and of which it is
// not known whether they are there.
func openContext(k kind, empty []vtl.EmptyReference, at snapshot.Origin, gaps *snapshot.Gaps) {
	for _, e := range empty {
		if name, ok := strings.CutPrefix(e.Subject, "context "); ok && e.Reason == vtl.AbsentContextValue && !e.Quiet && k.unrecorded(name) {
			gaps.Add(unrecordedContext(name, at))
		}
	}
}

// unrecordedContext is the gap of a member of $context of which it is not known
// whether it is there.
func unrecordedContext(name string, at snapshot.Origin) snapshot.Gap {
	return snapshot.Gap{Reason: snapshot.Unverified, Detail: "AWS documents $context." + name + ", and whether this call has it is not known", Origin: at}
}

// evaluate gives the value of a mapping's source.
func (w *mapping) evaluate(source rest.Expression, gaps *snapshot.Gaps) (Mapped, *Failure) {
	v, refused := w.client().Evaluate(source)
	if v.Unknown {
		gaps.Add(w.variablesGap())
	}
	if source.Kind == rest.Context && v.Absent && w.kind.unrecorded(source.Name) {
		gaps.Add(unrecordedContext(source.Name, w.Mapping.Integration.RequestParameters.Origin()))
	}
	var failure *Failure
	if refused != nil {
		failure = own(*refused)
	}
	return Mapped{Value: v.Text, FromClient: v.Client, Absent: v.Absent, Missing: v.Missing}, failure
}

func (w *routing) variablesGap() snapshot.Gap {
	if w.Route.Stage != nil {
		return w.Route.Stage.Variables.Gap()
	}
	return snapshot.Gap{Reason: snapshot.NotRead, Detail: "stage variables: the stage is not known"}
}
