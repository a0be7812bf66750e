package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// deviation is what the emulator does otherwise than the doctor predicts of AWS.
type deviation struct {
	name      string // of the fixture
	about     string // deployment, call, fix, call after the fix, rollback
	file      string // snapshot that the prediction is of
	request   walk.Request
	predicted prediction
	got       called
	why       string // the difference in a sentence
}

// unfit says why a configuration is not brought to the emulator at all.
func unfit(name string, s *snapshot.Snapshot) string {
	switch {
	case len(s.APIs) == 0 || s.APIs[0].Type != snapshot.REST:
		return "not deployed: HTTP and WebSocket APIs with SQS are not executed"
	case slices.ContainsFunc(peeked(s.APIs[0].Draft).Methods, func(m snapshot.Method) bool {
		kind := peeked(m.Authorization)
		return kind != "" && kind != "NONE" && kind != "AWS_IAM"
	}):
		return "not deployed: authorizers are asked at functions and user pools that are not there"
	case strings.HasPrefix(name, "route_stale_deployment"), strings.HasPrefix(name, "route_not_deployed"):
		return "not deployed: the export of a stage is the draft (T178)"
	}
	return ""
}

// known is a row of the table of what the emulator does otherwise.
type known struct {
	why string
	// is tells what is predicted, and what is seen where nothing more is said.
	is func(*deviation) bool
	// as gives the configuration and the call as the emulator takes them: what it does
	// has to be what is predicted of these, the message with its attributes too. Where
	// there is none, is says all.
	as func(*snapshot.Snapshot, *walk.Request)
}

// excuse is the rows that explain a difference together; nil where none do.
func (c *comparison) excuse(d deviation, path []*known) []*known {
	c.Helper()
	for i := range knownDeviations {
		k := &knownDeviations[i]
		if slices.Contains(path, k) || !k.is(&d) {
			continue
		}
		rows := append(slices.Clone(path), k)
		if k.as == nil {
			return rows
		}
		s, r := c.load(d.file), d.request
		r.Headers = slices.Clone(r.Headers)
		for _, row := range rows {
			row.as(s, &r)
		}
		c.save("taken.json", s)
		p, ok := c.predict("taken.json", r)
		if !ok || !p.says() || encoded(p) == encoded(d.predicted) {
			continue
		}
		next := d
		next.predicted, next.why = p, p.unlike(d.got)
		if next.why == "" {
			return rows
		}
		if rows = c.excuse(next, rows); rows != nil {
			return rows
		}
	}
	return nil
}

// knownDeviations is the table of what LocalStack 4.14 does otherwise, with the reason.
// That no permission is asked excuses no configuration that is meant to work.
var knownDeviations = []known{
	{"no policy of a role, a queue or an organization is asked",
		func(d *deviation) bool { return d.failing() && d.fails(walk.StageAuthorization, "iam", "AccessDenied") }, permitted},
	{"no role has to be there, or to let itself be assumed",
		func(d *deviation) bool {
			return d.failing() && d.fails(walk.StageSigning, "apigateway", "InternalServerErrorException")
		}, assumable},
	{"a role need not be named",
		func(d *deviation) bool { return d.refused("Role ARN must be specified") }, named},
	{"no key is asked, and a queue may name one that is not there",
		func(d *deviation) bool {
			return d.failing() && d.fails(walk.StageEncryption, "kms", "KMS.AccessDeniedException", "KMS.NotFoundException", "KMS.DisabledException")
		}, unencrypted},
	{"no resource policy is asked",
		func(d *deviation) bool {
			return d.failing() && d.fails(walk.StageRoute, "apigateway", "AccessDeniedException")
		}, unguarded},
	{"a disabled endpoint answers",
		func(d *deviation) bool {
			return d.failing() && d.fails(walk.StageRoute, "apigateway", "ForbiddenException")
		}, enabled},
	{"a mapping that cannot be read is passed over, and one of what the method does not declare is made",
		func(d *deviation) bool { return d.refused("Invalid mapping expression") }, mappable},
	{"*/* as a binary media type changes nothing",
		func(d *deviation) bool {
			return d.fails(walk.StageMapping, "apigateway", "InternalServerErrorException")
		}, textual},
	{"header names do not differ by case",
		func(d *deviation) bool { return d.predicts("sqs", "InvalidParameterValue") && d.got.status == 200 }, respelled},
	{"a method response that is missing is not missed",
		func(d *deviation) bool {
			return d.fails(walk.StageResponse, "apigateway", "InternalServerErrorException")
		}, declared},
	{"a form in the body of a call is written anew before a template reads it",
		func(d *deviation) bool { return d.called() && d.sends("application/x-www-form-urlencoded") }, reencoded},
	{"the media type of a call is compared with its charset",
		func(d *deviation) bool { return d.called() && d.sends("application/json;") }, unmatched},
	{"a body of any media type is held against the model of another",
		func(d *deviation) bool {
			return d.fails(walk.StageMapping, "apigateway", "UnsupportedMediaTypeException") && d.gives(400)
		}, asJSON},
	{"an #else that is taken prints the line feed behind its #end",
		func(d *deviation) bool { return d.works() && d.holds(`#else\n`) && d.gives(400) }, fed},
	{"$input.json of an empty body is an empty text",
		func(d *deviation) bool { return d.called() && d.request.Body == "" && d.holds("$input.json('$')") }, emptyText},
	{"a stage variable that is missing renders as nothing",
		func(d *deviation) bool {
			return d.fails(walk.StageSigning, "apigateway", "InternalServerErrorException") && d.holds("${stageVariables.") && d.gives(400)
		}, nil},
	{"$input.json prints blanks behind colons and commas, and escapes what is not ASCII",
		func(d *deviation) bool { return d.holds("$input.json(") && d.sameJSON() }, nil},
	{"a parameter without an equals sign is passed over, and a lone percent sign is taken",
		func(d *deviation) bool {
			return d.fails(walk.StageProtocol, "sqs", "AccessDenied", "MalformedQueryString") && d.lenient()
		}, nil},
	{"a DelaySeconds that is no number gives 500, before all else",
		func(d *deviation) bool {
			_, err := strconv.Atoi(d.form().Get("DelaySeconds"))
			return d.fails(walk.StageProtocol, "sqs", "AccessDenied") && d.form().Has("DelaySeconds") && err != nil && d.gives(500)
		}, nil},
	{"a call of the JSON protocol without a target gives 500",
		func(d *deviation) bool {
			return d.fails(walk.StageProtocol, "sqs", "UnknownOperationException") && d.predicted.Protocol == "json" && d.gives(500)
		}, nil},
	{"a body of the JSON protocol that is no JSON gives 500",
		func(d *deviation) bool {
			return d.fails(walk.StageProtocol, "sqs", "SerializationException") && d.predicted.Protocol == "json" && d.gives(500)
		}, nil},
	{"a charset behind the media type of the JSON protocol gives 400",
		func(d *deviation) bool {
			return d.works() && d.predicted.Protocol == "json" && d.holds("application/x-amz-json-1.0;") && d.gives(400)
		}, nil},
	{"$util.urlEncode of a map or a list gives 500",
		func(d *deviation) bool {
			return (d.works() || d.fails(walk.StageQueue, "sqs", "InvalidParameterValue")) && d.holds("$util.urlEncode($input.path(") && d.gives(500)
		}, nil},
	{"a parameter of the other type of queue is refused in other words",
		func(d *deviation) bool {
			_, message := d.got.error()
			return d.predicts("sqs", "InvalidParameterValue") && d.gives(400) && strings.HasSuffix(message, "for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.")
		}, nil},
	{"the path of a queue without its account is refused",
		func(d *deviation) bool {
			return d.works() && accountless.MatchString(d.predicted.Outbound.URL) && d.gives(400)
		}, nil},
	{"a policy of 2008 is refused",
		func(d *deviation) bool {
			return d.undeployed("MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater") && d.works()
		}, nil},
	{"what is no role of the account is refused when it is stored",
		func(d *deviation) bool {
			return d.failing() && d.undeployed("AccessDeniedException: Cross-account pass role is not allowed") &&
				(d.predicted.Predicted.Message == "Invalid ARN specified in the request" || d.predicted.fails() == string(walk.StageSigning) && d.holds("arn:aws:iam::*:user/*"))
		}, nil},
	{"Action in the text of a template is read as the operation of the control plane's call",
		func(d *deviation) bool { return d.undeployed("InternalFailure: The send_message") && d.works() }, nil},
	{"a part of an integration response is not taken away",
		func(d *deviation) bool {
			return d.about == "fix" && strings.Contains(d.why, "Invalid patch value  'None' specified for op 'remove'")
		}, nil},
}

var accountless = regexp.MustCompile(`^https://[^/]+/[^/]+$`)

// called tells a difference of a call.
func (d *deviation) called() bool { return strings.HasPrefix(d.about, "call") }

// failing tells a configuration that is made to fail.
func (d *deviation) failing() bool { return strings.HasSuffix(d.name, "_failing") }

// predicts tells that one of the codes is predicted of a call, and from whom.
func (d *deviation) predicts(origin string, codes ...string) bool {
	return d.called() && d.predicted.Predicted.Origin == origin && slices.Contains(codes, d.predicted.Predicted.Code)
}

// fails tells that the stage is the first that fails, with one of the codes.
func (d *deviation) fails(stage walk.Stage, origin string, codes ...string) bool {
	return d.predicted.fails() == string(stage) && d.predicts(origin, codes...)
}

// refused tells that AWS is predicted not to deploy the API, and why.
func (d *deviation) refused(message string) bool {
	return d.called() && d.failing() && d.predicted.Predicted.Origin == "deployment" && strings.Contains(d.predicted.Predicted.Message, message)
}

// works tells that a delivered message is predicted.
func (d *deviation) works() bool {
	p := d.predicted.Predicted
	return p.Status != nil && *p.Status == 200 && p.Code == "" && len(d.predicted.Messages) > 0
}

// gives tells that the client got the status and the queue no message.
func (d *deviation) gives(status int) bool {
	return d.called() && d.got.status == status && len(d.got.messages) == 0
}

// undeployed tells that the emulator refused the deployment, and why.
func (d *deviation) undeployed(message string) bool {
	return d.about == "deployment" && strings.Contains(d.why, message)
}

// sends tells that the client sends a Content-Type that begins so.
func (d *deviation) sends(prefix string) bool {
	return slices.ContainsFunc(d.request.Headers, func(h walk.Header) bool {
		return strings.EqualFold(h.Name, "Content-Type") && strings.HasPrefix(h.Value, prefix)
	})
}

// holds tells that the configuration has a text.
func (d *deviation) holds(part string) bool {
	text, _ := os.ReadFile(d.file)
	return bytes.Contains(text, []byte(part))
}

// form is the form that leaves API Gateway, read as the emulator reads it.
func (d *deviation) form() url.Values {
	if d.predicted.Outbound == nil {
		return nil
	}
	form := url.Values{}
	for _, part := range strings.Split(d.predicted.Outbound.Body, "&") {
		name, value, _ := strings.Cut(part, "=")
		form.Add(unescaped(name), unescaped(value))
	}
	return form
}

var pair = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescaped decodes a part of a form, and leaves a percent sign alone that begins no
// pair.
func unescaped(text string) string {
	return pair.ReplaceAllStringFunc(strings.ReplaceAll(text, "+", " "), func(p string) string {
		b, _ := strconv.ParseUint(p[1:], 16, 8)
		return string([]byte{byte(b)})
	})
}

// lenient tells that the one message that arrived is that of the form.
func (d *deviation) lenient() bool {
	return d.got.status == 200 && len(d.got.messages) == 1 && d.got.messages[0].Body == d.form().Get("MessageBody") && len(d.got.messages[0].Own) == 0
}

var escaped = regexp.MustCompile(`(\\u[0-9a-f]{4})+`)

// sameJSON tells that a call does what is predicted but for the blanks and escapes of
// its JSON.
func (d *deviation) sameJSON() bool {
	compact := func(text string) string {
		var out bytes.Buffer
		if json.Compact(&out, []byte(text)) != nil {
			return text
		}
		return escaped.ReplaceAllStringFunc(out.String(), func(m string) string {
			var plain string
			if json.Unmarshal([]byte(`"`+m+`"`), &plain) != nil || strings.IndexFunc(plain, func(r rune) bool { return r < 0x80 }) >= 0 {
				return m
			}
			return plain
		})
	}
	p, got := d.predicted, d.got
	p.Messages, got.messages = slices.Clone(p.Messages), slices.Clone(got.messages)
	for i := range p.Messages {
		p.Messages[i].Body = compact(p.Messages[i].Body)
	}
	for i := range got.messages {
		got.messages[i].Body = compact(got.messages[i].Body)
	}
	return d.called() && p.unlike(got) == ""
}

const (
	openTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	openPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	openQueue  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}`
)

// everyRole changes every role that is named.
func everyRole(s *snapshot.Snapshot, change func(*snapshot.Role)) {
	if s.Roles == nil {
		s.Roles = map[string]snapshot.Fact[*snapshot.Role]{}
	}
	everyMethod(s, func(_ *snapshot.Configuration, m *snapshot.Method) {
		if in := peeked(m.Integration); in != nil {
			if arn := peeked(in.Credentials); strings.HasPrefix(arn, "arn:") {
				if _, ok := s.Roles[arn]; !ok {
					s.Roles[arn] = snapshot.Known[*snapshot.Role](nil, snapshot.Origin{})
				}
			}
		}
	})
	for arn, fact := range s.Roles {
		role := peeked(fact)
		if role == nil {
			role = &snapshot.Role{ARN: arn, Attached: snapshot.Known[[]snapshot.Policy](nil, snapshot.Origin{}), Inline: snapshot.Known[[]snapshot.Policy](nil, snapshot.Origin{})}
		}
		change(role)
		s.Roles[arn] = snapshot.Known(role, snapshot.Origin{})
	}
}

// everyMethod goes through the methods of the draft and of what the stages run.
func everyMethod(s *snapshot.Snapshot, do func(*snapshot.Configuration, *snapshot.Method)) {
	for i := range s.APIs {
		api := &s.APIs[i]
		change := func(f snapshot.Fact[snapshot.Configuration]) snapshot.Fact[snapshot.Configuration] {
			c, ok := f.Peek()
			if !ok {
				return f
			}
			for j := range c.Methods {
				do(&c, &c.Methods[j])
			}
			return f.With(c)
		}
		api.Draft = change(api.Draft)
		stages := peeked(api.Stages)
		for j := range stages {
			stages[j].Deployed = change(stages[j].Deployed)
		}
	}
}

func permitted(s *snapshot.Snapshot, _ *walk.Request) {
	everyRole(s, func(r *snapshot.Role) {
		r.Inline = snapshot.Known([]snapshot.Policy{{Name: "open", Document: snapshot.Known(openPolicy, snapshot.Origin{})}}, snapshot.Origin{})
		r.Attached, r.Boundary = snapshot.Known[[]snapshot.Policy](nil, snapshot.Origin{}), snapshot.Known[*snapshot.Policy](nil, snapshot.Origin{})
	})
	everyQueue(s, func(q *snapshot.Queue) { q.Policy = snapshot.Known(openQueue, snapshot.Origin{}) })
	s.Organization = snapshot.Fact[snapshot.Organization]{}
}

func assumable(s *snapshot.Snapshot, r *walk.Request) {
	everyRole(s, func(r *snapshot.Role) { r.Trust = snapshot.Known(openTrust, snapshot.Origin{}) })
}

func named(s *snapshot.Snapshot, r *walk.Request) {
	everyMethod(s, func(_ *snapshot.Configuration, m *snapshot.Method) {
		if in := peeked(m.Integration); in != nil && peeked(in.Credentials) == "" {
			in.Credentials = snapshot.Known("arn:aws:iam::"+s.Target.Account+":role/named", snapshot.Origin{})
		}
	})
	assumable(s, r)
	permitted(s, r)
}

func everyQueue(s *snapshot.Snapshot, change func(*snapshot.Queue)) {
	for _, fact := range s.Queues {
		if q := peeked(fact); q != nil {
			change(q)
		}
	}
}

func unencrypted(s *snapshot.Snapshot, _ *walk.Request) {
	everyQueue(s, func(q *snapshot.Queue) { q.KMSKeyID = snapshot.Known("", snapshot.Origin{}) })
}

func unguarded(s *snapshot.Snapshot, _ *walk.Request) {
	s.APIs[0].Policy = snapshot.Known("", snapshot.Origin{})
}

func enabled(s *snapshot.Snapshot, _ *walk.Request) {
	s.APIs[0].DefaultEndpointDisabled = snapshot.Known(false, snapshot.Origin{})
}

var sourced = regexp.MustCompile(`^(method\.request\.|context\.|stageVariables\.|')`)

func mappable(s *snapshot.Snapshot, _ *walk.Request) {
	everyMethod(s, func(_ *snapshot.Configuration, m *snapshot.Method) {
		in := peeked(m.Integration)
		if in == nil {
			return
		}
		mapped, known := maps.Clone(peeked(in.RequestParameters)), maps.Clone(peeked(m.RequestParameters))
		if known == nil {
			known = map[string]bool{}
		}
		for name, fact := range mapped {
			switch value := peeked(fact); {
			case !sourced.MatchString(value):
				delete(mapped, name)
			case strings.HasPrefix(value, "method.request.") && !strings.HasPrefix(value, "method.request.body"):
				if _, ok := known[value]; !ok {
					known[value] = false
				}
			}
		}
		in.RequestParameters, m.RequestParameters = snapshot.Known(mapped, snapshot.Origin{}), snapshot.Known(known, snapshot.Origin{})
	})
}

func textual(s *snapshot.Snapshot, _ *walk.Request) {
	everyMethod(s, func(c *snapshot.Configuration, _ *snapshot.Method) {
		c.BinaryMediaTypes = snapshot.Known(slices.DeleteFunc(slices.Clone(peeked(c.BinaryMediaTypes)), func(t string) bool { return t == "*/*" }), snapshot.Origin{})
	})
}

func respelled(s *snapshot.Snapshot, r *walk.Request) {
	text := encoded(s.APIs[0].Draft)
	for i := range r.Headers {
		if spelling := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(r.Headers[i].Name) + `\b`).FindString(text); spelling != "" {
			r.Headers[i].Name = spelling
		}
	}
}

func declared(s *snapshot.Snapshot, _ *walk.Request) {
	everyMethod(s, func(_ *snapshot.Configuration, m *snapshot.Method) {
		in := peeked(m.Integration)
		if in == nil {
			return
		}
		responses := maps.Clone(peeked(m.Responses))
		for _, r := range peeked(in.Responses) {
			if _, ok := responses[r.Status]; !ok {
				responses[r.Status] = snapshot.MethodResponse{}
			}
		}
		m.Responses = snapshot.Known(responses, snapshot.Origin{})
	})
}

func reencoded(_ *snapshot.Snapshot, r *walk.Request) {
	parts := strings.Split(r.Body, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		parts[i] = url.QueryEscape(unescaped(name)) + "=" + url.QueryEscape(unescaped(value))
	}
	r.Body = strings.Join(parts, "&")
}

func unmatched(_ *snapshot.Snapshot, r *walk.Request) {
	*r = r.WithHeader("Content-Type", "application/x-json-with-charset")
}

func asJSON(_ *snapshot.Snapshot, r *walk.Request) {
	*r = r.WithHeader("Content-Type", "application/json")
}

func fed(s *snapshot.Snapshot, _ *walk.Request) {
	everyMethod(s, func(_ *snapshot.Configuration, m *snapshot.Method) {
		in := peeked(m.Integration)
		if in == nil {
			return
		}
		templates := maps.Clone(peeked(in.Templates))
		for name, fact := range templates {
			templates[name] = snapshot.Known(strings.ReplaceAll(peeked(fact), "#end\n", "#end\n\n"), snapshot.Origin{})
		}
		in.Templates = snapshot.Known(templates, snapshot.Origin{})
	})
}

func emptyText(_ *snapshot.Snapshot, r *walk.Request) { r.Body = `""` }
