package live

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Kind says why a run is impossible.
type Kind string

// The kinds of Error.
const (
	NoSuchAPI     Kind = "no-such-api"
	NoSuchStage   Kind = "no-such-stage"
	Credentials   Kind = "credentials" // missing, or refused by AWS
	Expired       Kind = "expired"     // credentials that were good once
	Denied        Kind = "denied"
	Unreachable   Kind = "unreachable"
	Timeout       Kind = "timeout"
	RegionMissing Kind = "region-missing"
	BadSettings   Kind = "bad-settings" // profile, endpoint URL or configuration file
	Throttled     Kind = "throttled"    // the account's quota of calls is used up
	Broken        Kind = "broken"       // AWS answers, but with errors throughout
)

// Error is what makes a run impossible; anything less becomes an unknown fact.
type Error struct {
	Kind    Kind
	Message string   // what happened, naming the API, region and account that were asked
	Suggest string   // what to do about it
	Stages  []string // NoSuchStage: the stages there are
	Err     error    // the SDK's error; may be nil
}

func (e *Error) Error() string {
	if e.Suggest == "" {
		return e.Message
	}
	return e.Message + "; " + e.Suggest
}

// Unwrap gives the SDK's error.
func (e *Error) Unwrap() error { return e.Err }

// failure is a call that did not succeed.
type failure struct {
	call spec
	err  error
}

func (f *failure) Error() string {
	_, said := Judge(f.err)
	var s *storm
	if errors.As(f.err, &s) {
		said += "; " + s.suggest()
	}
	return f.call.operation + " (" + f.call.subject + "): " + said
}

func (f *failure) Unwrap() error { return f.err }

// gap says why the facts that the call would have read are unknown.
func (f *failure) gap(at snapshot.Origin) snapshot.Gap {
	reason := snapshot.Failed
	switch kind, _ := Judge(f.err); kind {
	case Denied, Credentials, Expired:
		reason = snapshot.Denied
	}
	return snapshot.Gap{Reason: reason, Detail: f.Error(), Needs: f.call.needs, Origin: at}
}

// unknown gives the fact that the failed call would have read.
func unknown[T any](f *failure, at snapshot.Origin) snapshot.Fact[T] {
	return snapshot.Unknown[T](f.gap(at))
}

// foreign is an answer that only something that is not AWS gives: it lacks what
// every such answer has, or is about something else. It says what is wrong.
type foreign string

func (f foreign) Error() string { return string(f) }

// about is an answer about something else than what was asked for.
func about(kind string, name *string) foreign {
	if aws.ToString(name) == "" {
		return lacks("name of the " + kind)
	}
	return foreign("the answer is about the " + kind + " " + *name)
}

// lacks is an answer without the thing that was asked for.
func lacks(what string) foreign { return foreign("the answer has no " + what) }

// code gives AWS's error code, or nothing when AWS did not answer with one.
func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

// Judge classifies an error of the SDK and says it in few words. The words hold
// AWS's error code but never its message: messages about signatures repeat parts
// of the signed request, the session token among them.
func Judge(err error) (Kind, string) {
	var again *storm
	if errors.As(err, &again) {
		if again.throttled {
			return Throttled, again.Error()
		}
		return Broken, again.Error()
	}
	name := code(err)
	if isThrottle(err) {
		return Throttled, "throttled by AWS (" + orElse(name, "HTTP 429") + ")"
	}
	switch name {
	case "":
	case "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "ForbiddenException", "UnauthorizedException":
		return Denied, name
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return Expired, name
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignatureException", "SignatureDoesNotMatch",
		"IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
		"AuthFailure", "InvalidSecurity", "OptInRequired", "SubscriptionRequiredException", "NotAuthorized":
		return Credentials, name
	default:
		return Broken, name + status(err)
	}
	var (
		sso  *ssocreds.InvalidTokenError
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		sent *smithyhttp.RequestSendError
		away *redirect
		size tooLarge
		odd  foreign
	)
	switch {
	case errors.As(err, &away):
		return Broken, away.Error()
	case errors.As(err, &size):
		return Broken, size.Error()
	case errors.As(err, &odd):
		return Broken, odd.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout, "timed out"
	case errors.Is(err, context.Canceled):
		return Timeout, "given up"
	case errors.As(err, &sso):
		return Expired, "the SSO session is not valid"
	case isCredentials(err):
		return Credentials, "no credentials"
	case errors.As(err, &cert):
		return Unreachable, "its certificate is not trusted"
	case errors.As(err, &dns):
		return Unreachable, "there is no host " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		var op *net.OpError
		if errors.As(err, &op) && op.Addr != nil {
			return Unreachable, op.Addr.String() + " refuses the connection"
		}
		return Unreachable, "the connection is refused"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Broken, "the answer ends in the middle"
	case errors.As(err, &sent):
		return Unreachable, "the connection failed"
	}
	return Broken, "the answer is not AWS's" + status(err)
}

func status(err error) string {
	if status := httpStatus(err); status >= 400 {
		return " (HTTP " + strconv.Itoa(status) + ")"
	}
	return ""
}

// isCredentials tells whether the SDK failed before it sent anything, for want
// of credentials. The SDK has no type for it that all its providers share.
func isCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, "failed to refresh cached credentials") || strings.Contains(text, "get credentials") ||
		strings.Contains(text, "failed to retrieve credentials") || strings.Contains(text, "get identity")
}

// impossible turns the failure of a call without which there is no run into an
// Error that says what to do.
func impossible(f *failure, what string) *Error {
	kind, said := Judge(f.err)
	e := &Error{Kind: kind, Err: f.err, Message: what + " cannot be read: " + said}
	var again *storm
	if errors.As(f.err, &again) {
		e.Message, e.Suggest = what+" cannot be read: "+again.text(again.run), again.suggest()
		return e
	}
	switch kind {
	case Denied:
		e.Suggest = "allow " + f.call.needs
	case Expired:
		e.Message = "the AWS credentials have expired (" + said + ")"
		e.Suggest = "renew them, for example with: aws sso login"
	case Credentials:
		e.Message = "AWS does not accept the credentials (" + said + ")"
		e.Suggest = "check the access key, the profile and, when the code speaks of a signature, the clock of this machine"
		if code(f.err) == "" {
			e.Message, e.Suggest = "no AWS credentials were found", noCredentials
		}
	case Unreachable:
		e.Suggest = "check the region, the endpoint URL, the network and the proxy"
		if said == "its certificate is not trusted" {
			e.Suggest = "name the certificate authority in AWS_CA_BUNDLE"
		}
	case Timeout:
		e.Message = what + " was not read in time"
		e.Suggest = "check the network, or give more time with --timeout"
	case Broken:
		e.Suggest = "check the endpoint URL, or try again later"
		if size := (tooLarge{}); errors.As(f.err, &size) {
			e.Suggest = "check the endpoint URL, or read fewer APIs in one run"
		}
	}
	return e
}

const noCredentials = "name a profile with --profile, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with: aws sso login"

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func quote(s string) string { return `"` + s + `"` }
