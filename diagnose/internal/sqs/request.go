package sqs

import (
	"sort"
	"strings"
)

// Request is one HTTP request that reaches an SQS endpoint.
type Request struct {
	Method   string // "POST"; case matters, as in HTTP
	Host     string // "sqs.us-east-1.amazonaws.com"; empty: the standard endpoint of Region
	Path     string // raw, percent-encoded: "/123456789012/orders"
	RawQuery string // raw, without the question mark
	Header   Header
	Body     []byte
	Region   string   // region of the endpoint that receives it
	Account  string   // account of the calling principal: owner of a queue that is named without an account; may be unknown ("")
	Hosts    []string // SQS hosts beside AWS's own, lower case, each with its port
}

// Header holds header values by name; Get ignores the case of names.
type Header map[string][]string

// Get returns the first value of a header, or "". Where the map holds several
// spellings of one name, the one that sorts first counts.
func (h Header) Get(name string) string {
	value, _ := h.Lookup(name)
	return value
}

// Lookup is Get that also says whether the header is there.
func (h Header) Lookup(name string) (string, bool) {
	if v, ok := h[name]; ok && len(v) > 0 {
		return v[0], true
	}
	var spellings []string
	for k, v := range h {
		if len(k) == len(name) && len(v) > 0 && strings.EqualFold(k, name) {
			spellings = append(spellings, k)
		}
	}
	if len(spellings) == 0 {
		return "", false
	}
	sort.Strings(spellings)
	return h[spellings[0]][0], true
}

// MediaType is the media type of a Content-Type header in lower case, without
// parameters: "application/json; charset=UTF-8" gives "application/json" (T71 has
// it for API Gateway, the control that sends a charset to SQS works alike; that
// case does not matter is unverified for SQS).
func MediaType(contentType string) string {
	if i := strings.IndexByte(contentType, ';'); i >= 0 {
		contentType = contentType[:i]
	}
	return strings.ToLower(strings.TrimSpace(contentType))
}

// Media types that choose the protocol.
const (
	MediaTypeForm   = "application/x-www-form-urlencoded"
	MediaTypeJSON10 = "application/x-amz-json-1.0"
	MediaTypeJSON11 = "application/x-amz-json-1.1"
)

// FormInGetBody reports whether r is a GET that carries a form in its body. SQS
// does not read a GET's body as a form, so the parameters are lost; and AWS's
// troubleshooting article gives SignatureDoesNotMatch for a signed one. Which of
// the two comes first is for the signing stage to decide.
func FormInGetBody(r *Request) bool {
	if r.Method != "GET" || len(r.Body) == 0 {
		return false
	}
	if mt := MediaType(r.Header.Get("Content-Type")); mt != MediaTypeForm && mt != "" {
		return false
	}
	form := parseForm(string(r.Body), FromBody, nil)
	_, found := findParam(form.params, "Action")
	return found
}

// endpointHost is the host as it appears in SQS's messages.
func (r *Request) endpointHost() string {
	if r.Host != "" {
		return r.Host
	}
	return EndpointHost(r.Region)
}

// region is the endpoint's region, read from the host where the caller left it out.
func (r *Request) region() string {
	if r.Region != "" {
		return r.Region
	}
	if h, ok := parseHost(r.Host); ok {
		return h.region
	}
	return ""
}
