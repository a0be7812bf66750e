package remedy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// Check says how a finding of the trace is verified: in a sentence, in commands,
// or in both. Of what is not deployed yet the doctor itself is asked first. It
// gives a sentence where the shell cannot carry the call.
func (w Writer) Check(s *snapshot.Snapshot, t *walk.Trace, v diagnose.Verification) (say string, commands []string) {
	say = v.Say
	c := checker{Writer: w, snap: s, trace: t, values: valuesOf(s)}
	for _, script := range c.scripts(v) {
		lines, err := script.Write(w.Shell)
		if err != nil {
			say = strings.TrimPrefix(say+"; ", "; ") + "no command line carries it: " + err.Error()
			continue
		}
		commands = append(commands, lines...)
	}
	return say, commands
}

// checker makes the commands of one verification.
type checker struct {
	Writer
	snap   *snapshot.Snapshot
	trace  *walk.Trace
	values values
}

func (c *checker) deployed() bool { return c.snap.Target.Kind == snapshot.Live }

func (c *checker) scripts(v diagnose.Verification) []shell.Script {
	var real shell.Script
	switch {
	case v.Call != nil:
		real = c.call(v.Call)
	case len(v.Command) > 2:
		real = c.command(v.Command)
	default:
		return nil
	}
	if c.deployed() {
		return []shell.Script{real}
	}
	real = append(shell.Script{{Say: "after deployment:"}}, real...)
	if local := c.local(v.Call); local != nil {
		return []shell.Script{local, real}
	}
	return []shell.Script{real}
}

// command is one of the AWS CLI.
func (c *checker) command(words []string) shell.Script {
	region := c.snap.Target.Region
	if slices.Contains(words, "--region") {
		region = ""
	}
	command := c.aws(c.snap, region, words[0], words[1])
	for i, word := range words[2:] {
		if v := c.made(words[i+1]); v != nil && word != "" {
			command.run.Add(shell.Word{{Variable: v}})
		} else {
			command.run.Add(c.values.word(word))
		}
	}
	return command.lines()
}

// made is the variable for the value of a flag that deploying makes; nil for others.
func (c *checker) made(flag string) *shell.Variable {
	if !c.snap.Target.Written() || c.snap.Target.Exists {
		return nil
	}
	switch flag {
	case "--rest-api-id", "--api-id":
		if _, id := c.api(); len(id) > 0 {
			return id[0].Variable
		}
	case "--resource-id":
		if m := c.trace.Route.Method; m != nil {
			return &shell.Variable{Name: "RESOURCE_ID", Means: "the id of the resource " + m.Path + ": aws apigateway get-resources prints it"}
		}
	case "--route-id", "--integration-id":
		return &shell.Variable{Name: variableName(strings.TrimPrefix(flag, "--")), Means: "the id that is printed by aws apigatewayv2 get-routes and get-integrations"}
	}
	return nil
}

// api is the API that is called, with the variable of its id where that is made
// by the deployment.
func (c *checker) api() (*snapshot.API, shell.Word) {
	api := c.trace.Route.API
	if api == nil {
		return nil, nil
	}
	if c.deployed() {
		return api, c.values.word(api.ID)
	}
	name := api.Origin.Resource
	if name == "" {
		name = api.ID
	}
	return api, shell.Word{{Variable: &shell.Variable{Name: "API_ID", Means: "the id that " + name + " has once it is deployed"}}}
}

// call is the client's call by curl or, for a WebSocket API, by wscat.
func (c *checker) call(r *walk.Request) shell.Script {
	api, id := c.api()
	if api == nil {
		return nil
	}
	address, note := c.address(api, id, r)
	script := shell.Script{}
	if note != "" {
		script = append(script, shell.Line{Say: note})
	}
	if api.Type == snapshot.WebSocket {
		script = append(script, shell.Line{Say: "wscat is a program of the npm registry"})
		return append(script, shell.Line{Run: shell.New("wscat", "-c").Add(address, shell.Text("-x"), shell.Text(r.Body))})
	}
	run := shell.New("curl", "-i")
	sends := r.Body != "" && r.Method != "HEAD"
	if r.Method == "HEAD" {
		run = shell.New("curl", "-I")
	} else {
		run.Add(shell.Text("-X"), c.values.word(r.Method))
	}
	signed := c.signed()
	if signed {
		run.Add(shell.Text("--aws-sigv4"), c.values.word("aws:amz:"+c.snap.Target.Region+":execute-api"), shell.Text("--user"),
			shell.Word{{Variable: accessKey}, {Text: ":"}, {Variable: secretKey}})
		run.Add(shell.Text("-H"), shell.Word{{Text: "X-Amz-Security-Token: "}, {Variable: sessionToken}})
	}
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Host") || signed && (strings.EqualFold(h.Name, "Authorization") || strings.EqualFold(h.Name, "X-Amz-Security-Token") || strings.EqualFold(h.Name, "X-Amz-Date")) {
			continue
		}
		run.Add(shell.Text("-H"), c.header(h))
	}
	if _, ok := r.Header("Content-Type"); !ok && sends {
		run.Add(shell.Text("-H"), shell.Text("Content-Type:")) // curl would send one of its own
	}
	if sends {
		run.Add(shell.Text("--data-binary"))
		run.Args = append(run.Args, shell.Arg{Word: c.values.word(r.Body), File: "body.txt", By: "@"})
	}
	return append(script, shell.Line{Run: run.Add(address)})
}

var (
	accessKey    = &shell.Variable{Name: "AWS_ACCESS_KEY_ID", Means: "the access key of a caller whom the API admits, as are the next two"}
	secretKey    = &shell.Variable{Name: "AWS_SECRET_ACCESS_KEY", Means: "the secret key to it"}
	sessionToken = &shell.Variable{Name: "AWS_SESSION_TOKEN", Means: "the session token to it: leave the header out where there is none"}
)

// signed tells whether callers have to sign with AWS credentials.
func (c *checker) signed() bool {
	m := c.trace.Route.Method
	if m == nil {
		return false
	}
	kind, _ := m.Authorization.Peek()
	return kind == "AWS_IAM"
}

// header is a header of the call, with a variable for what is not to be shown
// and for what the doctor made up because something has to be sent.
func (c *checker) header(h walk.Header) shell.Word {
	switch {
	case h.Value == "":
		return shell.Text(h.Name + ";") // curl sends no value, and not no header
	case madeUp(h) || c.hides(h):
		return shell.Word{{Text: h.Name + ": "}, c.variable("header", h)}
	}
	return c.values.word(h.Name + ": " + h.Value)
}

// address is the URL that is called, and what has to be said of it.
func (c *checker) address(api *snapshot.API, id shell.Word, r *walk.Request) (address shell.Word, note string) {
	scheme, region := "https://", c.snap.Target.Region
	if api.Type == snapshot.WebSocket {
		scheme = "wss://"
	}
	stage := r.Stage
	if st := c.trace.Route.Stage; st != nil {
		stage = st.Name
	}
	if _, custom := r.Header("Host"); c.snap.Target.Endpoint != "" && !custom && api.Type != snapshot.WebSocket {
		// Where emulators of the LocalStack family take calls, whatever names resolve (T178).
		address = append(append(shell.Word{{Text: c.snap.Target.Endpoint + "/_aws/execute-api/"}}, id...), c.encoded("/"+stage+walk.SamplePath(r.Path), inPath)...)
		return joinText(append(address, c.query(r)...)), ""
	}
	if stage = "/" + stage; stage == "/" || stage == "/$default" {
		stage = ""
	}
	host := append(append(shell.Word{{Text: scheme}}, id...), shell.Part{Text: ".execute-api."})
	if region == "" {
		host = append(host, shell.Part{Variable: &shell.Variable{Name: "AWS_REGION", Means: "the region of the API"}})
	} else {
		host = append(host, c.values.word(region)...)
	}
	host = append(host, shell.Part{Text: "." + text.PartitionOf(region).DNSSuffix})
	types, _ := api.EndpointTypes.Peek()
	if slices.Contains(types, "PRIVATE") {
		note = "the API is private: run this where its VPC endpoint is reached"
	}
	if _, custom := r.Header("Host"); custom {
		host = shell.Word{{Text: scheme}, {Variable: &shell.Variable{Name: "DOMAIN_NAME", Means: "the custom domain name that callers use, with its base path if it has one"}}}
		stage = ""
	}
	path := ""
	if api.Type != snapshot.WebSocket {
		path = walk.SamplePath(r.Path)
	}
	address = append(host, c.encoded(stage+path, inPath)...)
	return joinText(append(address, c.query(r)...)), note
}

// query is the query string with its question mark.
func (c *checker) query(r *walk.Request) (w shell.Word) {
	for i, q := range r.Query {
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		w = append(w, shell.Part{Text: sep})
		w = append(w, c.encoded(q.Name, inQuery)...)
		w = append(w, shell.Part{Text: "="})
		if c.hides(q) {
			w = append(w, c.variable("query parameter", q))
		} else {
			w = append(w, c.encoded(q.Value, inQuery)...)
		}
	}
	return w
}

// hides tells whether the value is not to be shown.
func (c *checker) hides(h walk.Header) bool { return c.Secret != nil && c.Secret(h) }

// variable stands for the value of a header or query parameter that only the
// caller knows.
func (c *checker) variable(kind string, h walk.Header) shell.Part {
	means := "the value of the " + kind + " " + h.Name + ", which is not shown here"
	if madeUp(h) {
		means = "what a caller sends as " + h.Name
	}
	name := strings.TrimSuffix(variableName(strings.TrimPrefix(strings.ToLower(h.Name), "x-")), "_VALUE")
	return shell.Part{Variable: &shell.Variable{Name: name, Means: means}}
}

// madeUp tells whether the value is the doctor's own, sent because something has to be.
func madeUp(h walk.Header) bool { return strings.HasPrefix(h.Value, "sample-") }

// encoded percent-encodes a text of a URL, but for the values that are not known.
func (c *checker) encoded(text string, escape func(string) string) shell.Word {
	w := c.values.word(text)
	for i := range w {
		w[i].Text = escape(w[i].Text)
	}
	return w
}

// inPath encodes what cannot stand in a path. What is encoded already stays so.
func inPath(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		ch := text[i]
		_, err := url.PathUnescape(text[i:min(i+3, len(text))])
		switch {
		case ch == '%' && err == nil, strings.IndexByte("/-._~!$&'()*+,;=:@", ch) >= 0, ch >= '0' && ch <= '9', ch >= 'A' && ch <= 'Z', ch >= 'a' && ch <= 'z':
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return b.String()
}

// inQuery encodes a blank as %20, which is a blank to everybody.
func inQuery(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// joinText makes one part of texts that follow each other.
func joinText(w shell.Word) shell.Word {
	var out shell.Word
	for _, p := range w {
		if n := len(out); n > 0 && p.Variable == nil && out[n-1].Variable == nil {
			out[n-1].Text += p.Text
		} else {
			out = append(out, p)
		}
	}
	return out
}

// local asks the doctor, who needs no deployment.
func (c *checker) local(r *walk.Request) shell.Script {
	if len(c.Doctor) == 0 || r == nil {
		return nil
	}
	run := shell.New(c.Doctor[0].Text()).Add(c.Doctor[1:]...)
	if api := c.trace.Route.API; api != nil && r.Stage != "" {
		if stages, _ := api.Stages.Peek(); len(stages) > 1 || api.Lacks(r.Stage) {
			run.Add(shell.Text("--stage"), shell.Text(r.Stage))
		}
	}
	script := shell.Script{}
	for _, text := range c.values.texts {
		if strings.Contains(r.Path, text) {
			script = append(script, shell.Line{Say: text + " stands for " + c.values.variables[text].Means})
		}
	}
	hidden := slices.ContainsFunc(append(slices.Clone(r.Headers), r.Query...), c.hides)
	switch {
	case !strings.HasPrefix(r.Path, "/") && r.Method != walk.WebSocketMethod || hidden && !flagsSay(r):
		return append(script, shell.Line{Run: run}) // the doctor's own request has to do
	case !flagsSay(r):
		run.Add(shell.Text("--request"))
		run.Args = append(run.Args, shell.Arg{Word: shell.Text(plainJSON(encode(requestFile(r)))), File: "request.json", By: "", JSON: true})
		return append(script, shell.Line{Run: run})
	}
	run.Add(shell.Text("--method"), joinText(append(shell.Text(r.Method+" "+r.Path), c.query(r)...)))
	for _, h := range r.Headers {
		if c.hides(h) {
			run.Add(shell.Text("--header"), c.header(h))
		} else {
			run.Add(shell.Text("--header"), shell.Text(h.Name+": "+h.Value))
		}
	}
	if _, ok := r.Header("Content-Type"); !ok && r.Method != walk.WebSocketMethod {
		run.Add(shell.Text("--header"), shell.Text("Content-Type:"))
	}
	run.Add(shell.Text("--body"))
	run.Args = append(run.Args, shell.Arg{Word: shell.Text(r.Body), File: "body.txt", By: "@"})
	return append(script, shell.Line{Run: run})
}

// flagsSay tells whether the doctor's flags can say the request: a header that
// comes twice or is empty, and a path with blanks, need a file.
func flagsSay(r *walk.Request) bool {
	seen := map[string]bool{}
	for _, h := range r.Headers {
		name := strings.ToLower(h.Name)
		if seen[name] || h.Value != strings.TrimSpace(h.Value) || h.Value == "" || strings.ContainsAny(name, " \t:") || name == "" {
			return false
		}
		seen[name] = true
	}
	return !strings.ContainsAny(r.Path, " \t\r\n?") && strings.HasPrefix(r.Path, "/") && r.Method != "" && !strings.ContainsAny(r.Method, " \t\r\n") && r.Method == strings.ToUpper(r.Method)
}

// requestFile is what the doctor's --request reads.
func requestFile(r *walk.Request) any {
	return struct {
		Method  string        `json:"method"`
		Path    string        `json:"path"`
		Query   []walk.Header `json:"query,omitempty"`
		Headers []walk.Header `json:"headers"`
		Body    string        `json:"body"`
	}{r.Method, r.Path, r.Query, append([]walk.Header{}, r.Headers...), r.Body}
}
