package iam

import (
	"net/url"
	"strings"
	"testing"
)

const plainPolicy = `{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"send","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111111111111:orders"}]}`

// The spellings that AWS accepts mean the same.
func TestParseForms(t *testing.T) {
	for name, text := range map[string]string{
		"list":          plainPolicy,
		"single object": `{"Statement":{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":["arn:aws:sqs:us-east-1:111111111111:orders"]}}`,
		"encoded":       url.PathEscape(plainPolicy),
		"encoded all":   "%7B" + url.QueryEscape(plainPolicy[1:]),
		"order":         `{"Statement":{"Resource":"*","Action":"*","Effect":"Allow"},"Version":"2012-10-17"}`,
		"escapes":       `{"Statement":{"Effect":"\u0041llow","Action":"sqs:Send\u004dessage","Resource":"arn:aws:sqs:us-east-1:111111111111:\u006frders"}}`,
		"byte mark":     "\ufeff" + plainPolicy,
		"white space":   " \r\n\t" + strings.ReplaceAll(plainPolicy, ",", " ,\n "),
	} {
		p, problems := Parse(text)
		if p == nil || len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if d := Evaluate(send(), complete(Inputs{Identity: []Document{{Policy: p}}})); d.Effect != Yes {
			t.Errorf("%s: got %s", name, outcome(d))
		}
	}
}

func TestParseFields(t *testing.T) {
	p := parsed(t, "{\n\"Version\":\"2008-10-17\",\"Id\":\"i\",\n\"Statement\":[\n {\"Sid\":\"a\",\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"1\",\"2\"],\"Service\":\"s\"},\"NotAction\":\"a:b\",\"NotResource\":[\"r\"],\"Condition\":{\"Bool\":{\"k\":true,\"l\":[1,\"2\"]}}}]}")
	st := p.Statements[0]
	if p.Version != Version2008 || p.ID != "i" || st.Sid != "a" || st.Effect != Deny || st.Index != 1 || st.Line != 4 || st.Column != 2 {
		t.Errorf("got %+v", p)
	}
	if !st.NotPrincipal || !st.NotAction || !st.NotResource || len(st.Principals) != 3 || st.Principals[2].Kind != "Service" || len(st.Conditions) != 2 {
		t.Errorf("got %+v", st)
	}
	if c := st.Conditions[1]; c.Operator != "Bool" || c.Key != "l" || strings.Join(c.Values, ",") != "1,2" {
		t.Errorf("got %+v", c)
	}
}

// Size counts without white space, as the quotas do.
func TestParseSize(t *testing.T) {
	if p := parsed(t, "{ \"Statement\" :\n{ \"Sid\" : \"a b\" } }"); p.Size != len(`{"Statement":{"Sid":"a b"}}`) {
		t.Errorf("got %d", p.Size)
	}
}

func TestParseFatal(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "line 1, column 1",
		"not a policy":                     "line 1, column 1",
		`{"Statement":[}`:                  "expected",
		`{"Statement":[],}`:                "comma",
		"{\n \"Statement\": [{]}":          "line 2",
		`{"Version":"2012-10-17"} x`:       "end of the text",
		`{"Version":"2012-10-17`:           "found the end of the text",
		`{"Version":"\x"}`:                 "escape",
		`{"Version":"\u12"}`:               "four hexadecimal digits",
		`{"Statement":tru}`:                "expected a value",
		`{"Statement":01}`:                 "expected a value",
		"{\"Version\":\"a\nb\"}":           "control character",
		"%zz":                              "percent-encoded",
		strings.Repeat("[", 200):           "expected",
		`{"x":` + strings.Repeat("[", 200): "nested too deeply",
	} {
		p, problems := Parse(text)
		if p != nil || len(problems) != 1 || !problems[0].Fatal || !strings.Contains(problems[0].String(), want) {
			t.Errorf("Parse(%q) = %v, %v; want a fatal problem with %q", text, p, problems, want)
		}
	}
}

// What AWS refuses, or may read otherwise than we do, never gives a firm Yes.
func TestParseDoubts(t *testing.T) {
	for name, text := range map[string]string{
		"element twice":            `{"Statement":{"Effect":"Allow","Effect":"Allow","Action":"*","Resource":"*"}}`,
		"other case":               `{"Statement":{"effect":"Allow","Action":"*","Resource":"*"}}`,
		"other case, document":     `{"statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		"statement twice":          `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Statement":[]}`,
		"Action and NotAction":     `{"Statement":{"Effect":"Allow","Action":"*","NotAction":"iam:*","Resource":"*"}}`,
		"Resource and NotResource": `{"Statement":{"Effect":"Allow","Action":"*","NotResource":"x","Resource":"*"}}`,
		"condition list":           `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":[]}}`,
		"condition text":           `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":"x"}}}`,
		"condition key twice":      `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:requestedRegion":"us-east-1","aws:RequestedRegion":"us-east-1"}}}}`,
		"effect in lower case":     `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`,
		"no effect":                `{"Statement":{"Action":"*","Resource":"*"}}`,
	} {
		p, _ := Parse(text)
		if p == nil {
			t.Errorf("%s: not read", name)
			continue
		}
		if len(p.Validate(Identity)) == 0 {
			t.Errorf("%s: no problem reported", name)
		}
		if d := Evaluate(send(), complete(Inputs{Identity: []Document{{Policy: p}}})); d.Effect == Yes {
			t.Errorf("%s: allowed", name)
		}
		// The same statement as a Deny must not be overlooked for certain, unless
		// AWS refuses the text.
		denied, _ := Parse(strings.Replace(text, `Allow"`, `Deny"`, 2))
		if strings.Contains(text, `Allow"`) && outcome(Evaluate(send(), complete(Inputs{Identity: append(documents(t, allowSend), Document{Policy: denied})}))) == "allow" {
			t.Errorf("%s: a doubtful Deny is overlooked", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(plainPolicy)
	f.Add(url.PathEscape(plainPolicy))
	f.Add(benchQueuePolicy)
	f.Add(`{"Statement":[{"Effect":"Deny","NotPrincipal":"*","NotAction":["a:*"],"NotResource":"arn:aws:sqs:*:*:${aws:username, 'x'}","Condition":{"ForAnyValue:DateLessThanIfExists":{"aws:CurrentTime":[1,true,"2020-01-01"]},"IpAddress":{"a":"::/0"}}}]}`)
	f.Add(`{"statement":{"EFFECT":null},"Statement":[1,[],"x"],"Version":{},"Condition":"\ud800\udc00"}`)
	f.Add(`{"Statement":{"Resource":["arn:aws:s?s:*","execute-api:/*/GET","","a:b:c:d:e:f:g","${","${*}"],"Principal":{"AWS":["AROAAAAAAAAAAAAAAAAA","*","1"]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := Parse(text)
		if p == nil {
			if len(problems) != 1 || !problems[0].Fatal || problems[0].Message == "" {
				t.Fatalf("no policy and no fatal problem: %v", problems)
			}
			return
		}
		last := 0
		for _, st := range p.Statements {
			if st.Line < 1 || st.Column < 1 || st.Line < last {
				t.Fatalf("statement %d at %d:%d", st.Index, st.Line, st.Column)
			}
			last = st.Line
		}
		for kind := AnyKind; kind <= APIResource; kind++ {
			for _, problem := range p.Validate(kind) {
				if problem.Message == "" || problem.Fatal || problem.Statement > len(p.Statements) {
					t.Fatalf("problem %+v", problem)
				}
			}
		}
		for _, service := range []ServiceKind{SQS, KMS, STS, APIGateway} {
			r := send()
			Evaluate(r, Inputs{Service: service, Identity: []Document{{Policy: p}}, Resource: &Document{Policy: p}, Boundary: &Document{Policy: p}, RCPs: given([]Document{{Policy: p}})})
			r.Opaque = Opaque{"1", "sqs", "orders"}
			Evaluate(r, Inputs{Service: service, Identity: []Document{{Policy: p}}, Resource: &Document{Policy: p}})
		}
	})
}
