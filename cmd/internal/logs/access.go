package logs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

// consoleFormats are what the console offers for a format (L45), and what stands
// in the guides of HTTP APIs.
var consoleFormats = []string{
	`$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId`,
	`$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId`,
	`$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId`,
	`$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId`,
	`$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,$context.requestId,$context.extendedRequestId`,
	`$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,$context.requestId`,
	`<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> <user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> <resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> <protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>`,
}

// accessReader reads lines of an access log.
type accessReader struct {
	format *format   // that was given; nil for none
	known  []*format // that are tried otherwise
}

func newAccessReader(text string) (*accessReader, error) {
	r := &accessReader{}
	if strings.TrimSpace(text) != "" {
		f, err := compileFormat(text)
		if err != nil {
			return nil, err
		}
		r.format = f
	}
	for _, text := range consoleFormats {
		f, err := compileFormat(text)
		if err != nil {
			return nil, err
		}
		r.known = append(r.known, f)
	}
	return r, nil
}

// read reads a line. One that does not fit the format may be older than it, and
// is tried like a line of no known format (L46).
func (r *accessReader) read(e Event) (*Observation, bool) {
	line := strings.TrimRight(e.Message, "\r\n")
	if strings.TrimSpace(line) == "" {
		return nil, false
	}
	if r.format != nil {
		if values, ok := r.format.read(line); ok {
			return accessed(values, e), true
		}
	}
	if values, ok := members(line); ok {
		return accessed(values, e), true
	}
	for _, f := range r.known {
		if values, ok := f.read(line); ok {
			return accessed(values, e), true
		}
	}
	if values, ok := common(line); ok {
		return accessed(values, e), true
	}
	return nil, false
}

// commonRE is what all lines in the common log format have, whatever was added
// to it behind the status.
var commonRE = lazy.Regexp(`\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "(\S+) ([^"]*?) ?([A-Z]+/[\d.]+|-)?" (\d{3}|-)( .*)?$`)

// common reads a line of the common log format with something added. What was
// added is not known, but for ids, which tell themselves, and for the reasons that
// API Gateway gives.
func common(line string) (map[string]string, bool) {
	m := commonRE.FindStringSubmatch(line)
	if m == nil {
		return nil, false
	}
	values := map[string]string{"requestTime": m[1], "httpMethod": m[2], "status": m[5]}
	if strings.Contains(m[3], " ") {
		values["routeKey"] = m[3] // L47
	} else {
		values["resourcePath"] = m[3]
	}
	rest := m[6]
	for _, word := range strings.Fields(rest) {
		word = strings.Trim(word, `"`)
		switch {
		case isUUID(word) && values["requestId"] == "":
			values["requestId"] = word
		case strings.HasSuffix(word, "=") && len(word) > 10 && values["extendedRequestId"] == "":
			values["extendedRequestId"] = word
		case isUUID(word):
			values["integration.requestId"] = word
		}
	}
	for _, reason := range []string{"API Gateway doesn", "Unable to resolve property"} {
		if i := strings.Index(rest, reason); i >= 0 {
			values["integration.error"] = strings.Trim(rest[i:], `" -`)
		}
	}
	return values, true
}

// members reads a line of JSON by the names of its members. A variable without
// quotes and without a value makes it no JSON (L46).
func members(line string) (map[string]string, bool) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}") {
		return nil, false
	}
	var doc map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &doc) != nil && json.Unmarshal([]byte(noValues.Replace(line)), &doc) != nil {
		return nil, false
	}
	values := map[string]string{}
	flatten("", doc, values)
	if values["status"] == "" {
		return nil, false
	}
	return values, true
}

// noValues puts the dash of a variable without a value into quotes.
var noValues = strings.NewReplacer(`:-,`, `:"-",`, `:-}`, `:"-"}`, `: -,`, `:"-",`, `: -}`, `:"-"}`, `: - }`, `:"-"}`)

// flatten finds the variables of the members. Nested members are found by their
// own name and by that with its parents'.
func flatten(parent string, doc map[string]json.RawMessage, into map[string]string) {
	for name, raw := range doc {
		key := plainName(name)
		if len(raw) > 0 && raw[0] == '{' {
			var inner map[string]json.RawMessage
			if json.Unmarshal(raw, &inner) == nil {
				flatten(parent+key, inner, into)
			}
			continue
		}
		for _, k := range []string{parent + key, key} {
			variable, ok := variablesOf[k]
			if !ok {
				continue
			}
			if into[variable] == "" || k == parent+key {
				into[variable] = plainValue(raw)
			}
			break
		}
	}
}

// plainValue is a string without its quotes, or a number as it stands.
func plainValue(raw json.RawMessage) string {
	if len(raw) > 1 && raw[0] == '"' {
		if bytes.IndexByte(raw, '\\') < 0 {
			return string(raw[1 : len(raw)-1])
		}
		var s string
		_ = json.Unmarshal(raw, &s)
		return s
	}
	return string(raw)
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

// variablesOf are the variables by the names that people give their members.
var variablesOf = func() map[string]string {
	m := map[string]string{"method": "httpMethod", "verb": "httpMethod", "route": "routeKey", "resource": "resourcePath", "time": "requestTime", "timestamp": "requestTime",
		"integrationstatus": "integration.status", "integrationintegrationstatus": "integration.status", "backendstatus": "integration.status", "sqsstatus": "integration.status",
		"integrationerror": "integration.error", "integrationerrormessage": "integration.error", "awsrequestid": "integration.requestId", "integrationrequestid": "integration.requestId",
		"awsendpointrequestid": "integration.requestId", "errormessage": "error.message", "errormessagestring": "error.message", "error": "error.message", "errortype": "error.responseType",
		"errorresponsetype": "error.responseType", "responsetype": "error.responseType", "errorvalidationerrorstring": "error.validationErrorString", "validationerror": "error.validationErrorString",
		"validationerrorstring": "error.validationErrorString", "integrationlatency": "integration.latency", "statuscode": "status", "extendedid": "extendedRequestId", "apiid": "apiId", "id": "requestId"}
	for _, v := range []string{"requestId", "extendedRequestId", "httpMethod", "resourcePath", "path", "routeKey", "status", "requestTime", "requestTimeEpoch", "stage", "apiId"} {
		m[plainName(v)] = v
	}
	return m
}()

// aliases are variables of one meaning (L42, L61).
var aliases = map[string]string{
	"integrationStatus": "integration.status", "integration.integrationStatus": "integration.status",
	"integrationErrorMessage": "integration.error", "awsEndpointRequestId": "integration.requestId", "integrationLatency": "integration.latency",
	"error.messageString": "error.message",
}

// accessed makes the observation of a line's variables. A dash is no value (L44).
func accessed(values map[string]string, e Event) *Observation {
	get := func(name string) string {
		v := strings.TrimSpace(values[name])
		if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
			v = v[1 : len(v)-1]
		}
		if v == "-" || v == "null" {
			return ""
		}
		return v
	}
	number := func(name string) int { n, _ := strconv.Atoi(get(name)); return n }
	o := &Observation{Source: Access, ID: get("requestId"), Extended: get("extendedRequestId"), SQSID: get("integration.requestId"),
		API: get("apiId"), Stage: get("stage"), Method: get("httpMethod"), Path: get("resourcePath"), RouteKey: get("routeKey"),
		Status: number("status"), SQSStatus: number("integration.status"), Latency: number("integration.latency"),
		ResponseType: get("error.responseType"), Begun: true, Complete: true, Start: e.Time, End: e.Time}
	if t, err := time.Parse("02/Jan/2006:15:04:05 -0700", get("requestTime")); err == nil {
		o.Start, o.End = t.UnixMilli(), t.UnixMilli()
	}
	if n, err := strconv.ParseInt(get("requestTimeEpoch"), 10, 64); err == nil {
		o.Start, o.End = n, n
	}
	if o.ID == "" {
		o.ID = o.Extended
	}
	if o.Path == "" && o.RouteKey == "" {
		o.Path = get("path")
	}
	if method, path, ok := strings.Cut(o.RouteKey, " "); ok {
		o.Method, o.Path = method, path // HTTP APIs
	}
	_, logged := values["integration.status"]
	switch {
	case o.SQSStatus != 0:
		o.Called = Yes
	case logged && values["integration.status"] != "":
		o.Called = No // a dash says that nothing was called (L44)
	}
	if o.Called != Yes {
		o.Failure = get("integration.error")
	}
	for _, name := range []string{"error.validationErrorString", "integration.error", "error.message"} {
		if o.Message == "" {
			o.Message = get(name)
		}
	}
	if o.Called == Yes && o.SQSStatus > 299 {
		if names, ok := walk.LookupCode(first(codeRE, get("integration.error"))); ok {
			o.Code = names.Code
		}
	}
	o.settle()
	o.Deciding = shortened(strings.TrimSpace(e.Message))
	return o
}
