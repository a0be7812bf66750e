package sqs

import "strings"

// Protocol is the wire protocol that SQS reads a request in.
type Protocol uint8

const (
	ProtocolNone  Protocol = iota // SQS can read no operation in it
	ProtocolQuery                 // form or query string
	ProtocolJSON                  // application/x-amz-json-1.0 with X-Amz-Target
)

// String names the protocol as reports do.
func (p Protocol) String() string { return [...]string{"none", "query", "json"}[p] }

// Call is what SQS reads in a request.
type Call struct {
	Protocol   Protocol
	Action     string // as read, also if it is unknown: "SendMessage\n"
	ActionFrom Source
	Params     []Param // query protocol: every parameter that arrived, query string before body
	Document   *Value  // JSON protocol: the decoded body
	Queue      Address
	Format     Format
	Version    string   // the Version parameter; not required (T13)
	Ignored    []string // names of parameters that the action does not know and SQS drops silently (T7)
	Doubts     []string // what about this reading no evidence settles; a result that rests on it is not certain
	Failure    *Answer  // the answer to a request that cannot be read; nil if it can
	Intended   *Intent  // what its author evidently meant, if Failure is set or white space around names hides parameters

	endpoint string // host, for messages
	path     string // raw path, for messages
	region   string
	account  string // of the caller
	messages []Message
}

// Intent is what the author of an unreadable request evidently meant.
type Intent struct {
	Call    Call   // with no Failure, so that a diagnosis can go on behind the protocol failure
	Certain bool   // there is only one thing that it can mean
	Why     string // how it was found: "the body is a form, but Content-Type says \"application/json\""
}

// Effective gives the call itself, or the intended one if SQS cannot read it; nil
// if not even that can be guessed.
func (c *Call) Effective() *Call {
	if c.Failure == nil {
		return c
	}
	if c.Intended != nil {
		return &c.Intended.Call
	}
	return nil
}

// Operation returns the facts about the call's action.
func (c *Call) Operation() (Action, bool) { return LookupAction(c.Action) }

// Param returns the parameter of that name as SQS reads it.
func (c *Call) Param(name string) (Param, bool) { return findParam(c.Params, name) }

// resource is the URL that SQS names in "Access to the resource ... is denied":
// host and path of the request (T3, T6, T8, T18c).
func (c *Call) resource() string {
	if c.path == "" {
		return "https://" + c.endpoint + "/"
	}
	return "https://" + c.endpoint + c.path
}

// Recognize reads a request as SQS does.
func Recognize(r *Request) Call {
	c := Call{endpoint: r.endpointHost(), path: r.Path, region: r.region(), account: r.Account}
	media := MediaType(r.Header.Get("Content-Type"))
	query := parseForm(r.RawQuery, FromQuery, make([]Param, 0, 8))
	action, inQuery := findParam(query.params, "Action")
	inQuery = inQuery && action.Value != ""

	if media == MediaTypeJSON10 {
		_, targeted := targetAction(r)
		if targeted || !inQuery {
			if inQuery {
				c.doubt("the query string has an Action and the X-Amz-Target header names one too; the header is assumed to win")
			}
			c.readJSON(r)
			return c
		}
		c.doubt("an Action in the query string beside a JSON protocol Content-Type without X-Amz-Target; the query string is assumed to win")
	}
	c.readQuery(r, media, query)
	return c
}

func (c *Call) doubt(text string) { c.Doubts = append(c.Doubts, text) }

// readQuery reads a query protocol request. Parameters may stand in the query
// string of any request (T14, T18b) and in the body of a POST that is sent as a form.
func (c *Call) readQuery(r *Request, media string, query form) {
	c.Format = FormatXML
	if acceptsJSON(r.Header.Get("Accept")) {
		c.Format = FormatJSON // T33
	}
	isForm := media == MediaTypeForm && r.Method == "POST"
	f := query
	if isForm {
		f = parseForm(string(r.Body), FromBody, query.params)
		f.badUTF8 = f.badUTF8 || query.badUTF8
		f.truncated = f.truncated || query.truncated
		if f.badEscape == "" {
			f.badEscape = query.badEscape
		}
	}
	c.Params = f.params
	action, ok := findParam(c.Params, "Action")
	if !ok || action.Value == "" {
		c.failWithoutAction(r, media, isForm, &f)
		return
	}
	c.Protocol, c.Action, c.ActionFrom = ProtocolQuery, action.Value, action.From
	c.complete(r)
	c.formDoubts(&f, &query, isForm)
	if r.Method != "POST" && r.Method != "GET" {
		c.doubt("the HTTP method is " + quote(r.Method) + "; only POST and GET were seen working")
	}
	switch {
	case f.badEscape != "":
		c.failBadEscape(r, &f)
	case isForm && f.isStray:
		c.failStray(r, &f)
	default:
		c.checkAction(r)
	}
	if c.Failure == nil {
		c.intendTrimmed(r)
	}
}

// formDoubts notes what may be read otherwise.
func (c *Call) formDoubts(f, query *form, isForm bool) {
	if isForm && f.empty {
		c.doubt("an '&' with nothing behind it; it is assumed to be skipped") // T6 was seen for text without ''
	}
	if query.isStray {
		c.doubt("the query string has the part " + quote(query.stray) + " without '='; it is assumed to be skipped")
	}
	if f.badUTF8 {
		c.doubt("bytes that are no UTF-8; they are assumed to become U+FFFD")
	}
	if f.truncated {
		c.doubt("more than " + itoa(maxParams) + " parameters; the rest was not looked at")
	}
	if c.Version != "" && c.Version != "2012-11-05" {
		c.doubt("Version is " + quote(c.Version) + ", not \"2012-11-05\"; what SQS makes of other versions is unverified") // T13
	}
	if p, ok := c.Param("QueueUrl"); ok && p.Value == "" {
		c.doubt("QueueUrl is empty; the queue of the path is assumed to count")
	}
	for _, name := range soloParams {
		first := -1
		for i := range c.Params {
			if c.Params[i].Name != name {
				continue
			}
			if first < 0 {
				first = i
			} else if c.Params[i].Value != c.Params[first].Value {
				c.doubt("parameter " + name + " is given with several values; the first is assumed to win")
				break
			}
		}
	}
}

// soloParams are parameters that can be given once.
var soloParams = [...]string{"Action", "QueueUrl", "MessageBody", "MessageGroupId", "MessageDeduplicationId", "DelaySeconds"}

// checkAction refuses unknown actions, and actions of the service on a queue path.
func (c *Call) checkAction(r *Request) {
	op, ok := operation(c.Action)
	if !ok {
		c.Failure = c.refuse(CodeInvalidAction, ActionUnknown, "Action", c.Action)
		if t := strings.TrimSpace(c.Action); t != c.Action {
			c.Failure.orElse("white space around parameters was reported as AccessDenied; for white space behind the action nothing is recorded", CodeAccessDenied) // T4
		}
		if name, ok := similarAction(c.Action); ok {
			c.intendAction(r, name)
		}
		return
	}
	if op.OnRoot && c.path != "" && strings.Trim(c.path, "/") != "" {
		c.Failure = c.refuse(CodeInvalidAction, ActionOfService, "Action", c.Action)
	} else if !op.OnRoot && !op.OnQueue && c.Queue.From == FromPath {
		c.doubt("whether SQS takes " + op.Name + " on a queue path")
	}
}

// complete fills in what follows from parameters or document: queue, version, and
// what is ignored.
func (c *Call) complete(r *Request) {
	op, known := operation(c.Action)
	if v, ok := c.Param("Version"); ok && c.Protocol == ProtocolQuery {
		c.Version = v.Value
	}
	c.Queue = c.address(r)
	c.Ignored = nil
	if known && op.Writes {
		c.messages = c.decodeMessages(op)
	}
	if !known || c.Protocol != ProtocolQuery {
		return
	}
	for i := range c.Params {
		if name := c.Params[i].Name; !op.knows(name) && len(c.Ignored) < maxIgnored {
			c.Ignored = append(c.Ignored, name)
		}
	}
}

// maxIgnored bounds the list of ignored names.
const maxIgnored = 100

// address finds the queue that the call names.
func (c *Call) address(r *Request) Address {
	if c.Protocol == ProtocolJSON {
		if v, ok := c.Document.Get("QueueUrl"); ok && v.Kind == KindString && v.Text != "" {
			return parameterAddress(r, c.region, v.Text, FromBody)
		}
		return pathAddress(r, c.region)
	}
	if p, ok := c.Param("QueueUrl"); ok && p.Value != "" {
		return parameterAddress(r, c.region, p.Value, p.From) // T15: it wins over the path
	}
	return pathAddress(r, c.region)
}

// acceptsJSON reports whether an Accept header asks for application/json.
func acceptsJSON(accept string) bool {
	for accept != "" {
		var one string
		one, accept, _ = strings.Cut(accept, ",")
		if MediaType(one) == "application/json" {
			return true
		}
	}
	return false
}

// readJSON reads a JSON protocol request (T40, T41).
func (c *Call) readJSON(r *Request) {
	c.Format = FormatAWSJSON
	target, ok := targetAction(r)
	if !ok || r.Method != "POST" {
		c.failTarget(r)
		return
	}
	c.Protocol, c.Action, c.ActionFrom = ProtocolJSON, target, FromTarget
	doc, truncated, err := parseJSON(string(r.Body))
	c.Document = &doc
	switch {
	case err != nil:
		c.failJSON(r, err.Error())
		if err.Trailing {
			c.Failure.Unverified += "; a reader that stops at the end of the object would not mind what follows"
		}
		return
	case doc.Kind != KindObject:
		c.failJSON(r, "the body is a JSON "+doc.Kind.String()+"; expected an object")
		return
	case truncated:
		c.doubt("more than " + itoa(maxValues) + " JSON values; the rest was not looked at")
	}
	for _, name := range soloParams {
		last, _ := doc.Get(name)
		for i := range doc.Members {
			if m := &doc.Members[i]; m.Name == name && (m.Value.Kind != last.Kind || m.Value.Text != last.Text) {
				c.doubt("member " + name + " is given with several values; the last is assumed to win")
				break
			}
		}
	}
	c.complete(r)
}

// targetPrefix stands before the action in X-Amz-Target.
const targetPrefix = "AmazonSQS."

// targetAction reads the X-Amz-Target header; ok only for an action of SQS.
func targetAction(r *Request) (string, bool) {
	target := r.Header.Get("X-Amz-Target")
	name, ok := strings.CutPrefix(target, targetPrefix)
	if !ok {
		return "", false
	}
	_, ok = operation(name)
	return name, ok
}
