package sqs

import (
	"slices"
	"strings"
)

// intend sets the call that these parameters would make.
func (c *Call) intend(r *Request, params []Param, why string, certain bool) {
	action, ok := findParam(params, "Action")
	if !ok || action.Value == "" {
		return
	}
	name, ok := similarAction(action.Value)
	if !ok {
		return
	}
	meant := Call{
		Protocol: ProtocolQuery, Action: name, ActionFrom: action.From, Params: params,
		Format: c.Format, endpoint: c.endpoint, path: c.path, region: c.region, account: c.account,
	}
	if meant.Format == FormatAWSJSON {
		meant.Format = FormatXML
		if acceptsJSON(r.Header.Get("Accept")) {
			meant.Format = FormatJSON
		}
	}
	meant.complete(r)
	c.Intended = &Intent{Call: meant, Certain: certain, Why: why}
	if c.Failure != nil && c.Queue.From == FromNowhere {
		c.Queue = meant.Queue
	}
}

// intendTrimmed sets the call that is meant where white space around its name
// keeps SQS from seeing a parameter. SQS can read the call; it just lacks that.
func (c *Call) intendTrimmed(r *Request) {
	op, ok := operation(c.Action)
	if !ok {
		return
	}
	for _, name := range c.Ignored {
		t := strings.TrimSpace(name)
		if t == name || !op.knows(t) {
			continue
		}
		c.intend(r, trimNames(c.Params), "white space stands around the name of "+t, true)
		return
	}
}

// hiddenByBlanks reports whether a parameter is there but for white space around its name.
func (c *Call) hiddenByBlanks(name string) bool {
	for _, ignored := range c.Ignored {
		if strings.TrimSpace(ignored) == name {
			return true
		}
	}
	return false
}

func trimNames(params []Param) []Param {
	out := make([]Param, len(params))
	for i, p := range params {
		out[i] = Param{strings.TrimSpace(p.Name), p.Value, p.From}
	}
	return out
}

// intendAction sets the same call with the action's right name.
func (c *Call) intendAction(r *Request, name string) {
	meant := *c
	meant.Failure, meant.Action, meant.Doubts = nil, name, slices.Clone(c.Doubts)
	meant.complete(r)
	c.Intended = &Intent{Call: meant, Certain: true, Why: "the action is read as " + quote(clip(c.Action))}
}

// intendJSON sets a JSON protocol call.
func (c *Call) intendJSON(r *Request, action string, doc Value, why string, certain bool) {
	meant := Call{
		Protocol: ProtocolJSON, Action: action, ActionFrom: FromTarget, Document: &doc,
		Format: FormatAWSJSON, endpoint: c.endpoint, path: c.path, region: c.region, account: c.account,
	}
	meant.complete(r)
	c.Intended = &Intent{Call: meant, Certain: certain, Why: why}
	c.Queue = meant.Queue
}

// guess looks for what a request without a readable operation was meant to be.
func (c *Call) guess(r *Request, media string) {
	c.Queue = pathAddress(r, c.region)
	body := string(r.Body)
	target, targeted := targetAction(r)
	if doc, err := ParseJSON(body); err == nil && doc.Kind == KindObject {
		_, hasURL := doc.Get("QueueUrl")
		_, hasBody := doc.Get("MessageBody")
		_, hasEntries := doc.Get("Entries")
		switch {
		case targeted:
			why := "X-Amz-Target names an action, but Content-Type is " + quote(media)
			if r.Method != "POST" && media == MediaTypeJSON10 {
				why = "X-Amz-Target names an action, but the HTTP method is " + quote(r.Method)
			}
			c.intendJSON(r, target, doc, why, true)
			return
		case hasURL && hasBody:
			c.intendJSON(r, "SendMessage", doc, "the body has the members of a SendMessage, but no X-Amz-Target names an action", true)
			return
		case hasURL && hasEntries:
			c.intendJSON(r, "SendMessageBatch", doc, "the body has the members of a batch, but no X-Amz-Target names an action", false)
			return
		case hasURL || hasBody && media == MediaTypeJSON10:
			c.intendJSON(r, "SendMessage", doc, "the body has members of a SendMessage, but no X-Amz-Target names an action", false)
			return
		}
	} else if targeted {
		if doc.Kind != KindObject {
			doc = Value{Kind: KindObject}
		}
		c.intendJSON(r, target, doc, "X-Amz-Target names an action; the body is no JSON object", false)
		return
	}
	if c.guessForm(r, media, body) {
		return
	}
	if c.Queue.Name != "" && r.Method == "POST" {
		params := []Param{{"Action", "SendMessage", FromNowhere}}
		if body != "" {
			params = append(params, Param{"MessageBody", body, FromBody})
		}
		c.intend(r, params, "no action anywhere; a POST to a queue is most likely to send its body", false)
	}
}

// guessForm looks for a form that SQS cannot see.
func (c *Call) guessForm(r *Request, media, body string) bool {
	params := parseForm(r.RawQuery, FromQuery, nil).params
	f := parseForm(body, FromBody, params)
	if action, ok := findParam(f.params, "Action"); ok && action.Value != "" {
		why := "the body is a form, but Content-Type is " + quote(media)
		if media == "" {
			why = "the body is a form, but there is no Content-Type"
		}
		if r.Method != "POST" {
			why = "the body is a form, but the HTTP method is " + quote(r.Method)
		}
		meant := f.params
		if f.isStray {
			meant = joinStray(body, params)
		}
		c.intend(r, meant, why, true)
		return c.Intended != nil
	}
	trimmed := trimNames(f.params)
	if _, ok := findParam(trimmed, "Action"); ok {
		c.intend(r, trimmed, "white space stands before Action, so that no parameter of that name is found", true) // T4
	}
	return c.Intended != nil
}

// joinStray reads a form body again so that parts without '=' belong, with their
// '&', to the value before them.
func joinStray(body string, params []Param) []Param {
	var out []Param
	for _, p := range params {
		if p.From == FromQuery {
			out = append(out, p)
		}
	}
	first := len(out)
	var tail strings.Builder // of the last parameter, so that many parts stay linear
	flush := func() {
		if tail.Len() > 0 && len(out) > first {
			out[len(out)-1].Value += tail.String()
		}
		tail.Reset()
	}
	for rest := body; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "&")
		if strings.Contains(part, "=") {
			if len(out) >= maxParams {
				continue
			}
			flush()
			out = parseForm(part, FromBody, out).params
			continue
		}
		text, _ := decode(part)
		tail.WriteByte('&')
		tail.WriteString(strings.ToValidUTF8(text, "\uFFFD"))
	}
	flush()
	return out
}

// similarAction finds the action that differs only in blanks or case.
func similarAction(name string) (string, bool) {
	name = strings.TrimSpace(name)
	for i := range actions {
		if strings.EqualFold(actions[i].Name, name) {
			return actions[i].Name, true
		}
	}
	return "", false
}
