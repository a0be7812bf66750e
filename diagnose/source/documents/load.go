package documents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text/lazy"
)

// Options say what documents leave open.
type Options struct {
	Account string       // account id; empty when it is not known
	Region  string       // empty when it is not known
	Stdin   io.Reader    // what the file "-" means
	Within  tree.Bounds  // of all files that are read
	Warn    func(string) // takes what the user should know and is no fault; may be nil
}

// Load reads documents that belong together. The error is an *tree.Error when
// one is at fault.
func Load(files []string, o Options) (*snapshot.Snapshot, error) {
	var docs []*tree.Document
	for _, file := range files {
		if err := o.Within.Check(file); err != nil {
			return nil, err
		}
		data, err := Language.ReadFile(file, o.Stdin)
		if err != nil {
			return nil, err
		}
		list, err := Parse(Language, file, data)
		if err != nil {
			return nil, err
		}
		docs = append(docs, list...)
	}
	shared := cloudformation.NewDocuments(cloudformation.Options{Account: o.Account, Region: o.Region, Within: o.Within, Warn: o.Warn})
	for _, doc := range docs {
		shared.Add(doc)
	}
	r := newReader(o)
	for _, doc := range docs {
		if err := r.read(doc, shared); err != nil {
			return nil, err
		}
	}
	out, err := r.snapshot(shared.Target(r.kind()))
	if err != nil {
		return nil, err
	}
	out.Target.File = docs[0].Name
	for _, doc := range docs {
		if out.Target.Files = append(out.Target.Files, doc.Name); len(docs) == 1 {
			out.Target.Files = nil
		}
	}
	shared.Complete(out)
	return out, nil
}

// Parse parses a file: one document, or what several commands printed one after the
// other.
func Parse(language tree.Language, file string, data []byte) ([]*tree.Document, error) {
	doc, failed := language.Parse(file, data)
	if failed == nil && doc.Rest.Line == 0 {
		return []*tree.Document{doc}, nil
	}
	parts := parts(data)
	if len(parts) < 2 {
		return []*tree.Document{doc}, failed
	}
	var list []*tree.Document
	for _, part := range parts {
		doc, err := language.Parse(file, part)
		if err != nil {
			return nil, err
		}
		list = append(list, doc)
	}
	return list, nil
}

// parts takes apart what several commands printed one after the other. Each part
// keeps its place: what stands before it is blank. What is not several is none.
func parts(data []byte) [][]byte {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return nil
	}
	var parts [][]byte
	d := json.NewDecoder(bytes.NewReader(data))
	for at := 0; ; {
		var one json.RawMessage
		if err := d.Decode(&one); err != nil {
			if err == io.EOF {
				return parts
			}
			return nil
		}
		end := int(d.InputOffset())
		part := append(blank(data[:at]), data[at:end]...)
		parts, at = append(parts, part), end
	}
}

// blank keeps the line breaks of a text.
func blank(text []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(text, []byte("\n"))) }

// read reads one document.
func (r *reader) read(doc *tree.Document, shared *cloudformation.Documents) error {
	if doc.Rest.Line > 0 {
		return doc.Rest.Fail("a second document in one file", "one document a file")
	}
	if IsOpenAPI(doc.Root) {
		if err := checkOpenAPI(doc); err != nil {
			return err
		}
		x, err := shared.Value(doc, true)
		if err != nil {
			return err
		}
		r.document(x)
		skips, err := shared.Skips(doc)
		r.skips = append(r.skips, skips...)
		return err
	}
	s := shapeOf(doc.Root)
	if s == nil {
		return doc.Root.At.Fail("this is none of the documents that are read", Language.Name)
	}
	x := tree.View{Resource: "aws " + s.command, At: doc.Root.At, Value: tree.Literal(doc.Root)}
	if r.answers++; r.answers == 1 {
		r.first = x.Origin()
	}
	if s.list == "" {
		s.read(r, x)
		return r.err
	}
	items := x.Get(s.list).Items()
	if s.only != "" && len(items) != 1 {
		r.fail(x, "a list of several APIs", s.only)
		return r.err
	}
	for _, in := range items {
		s.read(r, in)
	}
	return r.err
}

// checkOpenAPI refuses a document in which nothing can lead to SQS.
func checkOpenAPI(doc *tree.Document) error {
	if strings.Contains(doc.Text, "x-amazon-apigateway-integration") || strings.Contains(doc.Text, "Fn::Transform") {
		return nil
	}
	at := doc.Root.At
	for _, other := range []struct{ prefix, whose string }{{"x-google-", "Google Cloud"}, {"x-ms-", "Microsoft Azure"}, {"x-azure-", "Microsoft Azure"}, {"x-kong-", "Kong"},
		{"x-yc-apigateway-", "Yandex Cloud"}, {"x-tyk-", "Tyk"}, {"x-wso2-", "WSO2"}, {"x-oci-", "Oracle Cloud"}, {"x-kusk", "Kusk"}} {
		if strings.Contains(doc.Text, other.prefix) {
			return at.Fail("an OpenAPI document with the extensions of "+other.whose, "x-amazon-apigateway-integration, which says where API Gateway sends a call")
		}
	}
	if strings.Contains(doc.Text, ".execute-api.") {
		return at.Fail("an export without x-amazon-apigateway-integration, so that nothing in it leads to SQS",
			"aws apigateway get-export … --parameters extensions=apigateway, or aws apigatewayv2 export-api … --include-extensions")
	}
	return at.Fail("an OpenAPI document without x-amazon-apigateway-integration, so that nothing in it leads to SQS",
		"the document that API Gateway is given; of a deployed API, aws apigateway get-export … --parameters extensions=apigateway")
}

// reader collects the parts of all documents.
type reader struct {
	Options
	parts assemble.Parts
	err   error

	skips []snapshot.Skip

	documents, answers int // how many of each were read

	first   snapshot.Origin   // of the first answer
	api     *assemble.API     // what get-rest-api or get-api gave; nil before
	paths   map[string]string // of REST resources, by id
	methods []given           // of a REST API
	lone    []tree.View       // integrations of REST APIs without their method

	validators  map[string]snapshot.Fact[snapshot.Validator] // of a REST API, by id
	models      map[string]snapshot.Fact[string]             // by name
	authorizers map[string]snapshot.Fact[snapshot.Authorizer]

	routes       []assemble.Route
	integrations []assemble.Integration // of an HTTP or WebSocket API
	stages       []assemble.Stage

	identities
	keyDocuments
}

func newReader(o Options) *reader {
	return &reader{Options: o, paths: map[string]string{}, validators: map[string]snapshot.Fact[snapshot.Validator]{},
		models: map[string]snapshot.Fact[string]{}, authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{}}
}

// kind is that of the target: an OpenAPI document describes an API, with or
// without what commands say of the rest.
func (r *reader) kind() string {
	if r.documents > 0 {
		return snapshot.OpenAPI
	}
	return snapshot.Answers
}

// input is how messages name what was read.
func (r *reader) input() string {
	if r.documents > 0 {
		return "the document"
	}
	return "what was given"
}

func (r *reader) fail(x tree.View, problem, expected string) {
	if r.err == nil {
		r.err = x.At.Fail(problem, expected)
	}
}

// output is the need of what another command would print.
func output(command string) string { return "the output of: aws " + command }

// outputGap says what is not known without what another command prints.
func outputGap(detail, command string, at snapshot.Origin) snapshot.Gap {
	return snapshot.Gap{Reason: snapshot.NotRead, Detail: detail, Needs: output(command), Origin: at}
}

// snapshot puts together what was read.
func (r *reader) snapshot(target snapshot.Target) (*snapshot.Snapshot, error) {
	r.restMethods()
	r.routed()
	p := &r.parts
	target.Assumed = p.Target.Assumed
	p.Target, p.Input, p.New, p.Warn = target, r.input(), r.documents > 0, r.Warn
	p.Target.Exists = r.documents == 0
	if len(p.APIs) == 0 {
		return nil, &tree.Error{Problem: "there is no API in what was given", Expected: "an OpenAPI document, or the output of aws apigateway get-integration, get-method or get-resources --embed methods"}
	}
	r.roles()
	r.keys()
	if r.err != nil {
		return nil, r.err
	}
	out := p.Snapshot()
	out.Organization = snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead, Detail: r.input() + " does not hold the organization's policies"})
	r.outside(out)
	out.Skips = r.skips
	return out, nil
}

// outside says what would make known the roles and queues that integrations name
// and that were not given.
func (r *reader) outside(out *snapshot.Snapshot) {
	for i := range out.APIs {
		draft, _ := out.APIs[i].Draft.Peek()
		for _, m := range draft.Methods {
			in, _ := m.Integration.Peek()
			if in == nil {
				continue
			}
			arn, _ := in.Credentials.Peek()
			if _, given := out.Roles[arn]; !given && strings.Contains(arn, ":role/") {
				name := arn[strings.LastIndexByte(arn, '/')+1:]
				out.Roles[arn] = snapshot.Unknown[*snapshot.Role](snapshot.Gap{Reason: snapshot.NotRead, Origin: in.Credentials.Origin(),
					Detail: fmt.Sprintf("%s does not hold the role %s", r.input(), name), Needs: output("iam get-role --role-name "+name) + ", and its policies"})
			}
			uri, _ := in.URI.Peek()
			queue, name := queueIn(uri)
			if _, given := out.Queues[queue]; !given && queue != "" {
				out.Queues[queue] = snapshot.Unknown[*snapshot.Queue](outputGap(fmt.Sprintf("%s does not hold the queue %s", r.input(), name),
					"sqs get-queue-attributes --attribute-names All --queue-url URL", in.URI.Origin()))
			}
		}
	}
}

// queuePath is the URI of a call to a queue, with the partition, the region, the
// account and the name.
var queuePath = lazy.Regexp(`^arn:(aws[a-z-]*):apigateway:([a-z0-9-]+):sqs:path/+([0-9]{12})/([A-Za-z0-9_.-]+)$`)

// queueIn is the ARN and the name of the queue in a URI; empty when it names none.
func queueIn(uri string) (arn, name string) {
	m := queuePath.FindStringSubmatch(uri)
	if m == nil {
		return "", ""
	}
	return "arn:" + m[1] + ":sqs:" + m[2] + ":" + m[3] + ":" + m[4], m[4]
}
