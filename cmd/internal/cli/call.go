package cli

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// requestFlags are the three ways to give the client's call.
type requestFlags struct {
	method  string
	headers []string
	body    string
	hasBody bool
	curl    string
	file    string
	show    bool // credentials of the call
}

func (q *requestFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.method, "method", "", "only this `METHOD`, such as \"POST /orders\" or \"POST /users/42?x=1\"")
	f.StringArrayVar(&q.headers, "header", nil, "`HEADER` that the client sends, 'Name: value', or 'Name:' for none; repeatable")
	f.Var(bodyFlag{q}, "body", "the client's body: TEXT, @FILE, or @- for standard input")
	f.StringVar(&q.curl, "curl", "", "the client's call as a curl `COMMAND` line, in quotes")
	f.StringVar(&q.file, "request", "", "JSON or YAML `FILE` with method, path, headers, query and body")
	_ = cmd.MarkFlagFilename("request", "json", "yaml", "yml")
	f.BoolVar(&q.show, "show-secrets", false, "show the credentials of the client's call, which are replaced otherwise")
}

// bodyFlag tells an empty body from none.
type bodyFlag struct{ q *requestFlags }

func (b bodyFlag) Type() string   { return "TEXT|@FILE" }
func (b bodyFlag) String() string { return "" }
func (b bodyFlag) Set(s string) error {
	b.q.body, b.q.hasBody = s, true
	return nil
}

// maxBody is the largest body that is read, in bytes. API Gateway takes 10 MB;
// a somewhat larger one can still be asked about.
const maxBody = 16 << 20

// call is what the user asks to be diagnosed: nothing, a selection of methods,
// or a whole request.
type call struct {
	method, path string
	request      *walk.Request // nil without a request; its path is empty when it was not given
	host         string        // of the URL that the client calls; empty when it was not given
	show         bool          // its credentials
}

// readCall makes a call of the flags.
func (a *app) readCall(q *requestFlags) (call, error) {
	c, err := a.callOf(q)
	c.show = q.show
	return c, err
}

func (a *app) callOf(q *requestFlags) (call, error) {
	parts := q.method != "" || len(q.headers) > 0 || q.hasBody
	switch {
	case q.curl != "" && q.file != "":
		return call{}, usage("", "give the request by --curl or by --request, not by both")
	case parts && (q.curl != "" || q.file != ""):
		return call{}, usage("", "--method, --header and --body have no meaning with --curl or --request")
	case q.curl != "":
		return a.callFromCurl(q.curl)
	case q.file != "":
		r, err := a.callFromFile(q.file)
		return call{request: &r}, err
	case !parts:
		return call{}, nil
	}
	return a.callFromFlags(q)
}

func (a *app) callFromFlags(q *requestFlags) (call, error) {
	var c call
	words := strings.Fields(q.method)
	switch {
	case len(words) == 1 && strings.HasPrefix(words[0], "/"):
		c.path = words[0]
	case len(words) == 1:
		c.method = strings.ToUpper(words[0])
	case len(words) == 2 && (strings.HasPrefix(words[1], "/") || strings.EqualFold(words[0], walk.WebSocketMethod)):
		c.method, c.path = strings.ToUpper(words[0]), words[1]
	case len(words) > 0:
		return c, usage(`expected a method and a path, such as "POST /orders"`, "%q is not a value of --method", secret.Text(q.method, secret.Plain))
	}
	path, rawQuery, hasQuery := strings.Cut(c.path, "?")
	c.path = path
	if len(q.headers) == 0 && !q.hasBody && !hasQuery {
		return c, nil
	}
	r := diagnose.Plain(c.method, c.path)
	switch r.Method {
	case "":
		r.Method = "POST"
	case walk.WebSocketMethod:
		r.Headers = nil // a frame has none
	}
	var err error
	if r.Query, err = splitQuery(rawQuery); err != nil {
		return c, usage("", "%q is not a value of --method: %s", secret.Text(q.method, secret.Plain), err)
	}
	if !hasBody(r.Method) && !q.hasBody {
		r.Body, r.Headers = "", nil
	}
	for _, h := range q.headers {
		name, value, ok := strings.Cut(h, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(name, " \t") {
			// Only the first word: the rest may be a credential.
			word, _, _ := strings.Cut(strings.TrimSpace(h), " ")
			return c, usage("expected 'Name: value'", "%q is not a value of --header", word)
		}
		r = r.WithoutHeader(name)
		if value = strings.TrimSpace(value); value != "" {
			r = r.WithHeader(name, value)
		}
	}
	if q.hasBody {
		if r.Body, err = a.readBody("--body", q.body); err != nil {
			return c, err
		}
	}
	c.request = &r
	return c, nil
}

// unquotedHeader tells of a header whose value stands behind it as an argument of
// its own. That value may be a credential and is not repeated.
func unquotedHeader(cmd *cobra.Command, args []string) error {
	headers, err := cmd.Flags().GetStringArray("header")
	if err != nil || len(args) == 0 || !slices.ContainsFunc(headers, func(h string) bool { return strings.HasSuffix(h, ":") }) {
		return nil
	}
	return usage("put the header in quotes: --header 'Name: value'", "an argument stands behind a --header that has no value")
}

func hasBody(method string) bool { return method != "GET" && method != "HEAD" && method != "DELETE" }

// readBody reads what a body flag names: text, @FILE or @-.
func (a *app) readBody(flag, s string) (string, error) {
	file, isFile := strings.CutPrefix(s, "@")
	if !isFile {
		return s, nil
	}
	return a.readText(flag, file)
}

// readText reads a file, or standard input for "-".
func (a *app) readText(flag, file string) (string, error) {
	var in io.Reader = a.In
	if file != "-" {
		f, err := openFile(file)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	data, err := limit(in, maxBody)
	if err != nil {
		return "", usage("", "%s %s: %s", flag, file, plain(err))
	}
	return string(data), nil
}

// splitQuery reads a query string and keeps its order.
func splitQuery(raw string) ([]walk.Header, error) {
	var list []walk.Header
	for _, pair := range strings.Split(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, err
		}
		list = append(list, walk.Header{Name: n, Value: v})
	}
	return list, nil
}

// examine diagnoses what was asked for.
func examine(s *snapshot.Snapshot, stage string, c call) (diagnose.Examination, error) {
	r, err := placed(s, stage, c)
	if err != nil {
		return diagnose.Examination{}, err
	}
	var requests []walk.Request
	if r != nil {
		q, err := c.hide(s, *r)
		if err != nil {
			return diagnose.Examination{}, err
		}
		requests = append(requests, q)
	}
	return diagnose.Examine(s, c.selection(stage), requests, rules.All()), nil
}

func (c call) selection(stage string) diagnose.Selection {
	return diagnose.Selection{Stage: stage, Method: c.method, Path: c.path}
}

// placed is the request that was asked about, in its place; nil when the doctor's
// own requests will do.
func placed(s *snapshot.Snapshot, stage string, c call) (*walk.Request, error) {
	if c.request == nil {
		if c.path == "" {
			return nil, nil
		}
		if e := diagnose.Examine(s, c.selection(stage), nil, nil); len(e.Diagnoses) > 0 || len(e.Unlisted) > 0 {
			return nil, nil
		}
		// A method that is not there is asked about as a call of it.
		r := diagnose.Plain(c.method, c.path)
		if r.Method == "" {
			r.Method = "POST"
		}
		c.request = &r
	}
	r, err := place(s, stage, c)
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// place finds the API, the stage and, where it was not given, the path of a request.
func place(s *snapshot.Snapshot, stage string, c call) (walk.Request, error) {
	r := *c.request
	r.Stage = stage
	if c.host != "" {
		r = placeURL(s, r, c.host)
	}
	if r.Path == "" {
		return onlyMethod(s, r)
	}
	if r.API == "" && len(s.APIs) > 1 {
		fitting := apisOf(s, r)
		if len(fitting) > 1 && s.Target.Kind == snapshot.Live {
			return r, usage("give one --api-id", "the call fits several APIs: %s", strings.Join(fitting, ", "))
		}
		r.API = fitting[0]
	}
	return r, nil
}

// placeURL takes the API and the stage from the URL of an API's own endpoint,
// https://ID.execute-api.REGION.amazonaws.com/STAGE/path. A custom domain says
// nothing of either.
func placeURL(s *snapshot.Snapshot, r walk.Request, host string) walk.Request {
	labels := strings.Split(host, ".")
	if len(labels) < 3 || labels[1] != "execute-api" {
		return r
	}
	api := s.API(labels[0])
	if api == nil && len(s.APIs) == 1 {
		api = &s.APIs[0]
	}
	if api == nil {
		return r
	}
	r.API = api.ID
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
	stages, known := api.Stages.Peek()
	isStage := false
	for _, st := range stages {
		isStage = isStage || st.Name == first
	}
	// A REST API is reached by no other path than one below a stage. The $default
	// stage of an HTTP API has no name in the URL.
	if isStage || !known || api.Type == snapshot.REST {
		r.Path = "/" + rest
		if r.Stage == "" && (isStage || !known || len(stages) > 0) {
			r.Stage = first
		}
	}
	return r
}

// onlyMethod gives the request the path of the only method that leads to SQS.
func onlyMethod(s *snapshot.Snapshot, r walk.Request) (walk.Request, error) {
	e := diagnose.Examine(s, diagnose.Selection{Stage: r.Stage}, nil, nil)
	var found []walk.Request
	var names []string
	for _, d := range e.Diagnoses {
		if d.Trace == nil {
			continue
		}
		q := d.Trace.Request
		found = append(found, q)
		names = append(names, fmt.Sprintf("--method %q", q.Method+" "+q.Path))
	}
	if len(found) != 1 {
		hint := "no method is known to lead to SQS"
		if len(found) > 1 {
			hint = "one of " + strings.Join(names[:min(len(names), 10)], ", ")
		}
		return r, usage(hint, "a request needs a method and a path")
	}
	r.API, r.Method, r.Path = found[0].API, found[0].Method, found[0].Path
	return r, nil
}

// apisOf chooses among several APIs those that have the request's method, else
// its path, or the first one when none has.
func apisOf(s *snapshot.Snapshot, r walk.Request) []string {
	var list []string
	for _, sel := range []diagnose.Selection{
		{Stage: r.Stage, Method: r.Method, Path: r.Path}, {Stage: r.Stage, Path: r.Path}, {Path: r.Path},
	} {
		for _, api := range s.APIs {
			sel.API = api.ID
			if e := diagnose.Examine(s, sel, nil, nil); len(e.Diagnoses) > 0 || e.Others > 0 {
				list = append(list, api.ID)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return []string{s.APIs[0].ID}
}
