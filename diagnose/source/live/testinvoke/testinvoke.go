// Package testinvoke makes API Gateway's TestInvokeMethod call, which runs a
// method of the draft for real: a test that succeeds has put a message on the
// queue. It stands apart from the live source, which only reads.
package testinvoke

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"apisqs-doctor/diagnose/source/live"
)

// Request is the client's call as TestInvokeMethod takes it.
type Request struct {
	API, Resource string // ids
	Method        string // HTTP method
	Path          string // with the query string, percent-encoded
	Headers       map[string][]string
	Body          string            // valid UTF-8
	Variables     map[string]string // stage variables: the draft has none of its own
}

// Answer is what the method answered, and how.
type Answer struct {
	Status  int // that the client would see
	Body    string
	Headers map[string]string
	Log     string // the execution log (T120), with the client's and SQS's data in it
	Latency int    // milliseconds
}

// Needs is the permission that the call needs, as "ACTION on ARN". IAM knows the
// calls of API Gateway by their HTTP verb and path.
func Needs(partition, region string, r Request) string {
	return fmt.Sprintf("apigateway:POST on arn:%s:apigateway:%s::/restapis/%s/resources/%s/methods/%s", partition, region, r.API, r.Resource, r.Method)
}

// Once runs the method. It makes one call and never a second one: a retry could
// put the message on the queue twice. The error is a *live.Error; it says when
// it is not known whether the method ran.
func Once(ctx context.Context, cfg live.Settings, partition string, r Request) (Answer, error) {
	in := &apigateway.TestInvokeMethodInput{RestApiId: &r.API, ResourceId: &r.Resource, HttpMethod: &r.Method, PathWithQueryString: &r.Path,
		Headers: map[string]string{}, StageVariables: r.Variables}
	for name, values := range r.Headers {
		if len(values) == 1 {
			in.Headers[name] = values[0]
			continue
		}
		if in.MultiValueHeaders == nil {
			in.MultiValueHeaders = map[string][]string{}
		}
		in.MultiValueHeaders[name] = values
	}
	if r.Body != "" {
		in.Body = &r.Body
	}
	out, err := apigateway.NewFromConfig(cfg).TestInvokeMethod(ctx, in, func(o *apigateway.Options) { o.Retryer = aws.NopRetryer{} })
	if err == nil && out.Status == 0 {
		err = errors.New("the answer has no status")
	}
	if err != nil {
		return Answer{}, failure(err, Needs(partition, cfg.Region, r))
	}
	return Answer{Status: int(out.Status), Body: aws.ToString(out.Body), Headers: out.Headers, Log: aws.ToString(out.Log), Latency: int(out.Latency)}, nil
}

// failure says what a call without an answer means for the queue.
func failure(err error, needs string) *live.Error {
	kind, said := live.Judge(err)
	if !notRun(err) {
		return &live.Error{Kind: kind, Err: err, Message: "it is not known whether the method ran: " + said,
			Suggest: "look at the queue before you try again: the message may be on it"}
	}
	e := &live.Error{Kind: kind, Err: err, Message: "the method was not run: " + said, Suggest: "try again later"}
	switch kind {
	case live.Denied:
		e.Suggest = "allow " + needs
	case live.Expired:
		e.Suggest = "renew the credentials, for example with: aws sso login"
	case live.Credentials:
		e.Suggest = "check the access key, the profile and the clock of this machine"
	case live.Unreachable:
		e.Suggest = "check the region, the endpoint URL, the network and the proxy"
	case live.Broken:
		if strings.HasPrefix(said, "NotFoundException") { // T168
			e.Suggest = "the API has changed since it was read: try again"
		}
	}
	return e
}

// notRun tells whether the error proves that the method did not run: API Gateway
// refused the call, or the call never reached it.
func notRun(err error) bool {
	var (
		answer *smithyhttp.ResponseError
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
	)
	if errors.As(err, &answer) && answer.HTTPStatusCode() != 0 {
		return answer.HTTPStatusCode() >= 400 && answer.HTTPStatusCode() < 500
	}
	kind, _ := live.Judge(err)
	return kind == live.Credentials || kind == live.Expired || errors.As(err, &dns) || errors.As(err, &cert) || errors.Is(err, syscall.ECONNREFUSED)
}
