package walk

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/iam"
)

func TestBrokenAt(t *testing.T) {
	for body, want := range map[string]int{
		"Action=SendMessage&MessageBody=a%20b": -1,
		"Action=SendMessage&more":              18, // T6: the '&' begins a part without '='
		"stray":                                0,
		"a=100%":                               5,
		"a=100%2":                              5,
		"a=%zz&b":                              2, // an escape is met before the part behind it
		"a=b&&c=d&":                            -1,
	} {
		if got := brokenAt(body); got != want {
			t.Errorf("brokenAt(%q) = %d, want %d", body, got, want)
		}
	}
}

func TestFormAction(t *testing.T) {
	for body, want := range map[string][2]bool{
		"Action=SendMessage&MessageBody=x":   {true, false},
		"MessageBody=x&Action=SendMessage":   {true, false},
		"\n\n  Action=SendMessage":           {false, true}, // T4
		"MessageBody=x&\n  Action=SendQueue": {false, true},
		"action=SendMessage":                 {false, false},
		"Action=":                            {false, false},
		`{"Action":"SendMessage"}`:           {false, false},
	} {
		_, exact, blank := formAction(body)
		if got := [2]bool{exact, blank}; got != want {
			t.Errorf("formAction(%q) = %v, want %v", body, got, want)
		}
	}
}

func FuzzBrokenAt(f *testing.F) {
	f.Add("Action=SendMessage&MessageBody=a%20b&more")
	f.Add("%&&=")
	f.Fuzz(func(t *testing.T, body string) {
		at := brokenAt(body)
		if at >= len(body) && body != "" || at < -1 {
			t.Fatalf("brokenAt(%q) = %d is no place in it", body, at)
		}
		if at > 0 && body[at] != '&' && body[at] != '%' {
			t.Errorf("brokenAt(%q) = %d points to %q", body, at, body[at])
		}
		if i := ActionAt(body); i >= 0 && !strings.HasPrefix(body[i-len("Action="):], "Action=") {
			t.Errorf("actionAt(%q) = %d", body, i)
		}
	})
}

func TestMisspelt(t *testing.T) {
	for name, want := range map[string]bool{
		"apigateway": false, "api-gateway": true, "apigatway": true, "apigatewa": true, "apigatewey": true, "apigateways": true,
		"lambda": false, "apprunner": false, "appsync": false, "ops": false,
	} {
		if got := misspelt(name, "apigateway"); got != want {
			t.Errorf("misspelt(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestUnknownServices(t *testing.T) {
	for principal, refused := range map[string]bool{
		"apigateway.amazonaws.com":       false,
		"ops.apigateway.amazonaws.com":   false,
		"lambda.amazonaws.com":           false,
		"states.eu-west-1.amazonaws.com": false,
		"apigateway":                     true,
		"api-gateway.amazonaws.com":      true,
		"apigateway.aws.com":             true,
	} {
		policy, _ := iam.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + principal + `"},"Action":"sts:AssumeRole"}]}`)
		if got := len(unknownServices(policy)) > 0; got != refused {
			t.Errorf("%s: refused %v, want %v", principal, got, refused)
		}
	}
}

func TestURIFault(t *testing.T) {
	for text, want := range map[string]URIFault{
		"https://sqs.us-east-1.amazonaws.com/123456789012/orders": URIQueueURL,
		"arn:aws:sqs:us-east-1:123456789012:orders":               URIQueueARN,
		"arn:aws:apigateway:us-east-1:sqs:123456789012/orders":    URINoTarget,
		"orders": URINotARN,
		"arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders":   URIFine,
		"arn:aws:apigateway:us-east-1:sqs:path//123456789012/orders":  URIFine,
		"arn:aws:apigateway:us-east-1:sqs:action/SendMessage":         URIFine,
		"arn:aws:apigateway:us-east-1:sqs:path/orders?Action=Receive": URIFine,
	} {
		_, err := gateway.ParseURI(text)
		got := URIFine
		if err != nil {
			got = uriFault(text, err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// A URI with unresolved parts is at fault only where the resolved ones decide it.
func TestCertainURI(t *testing.T) {
	w := &signing{mapping: &mapping{routing: &routing{call: call{Engine: &Engine{opaque: iam.Opaque{"unknown-Uri", "000000000000"}}}}}}
	for text, want := range map[string]bool{
		"unknown-Uri": false,
		"arn:aws:apigateway:us-east-1:sqs:unknown-Uri":                 false,
		"arn:aws:apigateway:us-east-1:unknown-Uri:path/x":              false,
		"arn:aws:sqs:us-east-1:000000000000:unknown-Uri":               true,
		"arn:aws:apigateway:us-east-1:sqs:000000000000/orders":         true,
		"https://sqs.us-east-1.amazonaws.com/000000000000/unknown-Uri": true,
	} {
		if got := w.certainURI(text); got != want {
			t.Errorf("certainURI(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestNameDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"orders", "Orders", true}, {"order", "orders", true}, {"orders", "orders.fifo", true}, {"ordres", "orders", true},
		{"orders", "orders-dlq", false}, {"orders", "payments", false}, {"a", "abcdef", false},
	} {
		if got := nameDistance(c.a, c.b) < far; got != c.near {
			t.Errorf("%s and %s: near %v, want %v", c.a, c.b, got, c.near)
		}
	}
}

func TestSimilarAction(t *testing.T) {
	for text, want := range map[string]string{
		"sendMessage": "SendMessage", "SendMessage\n": "SendMessage", "SendMessages": "SendMessage", "RecieveMessage": "ReceiveMessage",
		"PurgeQueues": "PurgeQueue", "FooBar": "", "": "",
	} {
		if got := SimilarAction(text); got != want {
			t.Errorf("SimilarAction(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestQueueIn(t *testing.T) {
	const arn = "arn:aws:sqs:us-east-1:123456789012:orders"
	for text, want := range map[string]string{
		arn: arn,
		"https://sqs.us-east-1.amazonaws.com/123456789012/orders": arn,
		"https://queue.amazonaws.com/123456789012/orders":         arn,
		"https://example.com/123456789012/orders":                 "",
		"arn:aws:sns:us-east-1:123456789012:orders":               "",
		"orders": "",
	} {
		if got := QueueIn(text); got != want {
			t.Errorf("QueueIn(%q) = %q, want %q", text, got, want)
		}
	}
	if got, want := QueueURI(arn), "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders"; got != want {
		t.Errorf("QueueURI = %q, want %q", got, want)
	}
	if got := QueueURI("arn:aws:sns:us-east-1:123456789012:orders"); got != "" {
		t.Errorf("QueueURI of a topic = %q", got)
	}
}
