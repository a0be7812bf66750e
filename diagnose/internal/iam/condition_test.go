package iam

import "testing"

// Facts 35-44, each condition on an Allow of the send: Yes, No or Unknown is
// whether the condition holds.
func TestConditions(t *testing.T) {
	tests := []struct {
		name, condition string
		want            Tri
	}{
		{"fact 35: two operators", `{"StringEquals":{"k:team":"blue"},"Bool":{"k:yes":"true"}}`, Yes},
		{"fact 35: both must hold", `{"StringEquals":{"k:team":"blue"},"Bool":{"k:yes":"false"}}`, No},
		{"fact 35: two keys", `{"StringEquals":{"k:team":"blue","k:none":"x"}}`, No},
		{"fact 35: list", `{"StringEquals":{"k:team":["red","blue"]}}`, Yes},
		{"fact 35: negated list", `{"StringNotEquals":{"k:team":["red","blue"]}}`, No},
		{"fact 35: negated list without it", `{"StringNotEquals":{"k:team":["red","green"]}}`, Yes},
		{"no condition", `{}`, Yes},
		{"operator without keys", `{"StringEquals":{}}`, Yes},

		{"fact 36: missing", `{"StringEquals":{"k:none":"x"}}`, No},
		{"fact 36: missing, StringLike star", `{"StringLike":{"k:none":"*"}}`, No},
		{"fact 36: missing, negated", `{"StringNotEquals":{"k:none":"x"}}`, Yes},
		{"fact 36: missing, StringNotLike", `{"StringNotLike":{"k:none":"*"}}`, Yes},
		{"fact 36: missing, ArnNotLike", `{"ArnNotLike":{"k:none":"arn:aws:sns:*:*:*"}}`, Yes},
		{"fact 36: missing, NotIpAddress", `{"NotIpAddress":{"k:none":"10.0.0.0/8"}}`, Yes},
		{"fact 36: missing, NumericNotEquals", `{"NumericNotEquals":{"k:none":"1"}}`, Yes},
		{"fact 36: missing, Bool", `{"Bool":{"k:none":"false"}}`, No},
		{"fact 36: IfExists", `{"StringEqualsIfExists":{"k:none":"x"}}`, Yes},
		{"fact 36: IfExists, negated", `{"StringNotEqualsIfExists":{"k:none":"x"}}`, Yes},
		{"fact 36: IfExists of a present key", `{"StringEqualsIfExists":{"k:team":"red"}}`, No},
		{"fact 37: case of the key", `{"StringEquals":{"K:TEAM":"blue"}}`, Yes},

		{"fact 38: case of the value", `{"StringEquals":{"k:team":"Blue"}}`, No},
		{"fact 38: star is text", `{"StringEquals":{"k:team":"bl*"}}`, No},
		{"fact 38: StringLike", `{"StringLike":{"k:team":"b?u*"}}`, Yes},
		{"fact 38: whole value", `{"StringLike":{"k:team":"blu"}}`, No},
		{"fact 38: IgnoreCase", `{"StringEqualsIgnoreCase":{"k:team":"BLUE"}}`, Yes},
		{"fact 38: NotEqualsIgnoreCase", `{"StringNotEqualsIgnoreCase":{"k:team":"BLUE"}}`, No},

		{"fact 39: number", `{"NumericEquals":{"k:n":"300"}}`, Yes},
		{"fact 39: number, bare", `{"NumericEquals":{"k:n":300}}`, Yes},
		{"fact 39: as numbers, not text", `{"NumericLessThan":{"k:n":"1000"}}`, Yes},
		{"fact 39: decimal", `{"NumericGreaterThan":{"k:n":"299.5"}}`, Yes},
		{"fact 39: limit", `{"NumericLessThanEquals":{"k:n":"300"}}`, Yes},
		{"fact 39: limit, strict", `{"NumericLessThan":{"k:n":"300"}}`, No},
		{"fact 39: at least", `{"NumericGreaterThanEquals":{"k:n":"301"}}`, No},
		{"fact 39: date before", `{"DateLessThan":{"k:date":"2026-12-31T00:00:00Z"}}`, Yes},
		{"fact 39: date with offset", `{"DateEquals":{"k:date":"2026-06-01T14:00:00+02:00"}}`, Yes},
		{"fact 39: epoch", `{"DateEquals":{"k:date":"1780315200"}}`, Yes},
		{"fact 39: date after", `{"DateGreaterThan":{"k:date":"2026-06-01"}}`, Yes},
		{"fact 39: not that date", `{"DateNotEquals":{"k:date":"2026-06-01T12:00:00Z"}}`, No},
		{"fact 39: bool", `{"Bool":{"k:yes":true}}`, Yes},
		{"fact 39: binary", `{"BinaryEquals":{"k:bin":"QmluYXJ5"}}`, Yes},
		{"fact 39: other bytes", `{"BinaryEquals":{"k:bin":"QmluYXJ6"}}`, No},
		{"fact 39: CIDR", `{"IpAddress":{"k:ip":"203.0.113.0/24"}}`, Yes},
		{"fact 39: CIDR outside", `{"IpAddress":{"k:ip":"203.0.114.0/24"}}`, No},
		{"fact 39: one address", `{"IpAddress":{"k:ip":"203.0.113.9"}}`, Yes},
		{"fact 39: not the range", `{"NotIpAddress":{"k:ip":["10.0.0.0/8","203.0.113.0/24"]}}`, No},
		{"fact 39: IPv6", `{"IpAddress":{"k:ip6":"2001:db8::/32"}}`, Yes},
		{"fact 39: IPv4 range against IPv6", `{"IpAddress":{"k:ip6":"0.0.0.0/0"}}`, No},

		{"fact 40: ArnEquals knows wildcards", `{"ArnEquals":{"k:arn":"arn:aws:iam::*:role/or*"}}`, Yes},
		{"fact 40: a star stays in its part", `{"ArnLike":{"k:arn":"arn:aws:iam:*"}}`, No},
		{"fact 40: StringLike runs on", `{"StringLike":{"k:arn":"arn:aws:iam:*"}}`, Yes},
		{"fact 40: sixth part with colons", `{"ArnLike":{"k:states":"arn:aws:states:us-east-1:1:execution:*"}}`, Yes},
		{"fact 40: negated list", `{"ArnNotEquals":{"k:arn":["arn:aws:iam::2:*","arn:aws:iam::1:role/orders"]}}`, No},
		{"fact 40: case", `{"ArnLike":{"k:arn":"arn:aws:iam::1:role/Orders"}}`, No},

		{"fact 41: Null true, absent", `{"Null":{"k:none":"true"}}`, Yes},
		{"fact 41: Null true, present", `{"Null":{"k:team":true}}`, No},
		{"fact 41: Null false, absent", `{"Null":{"k:none":"false"}}`, No},
		{"fact 41: Null false, present", `{"Null":{"k:team":"false"}}`, Yes},

		{"fact 42: ForAllValues", `{"ForAllValues:StringEquals":{"k:list":["a","b","c"]}}`, Yes},
		{"fact 42: ForAllValues, one is not listed", `{"ForAllValues:StringEquals":{"k:list":["a"]}}`, No},
		{"fact 42: ForAllValues, missing", `{"ForAllValues:StringEquals":{"k:none":"a"}}`, Yes},
		{"fact 42: ForAllValues, empty", `{"ForAllValues:StringEquals":{"k:empty":"a"}}`, Yes},
		{"fact 42: ForAllValues, negated", `{"ForAllValues:StringNotEquals":{"k:list":["b"]}}`, No},
		{"fact 42: ForAnyValue", `{"ForAnyValue:StringLike":{"k:list":["b*"]}}`, Yes},
		{"fact 42: ForAnyValue, none", `{"ForAnyValue:StringEquals":{"k:list":["c"]}}`, No},
		{"fact 42: ForAnyValue, missing", `{"ForAnyValue:StringEquals":{"k:none":"a"}}`, No},
		{"fact 42: ForAnyValue, negated, missing", `{"ForAnyValue:StringNotEquals":{"k:none":"a"}}`, No},
		{"fact 42: ForAnyValue, negated", `{"ForAnyValue:StringNotEquals":{"k:list":["a"]}}`, Yes},
		{"two values without set operator, they differ", `{"StringEquals":{"k:list":"a"}}`, Unknown},
		{"two values without set operator, they agree", `{"StringEquals":{"k:list":"x"}}`, No},

		{"fact 32: variable in a value", `{"StringEquals":{"k:team":"${k:team}"}}`, Yes},
		{"fact 33: variable without a value", `{"StringEquals":{"k:team":"${k:none}"}}`, No},
		{"fact 33: negated", `{"StringNotEquals":{"k:team":"${k:none}"}}`, Yes},
		{"fact 33: default", `{"StringEquals":{"k:team":"${k:none, 'blue'}"}}`, Yes},
		{"fact 33: the value's wildcards are text", `{"StringLike":{"k:team":"${k:star}"}}`, No},
		{"variable in an ARN", `{"ArnLike":{"k:arn":"arn:aws:iam::*:role/${k:role}"}}`, Yes},
		{"variable with several values", `{"StringEquals":{"k:team":"${k:list}"}}`, Unknown},

		{"fact 44: unknown", `{"StringEquals":{"k:open":"x"}}`, Unknown},
		{"fact 44: unknown, negated", `{"StringNotEquals":{"k:open":"x"}}`, Unknown},
		{"fact 44: unknown and false", `{"StringEquals":{"k:open":"x","k:team":"red"}}`, No},
		{"fact 44: unknown and true", `{"StringEquals":{"k:open":"x","k:team":"blue"}}`, Unknown},
		{"fact 44: Null of an unknown key", `{"Null":{"k:open":"true"}}`, Unknown},
		{"unknown, all addresses: it may be missing", `{"IpAddress":{"k:open":"0.0.0.0/0"}}`, Unknown},
		{"present but open: Null", `{"Null":{"k:agent":"false"}}`, Yes},
		{"present but open: star", `{"StringLike":{"k:agent":"*"}}`, Yes},
		{"present but open: value", `{"StringLike":{"k:agent":"curl*"}}`, Unknown},
		{"absent or false: Bool true", `{"Bool":{"k:mfa":"true"}}`, No},
		{"absent or false: Bool false", `{"Bool":{"k:mfa":"false"}}`, Unknown},
		{"absent or false: BoolIfExists false", `{"BoolIfExists":{"k:mfa":"false"}}`, Yes},
		{"absent or false: BoolIfExists true", `{"BoolIfExists":{"k:mfa":"true"}}`, Unknown},
		{"unknown family", `{"StringEquals":{"k:tag/x":"1"}}`, Unknown},
		{"known member of an unknown family", `{"StringEquals":{"k:tag/known":"1"}}`, Yes},
		{"no operator", `{"StringMatches":{"k:team":"blue"}}`, Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r Request
			c := &r.Context
			c.Set("k:team", "blue")
			c.Set("k:yes", "true")
			c.Set("k:n", "300")
			c.Set("k:date", "2026-06-01T12:00:00Z")
			c.Set("k:bin", "QmluYXJ5")
			c.Set("k:ip", "203.0.113.9")
			c.Set("k:ip6", "2001:db8::1")
			c.Set("k:arn", "arn:aws:iam::1:role/orders")
			c.Set("k:role", "orders")
			c.Set("k:states", "arn:aws:states:us-east-1:1:execution:flow:run")
			c.Set("k:list", "a", "b")
			c.Set("k:empty")
			c.Set("k:star", "*")
			c.SetUnknown("k:open", "test")
			c.SetPresent("k:agent", "test")
			c.SetMaybe("k:mfa", "test", "false")
			c.SetUnknownPrefix("k:tag/", "test")
			c.Set("k:tag/known", "1")
			p := policy(t, allowSend+`,"Condition":`+tt.condition)
			e := env{r: &r, in: &Inputs{}}
			if got := e.conditions(&p.Statements[0]); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.condition, got, tt.want)
			}
		})
	}
}

// Fact 43: an absent key in a Deny with ForAllValues denies; IfExists in a Deny too.
func TestMissingKeyInDeny(t *testing.T) {
	deny := `"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":`
	for condition, want := range map[string]string{
		`{"ForAllValues:StringEquals":{"aws:CalledVia":"x"}}`:                                          "explicit",
		`{"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}`:                                      "explicit",
		`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`:                                              "explicit",
		`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"Null":{"aws:SourceVpce":"false"}}`:            "allow",
		`{"Bool":{"aws:SecureTransport":"false"}}`:                                                     "allow",
		`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`:                                           "unknown",
		`{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},"Bool":{"aws:ViaAWSService":"true"}}`:       "allow",
		`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`:                                             "explicit",
		`{"ArnNotEquals":{"aws:PrincipalArn":["arn:aws:iam::111111111111:role/x","` + roleARN + `"]}}`: "allow",
	} {
		d := Evaluate(send(), complete(Inputs{Identity: documents(t, allowSend, deny+condition)}))
		if outcome(d) != want {
			t.Errorf("%s: got %s, want %s", condition, outcome(d), want)
		}
	}
}

func TestReadDate(t *testing.T) {
	for text, want := range map[string]bool{"2026-01-01T00:00:00Z": true, "2026-01-01T00:00:00.5Z": true, "2026-01-01": true, "1780315200": true,
		"2026": false, "tomorrow": false, "": false, "2026-13-01": false, "99999999999999999999": false} {
		if _, ok := readDate(text); ok != want {
			t.Errorf("readDate(%q) ok = %v, want %v", text, ok, want)
		}
	}
}

func TestParseOperator(t *testing.T) {
	for name, want := range map[string]operator{
		"StringEquals":                         {compare: compareString, exactCase: true},
		"ForAllValues:StringNotLikeIfExists":   {compare: compareLike, negated: true, ifExists: true, quantifier: forAllValues, exactCase: true},
		"forAnyValue:stringlike":               {compare: compareLike, quantifier: forAnyValue},
		"NullIfExists":                         {}, // fact 41
		"ForAnyValue:Null":                     {},
		"ForAnyValue::StringEquals":            {},
		"IfExists":                             {},
		"StringEqualsIfExistsIfExists":         {},
		"":                                     {},
		"DateGreaterThanEqualsIfExists":        {compare: compareDate, relation: greaterOrEqual, ifExists: true, exactCase: true},
		"ForAllValues:ForAllValues:StringLike": {},
	} {
		if got := parseOperator(name); got != want {
			t.Errorf("parseOperator(%q) = %+v, want %+v", name, got, want)
		}
	}
}
