package cli

import (
	"regexp"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// deviation is what the emulator does otherwise than the doctor predicts of AWS.
type deviation struct {
	name      string // of the fixture
	about     string // deployment, call, fix, call after the fix, rollback
	request   walk.Request
	predicted prediction
	status    int    // what the client got
	got       string // the difference in a sentence
}

// unfit says why a configuration is not brought to the emulator at all.
func unfit(name string, s *snapshot.Snapshot) string {
	switch {
	case len(s.APIs) == 0 || s.APIs[0].Type != snapshot.REST:
		return "not deployed: HTTP and WebSocket APIs with SQS are not executed"
	case s.Target.Region == "" || s.Target.Account == "":
		return "not deployed: the configuration has no region or no account"
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

// known is the reason of a deviation that is the emulator's; empty for any other.
func (d *deviation) known() string {
	for _, k := range knownDeviations {
		if k.is(d) {
			return d.about + ": " + k.why
		}
	}
	return ""
}

// predicts tells whether one of the codes is predicted.
func (d *deviation) predicts(codes ...string) bool {
	return slices.ContainsFunc(append([]string{d.predicted.Predicted.Code}, d.predicted.Predicted.Codes...), func(c string) bool { return slices.Contains(codes, c) })
}

func (d *deviation) of(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(d.name, n) })
}

// knownDeviations is the table of what LocalStack 4.14 does otherwise, with the reason.
var knownDeviations = []struct {
	why string
	is  func(*deviation) bool
}{
	{"no role, trust policy, queue policy or organization is enforced", func(d *deviation) bool {
		return strings.HasPrefix(d.about, "call") && d.status == 200 && d.of("authorization_", "signing_role", "signing_caller", "signing_credentials", "response_error", "response_unmapped", "route_resource_policy")
	}},
	{"no key is enforced, and a queue may name one that is not there", func(d *deviation) bool { return d.of("encryption_") && d.status == 200 }},
	{"a policy that IAM refuses is refused", func(d *deviation) bool {
		return d.about == "deployment" && strings.Contains(d.got, "MalformedPolicyDocument")
	}},
	{"an API with a method without integration is refused, as AWS does", func(d *deviation) bool {
		return d.about == "deployment" && strings.Contains(d.got, "No integration defined for method")
	}},
	{"AWS_PROXY to another service than Lambda, and a URI without path or action, are refused, as AWS does", func(d *deviation) bool {
		return d.about == "deployment" && (strings.Contains(d.got, "only supports Lambda") || strings.Contains(d.got, "must contain path or action"))
	}},
	{"a role of another account, or of none, is refused, as AWS does", func(d *deviation) bool {
		return d.about == "deployment" && strings.Contains(d.got, "Cross-account pass role")
	}},
	{"a method response that is missing is not missed", func(d *deviation) bool { return d.of("response_method_response_missing") && d.status == 202 }},
	{"the path of a queue without its account is refused", func(d *deviation) bool { return d.of("signing_uri_passing") && d.status == 400 }},
	{"an integration without a method of its own is refused", func(d *deviation) bool {
		return d.about == "deployment" && strings.Contains(d.got, "Enumeration value for HttpMethod")
	}},
	{"Action in the text of a template is read as the operation of the control plane's call", func(d *deviation) bool {
		return (d.about == "deployment" || d.about == "fix") && strings.Contains(d.got, "has not been implement")
	}},
	{"what AWS refuses to store or deploy is taken", func(d *deviation) bool { return d.predicted.Predicted.Origin == "deployment" }},
	{"$input.json prints blanks behind colons and commas", func(d *deviation) bool { return strings.HasPrefix(d.got, "message ") && sameButForBlanks(d.got) }},
	{"a lone & or % in a form is taken, or ends in 500", func(d *deviation) bool {
		return d.of("mapping_body_not_encoded", "protocol_malformed_form", "mapping_whitespace") && d.predicts("AccessDenied", "MalformedQueryString")
	}},
	{"a call that SQS cannot read gives 500", func(d *deviation) bool {
		return d.status == 500 && d.predicts("UnknownOperationException", "SerializationException", "MissingParameter", "MissingRequiredParameterException", "InvalidAction", "AccessDenied", "MalformedQueryString", "InvalidAddress", "InvalidParameterValue")
	}},
	{"$util.urlEncode of a map or a list gives 500", func(d *deviation) bool { return d.of("mapping_object_as_map") && d.status == 500 }},
	{"a charset behind the media type gives 415, or 400 of the JSON protocol", func(d *deviation) bool {
		return d.of("mapping_unsupported_media_type_passing", "protocol_json_content_type_passing") && (d.status == 415 || d.status == 400)
	}},
	{"*/* as a binary media type changes nothing", func(d *deviation) bool { return d.of("mapping_binary_body") }},
	{"header names do not differ by case", func(d *deviation) bool { return d.of("mapping_name_mismatch") && d.status == 200 }},
	{"a stage variable that is missing renders as nothing", func(d *deviation) bool { return d.of("mapping_stage_variable") }},
	{"a delayed message is not there yet", func(d *deviation) bool {
		return strings.HasPrefix(d.got, "0 messages") && len(d.predicted.Messages) > 0 && d.predicted.Messages[0].DelaySeconds != ""
	}},
}

var spaced = regexp.MustCompile(`([:,])\s+`)

// sameButForBlanks compares the two texts of a difference without the blanks that
// stand behind colons and commas.
func sameButForBlanks(got string) bool {
	a, b, ok := strings.Cut(strings.TrimPrefix(got, "message "), ", predicted ")
	return ok && spaced.ReplaceAllString(a, "$1") == spaced.ReplaceAllString(b, "$1")
}
