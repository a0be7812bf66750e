package sqs

import "slices"

// failWithoutAction answers a query protocol request in which SQS finds no Action.
func (c *Call) failWithoutAction(r *Request, media string, isForm bool, f *form) {
	switch {
	case isForm:
		// T3, T4: AccessDenied, with the namespace of an old API version. T5: AWS's own
		// article says UnknownOperationException.
		c.Failure = c.refuse(CodeAccessDenied, ActionMissing, "Action", "")
		c.Failure.Namespace = XMLNamespaceOld
		c.Failure.orElse("AccessDenied was seen, AWS's article says UnknownOperationException", CodeUnknownOperation) // T3, T4, T5
		if f.badEscape != "" {
			c.Failure.orElse(c.Failure.Unverified+"; a malformed percent escape is documented as MalformedQueryString", CodeMalformedQueryString)
		}
	default:
		c.Failure = c.unknownOperation(OperationMissing) // T1 for a POST, T2
		switch {
		case r.Header.Get("X-Amz-Target") != "":
			c.Failure.orStatus(400)
			c.Failure.Unverified = "the status for an X-Amz-Target beside Content-Type " + quote(media) // T48
		case r.Method != "POST" && r.Method != "GET":
			c.Failure.orStatus(405).orStatus(400)
			c.Failure.Unverified = "the answer to HTTP method " + quote(r.Method)
		case f.badEscape != "":
			c.Failure.orElse("a malformed percent escape in the query string is documented as MalformedQueryString", CodeMalformedQueryString)
		}
	}
	c.guess(r, media)
}

// unknownOperation is the bare element with status 404.
func (c *Call) unknownOperation(cause Cause) *Answer {
	a := c.refuse(CodeUnknownOperation, cause, "", "")
	a.bare = true
	return a
}

// failTarget answers a JSON protocol request without a usable X-Amz-Target.
func (c *Call) failTarget(r *Request) {
	c.Failure = c.unknownOperation(TargetInvalid) // T48
	c.Failure.Parameter = "X-Amz-Target"
	c.Failure.orStatus(400)
	c.Failure.Unverified = "whether the status is 404 as for forms or 400 as seen at Step Functions" // T2, T48
	if r.Method != "POST" {
		c.Failure.orStatus(405)
	}
	c.guess(r, MediaTypeJSON10)
}

// failJSON answers a JSON protocol request whose body is no JSON object.
func (c *Call) failJSON(r *Request, reason string) {
	c.Failure = c.refuse(CodeSerialization, DocumentInvalid, "", "")
	c.Failure.Unverified = "not recorded for SQS; DynamoDB-class services answer so" // T48
	if len(r.Body) == 0 {
		c.Failure.orElse("an empty body may count as an empty object", CodeMissingParameter)
	}
	intended := *c
	intended.Failure, intended.Doubts = nil, slices.Clone(c.Doubts)
	if intended.Document.Kind != KindObject {
		intended.Document = &Value{Kind: KindObject}
	}
	intended.complete(r)
	c.Queue = intended.Queue
	c.Intended = &Intent{Call: intended, Why: reason + "; its readable part is taken"}
}

// failStray answers a form with a part that has no '=' (T6). What was meant is the
// part and its '&' as text of the value before it.
func (c *Call) failStray(r *Request, f *form) {
	c.Failure = c.refuse(CodeAccessDenied, StrayAmpersand, "", "")
	c.Failure.Namespace = XMLNamespaceOld
	c.Failure.Unverified = "the XML namespace; the code is documented for a JSON-shaped answer"
	meant := joinStray(string(r.Body), c.Params)
	c.intend(r, meant, "an unencoded '&' splits the form before "+quote(clip(f.stray))+", which has no '='; it is taken as text", false)
}

// failBadEscape answers a malformed percent escape.
func (c *Call) failBadEscape(r *Request, f *form) {
	c.Failure = c.refuse(CodeMalformedQueryString, EscapeInvalid, "", "")
	c.Failure.orElse("documented among SQS's common errors, but not recorded; other unreadable forms were answered with AccessDenied", CodeAccessDenied) // T20, T6
	c.Failure.Namespace = XMLNamespaceOld
	c.intend(r, c.Params, "malformed percent escape in "+quote(clip(f.badEscape))+"; it is taken as text", false)
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "..."
}
