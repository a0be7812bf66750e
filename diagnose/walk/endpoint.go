package walk

import (
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
)

// URIFault sorts what is wrong with an integration URI.
type URIFault string

// The faults of a URI. The last three are told once it is known that the call
// takes its queue from the path.
const (
	URIFine        URIFault = ""
	URINotARN      URIFault = "no ARN"
	URIQueueURL    URIFault = "queue URL"        // the queue's URL in its place
	URIQueueARN    URIFault = "queue ARN"        // the queue's ARN in its place
	URINoTarget    URIFault = "no path"          // neither path/ nor action/
	URIPartition   URIFault = "partition"        // arn:aws with a region of China, and the like
	URIRegion      URIFault = "region"           // not the name of a region
	URIService     URIFault = "service"          // another service, though the call is one for SQS
	URIPath        URIFault = "path"             // the path is not /ACCOUNT/QUEUE or /QUEUE
	URIPlaceholder URIFault = "placeholder"      // {name} in the path without a mapped value
	URINoQueue     URIFault = "action, no queue" // the action form, and no QueueUrl
)

// otherServices are services that API Gateway calls and that answer to a call
// meant for SQS by themselves. For any other name AWS refuses to deploy the
// integration ("AWS Service of type ... not supported", a report of 2026).
var otherServices = []string{"athena", "batch", "cognito-idp", "dynamodb", "ec2", "ecs", "email", "events", "firehose", "glue", "iot",
	"kinesis", "kms", "lambda", "logs", "monitoring", "rds", "s3", "secretsmanager", "sns", "ssm", "states", "sts"}

// endpointOf reads the integration URI.
func (w *signing) endpointOf(gaps *snapshot.Gaps) *Failure {
	s, i := w.Signing, w.Mapping.Integration
	s.URIOrigin = i.URI.Origin()
	if s.Type == "MOCK" {
		return nil
	}
	uri, ok := i.URI.Read(gaps)
	if !ok {
		return nil
	}
	if strings.Contains(uri, "${stageVariables.") {
		if w.Route.Variables == nil {
			gaps.Add(w.variablesGap())
			return nil
		}
		var missing []string
		if uri, missing = gateway.StageVariables(uri, w.Route.Variables); len(missing) > 0 {
			s.Missing = append(s.Missing, missing...)
			s.URIText = uri
			return own(gateway.Internal(gateway.LogEndpoint)) // T84
		}
	}
	s.URIText = uri
	if s.Type == "HTTP" || s.Type == "HTTP_PROXY" {
		return w.plainEndpoint(uri)
	}
	u, err := gateway.ParseURI(uri)
	if err != nil && !w.certainURI(uri) {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the integration URI is " + w.expression(uri), Origin: s.URIOrigin})
		return nil
	}
	s.URI, s.URIError = u, err
	if f := w.refusedURI(u, err); f != nil {
		return f
	}
	s.Region = u.Region
	values := map[string]string{}
	for _, p := range w.Mapping.Path {
		if !p.Absent {
			values[p.Name] = p.Value
		}
	}
	s.RequestPath = gateway.FillPath(u.Path, values)
	s.RawQuery = w.outgoingQuery(u)
	if u.Service == "sqs" {
		s.Host = w.sqsHost(u)
		return nil
	}
	s.Host = u.Service + "." + u.Region + "." + text.PartitionOf(u.Region).DNSSuffix
	if s.Meant {
		return w.otherService(u)
	}
	return nil
}

// refusedURI says why AWS does not store or deploy the URI.
func (w *signing) refusedURI(u gateway.URI, err error) *Failure {
	s := w.Signing
	switch {
	case err != nil:
		s.URIFault = uriFault(s.URIText, err)
		return refusedPut(err)
	case !s.Meant && u.Service != "sqs":
		return nil
	case !text.IsRegion(u.Region) && !w.isOpaque(u.Region):
		s.URIFault = URIRegion
		return refusedPut(gateway.ErrNotARN) // not recorded: T100 has other malformed ARNs
	case w.foreignPartition(u):
		s.URIFault = URIPartition
		return refusedPut(gateway.ErrNotARN)
	}
	return nil
}

// foreignPartition tells a URI whose partition is not that of its region, or
// whose region is not of the API's partition: an ARN of another partition names
// nothing in this one.
func (w *signing) foreignPartition(u gateway.URI) bool {
	if w.isOpaque(u.Partition) || w.isOpaque(u.Region) {
		return false
	}
	own := text.PartitionOf(u.Region).ID
	api := w.Snapshot.Target.Partition
	if api == "" && text.IsRegion(w.Snapshot.Target.Region) {
		api = text.PartitionOf(w.Snapshot.Target.Region).ID
	}
	return u.Partition != own || api != "" && api != own
}

// uriFault sorts a URI that AWS does not store.
func uriFault(text string, err error) URIFault {
	switch {
	case strings.Contains(text, "://"):
		return URIQueueURL
	case strings.HasPrefix(text, "arn:") && strings.Contains(text, ":sqs:") && !strings.Contains(text, ":apigateway:"):
		return URIQueueARN
	case err == gateway.ErrNoTarget && strings.Contains(text, ":apigateway:"):
		return URINoTarget
	}
	return URINotARN
}

// certainURI tells whether a URI is at fault whatever its unresolved parts turn
// out to be.
func (w *signing) certainURI(text string) bool {
	fixed := text
	for _, o := range w.opaque {
		if i := strings.Index(fixed, o); o != "" && i >= 0 && !isAccount(o) {
			fixed = fixed[:i]
		}
	}
	parts := strings.SplitN(fixed, ":", 6)
	switch {
	case len(fixed) == len(text) || strings.Contains(fixed, "://"):
		return true
	case len(parts) < 4:
		return false
	case parts[2] != "apigateway":
		return true
	}
	return len(parts) == 6 && len(parts[5]) >= len("action/")
}

// otherService is what comes of a call meant for SQS at another service: the
// answer is that service's own, and its form is not recorded.
func (w *signing) otherService(u gateway.URI) *Failure {
	s := w.Signing
	s.URIFault = URIService
	if w.isOpaque(u.Service) {
		s.URIFault = URIFine
		return nil
	}
	if !slices.Contains(otherServices, u.Service) {
		return &Failure{Origin: FromDeployment, Code: BadRequest, Message: "AWS Service of type " + u.Service + " not supported"}
	}
	return &Failure{Origin: FromSQS, Status: 400, Code: InvalidAction, Codes: []ErrorCode{InvalidAction, UnknownOperation, AccessDenied},
		Message: "the service " + u.Service + " answers: it has no such operation"}
}

// sqsHost is the endpoint that API Gateway calls for an SQS URI. The region of
// the URI decides.
func (w *signing) sqsHost(u gateway.URI) string {
	if u.Subdomain != "" {
		return u.Subdomain + "." + sqs.EndpointHost(u.Region)
	}
	return sqs.EndpointHost(u.Region)
}

// plainEndpoint takes an HTTP URL: the call would leave unsigned.
func (w *signing) plainEndpoint(text string) *Failure {
	s := w.Signing
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		if !strings.HasPrefix(text, "arn:") && w.isOpaque(text) {
			return nil
		}
		s.URIError = gateway.ErrHTTPURI
		return refusedPut(gateway.ErrHTTPURI)
	}
	s.Host, s.RequestPath, s.RawQuery = u.Host, u.Path, u.RawQuery
	return nil
}

// outgoingQuery joins the URI's own query string, the action of the action form
// and the mapped parameters.
func (w *signing) outgoingQuery(u gateway.URI) string {
	var parts []string
	if u.Action != "" {
		parts = append(parts, "Action="+url.QueryEscape(u.Action)) // T18e
	}
	if u.Query != "" {
		parts = append(parts, u.Query)
	}
	for _, q := range w.Mapping.Query {
		if !q.Absent {
			parts = append(parts, url.QueryEscape(q.Name)+"="+url.QueryEscape(q.Value))
		}
	}
	return strings.Join(parts, "&")
}

// wrongType says what comes of an integration type that does not call AWS
// services (T100).
func (w *signing) wrongType(gaps *snapshot.Gaps) *Failure {
	s := w.Signing
	if !s.Meant {
		return nil
	}
	switch s.Type {
	case "AWS":
		return nil
	case "":
		if _, known := w.Mapping.Integration.Type.Read(gaps); !known {
			return nil
		}
	case "AWS_PROXY":
		return refusedPut(gateway.ErrProxyOnly)
	case "MOCK":
		if mockStatusRE.Match(w.Mapping.Body) {
			return nil
		}
		// A MOCK integration reads the status in the rendered template, which is a
		// call for SQS and holds none.
		return own(gateway.Internal("statusCode should be an integer which defined in request template"))
	case "HTTP", "HTTP_PROXY":
		return w.unsigned(gaps)
	}
	if w.isOpaque(s.Type) {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the integration type is " + w.expression(s.Type)})
		return nil
	}
	err := rest.CheckIntegrationType(s.Type)
	if err == nil {
		return nil
	}
	f := refusedPut(err)
	f.Code, f.Codes = ModelValidation, []ErrorCode{ModelValidation, BadRequest}
	return f
}

// mockStatusRE finds the status that a MOCK integration answers with (T150).
var mockStatusRE = lazy.Regexp(`statusCode["']?\s*:\s*[1-5]\d\d`)

// unsigned is what SQS answers to a call without a signature: such a caller is
// nobody, and only the queue's policy can admit it. Whether SQS then says
// AccessDenied or that the token is missing is not recorded.
func (w *signing) unsigned(gaps *snapshot.Gaps) *Failure {
	s := w.Signing
	if s.URIError != nil || s.Host == "" {
		return nil // refused already, or not known
	}
	address, err := sqs.ParseQueueURL("https://" + s.Host + s.RequestPath)
	arn := address.ARN()
	if err != nil || arn == "" {
		gaps.Add(snapshot.Gap{Reason: snapshot.NotCovered, Detail: "what answers an unsigned call to " + s.Host, Origin: s.URIOrigin})
		return nil
	}
	none := &snapshot.Gaps{}
	in := iam.Inputs{Service: iam.SQS, IdentityComplete: true}
	if queue, ok := w.Snapshot.Queue(arn).Peek(); !ok {
		in.Resource = &iam.Document{Name: "the queue policy", Unknown: "the queue policy was not read"}
	} else if queue != nil {
		if text, ok := queue.Policy.Peek(); !ok || text != "" {
			doc := w.document("the queue policy", queue.Policy, queue.PolicyLines, none)
			in.Resource = &doc
		}
	}
	d := iam.Evaluate(iam.Request{
		Principal: iam.Principal{Type: iam.Anonymous}, Action: "sqs:SendMessage", Resource: arn, ResourceAccount: address.Account,
		Context: iam.SQSContext(iam.Caller{Principal: iam.Principal{Type: iam.Anonymous}}, iam.Target{ARN: arn, Region: address.Region, Org: w.membership(text.AccountOf(arn))}), Opaque: w.opaque,
	}, in)
	if d.Effect != iam.No {
		gaps.Add(snapshot.Gap{Reason: snapshot.NotCovered, Detail: "whether the queue's policy admits an unsigned call to " + w.expression(arn), Origin: s.URIOrigin})
		return nil
	}
	return &Failure{Origin: FromSQS, Status: 403, Code: AccessDenied, Codes: []ErrorCode{AccessDenied, "MissingAuthenticationToken"},
		Message: "Access to the resource https://" + s.Host + s.RequestPath + " is denied."}
}
