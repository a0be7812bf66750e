package remedy

import (
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// Writer puts what a reader is to run into command lines: for one shell, one way
// to reach AWS and one way to call the doctor again. The zero Writer is for a
// POSIX shell and the AWS CLI's own configuration.
type Writer struct {
	Shell                shell.Kind
	Profile, EndpointURL string
	// Doctor is the command line that reads the target again, its program first.
	// Without it no check runs the doctor.
	Doctor []shell.Word
	// Secret tells whether the value of a client's header or query parameter is
	// not to be shown.
	Secret func(walk.Header) bool
}

// cli builds one command line of the AWS CLI: its options, those that say which
// AWS is meant, and the documents.
type cli struct {
	run      *shell.Command
	values   values
	where    [][2]string
	document []shell.Arg
}

// aws begins a command of the AWS CLI. It is for the region of what it is about;
// where that is not known the CLI's configuration decides.
func (w Writer) aws(s *snapshot.Snapshot, region, service, operation string) *cli {
	endpoint := w.EndpointURL
	if endpoint == "" {
		endpoint = s.Target.Endpoint // of a setting that the reader's shell need not have
	}
	return &cli{run: shell.New("aws", service, operation), values: valuesOf(s),
		where: [][2]string{{"region", region}, {"profile", w.Profile}, {"endpoint-url", endpoint}}}
}

// flag adds an option with its value. An empty value is left out.
func (c *cli) flag(name, value string) *cli {
	if value != "" {
		c.run.Add(shell.Text("--"+name), c.values.word(value))
	}
	return c
}

// json adds an option whose value is JSON, given as text or as a value. A long
// one goes into a file.
func (c *cli) json(name string, value any) *cli {
	text, ok := value.(string)
	if !ok {
		text = encode(value)
	}
	c.document = append(c.document, shell.Arg{Word: shell.Text("--" + name)},
		shell.Arg{Word: c.values.word(plainJSON(text)), File: c.run.Args[1].Text() + ".json", By: "file://", JSON: true})
	return c
}

func (c *cli) lines() shell.Script {
	for _, f := range c.where {
		c.flag(f[0], f[1])
	}
	c.run.Args = append(c.run.Args, c.document...)
	return shell.Script{{Run: c.run}}
}

// values are what stands for values that are not known before deployment, each
// with the variable that the reader gives the value by.
type values struct {
	texts     []string // longest first, so that none is taken for a part of another
	variables map[string]*shell.Variable
}

func valuesOf(s *snapshot.Snapshot) values {
	v := values{variables: map[string]*shell.Variable{}}
	taken := map[string]bool{}
	for _, sym := range s.Shown() {
		if sym.Text == "" || v.variables[sym.Text] != nil {
			continue
		}
		name := variableName(sym.Expression)
		for n := 2; taken[name]; n++ {
			name = strings.TrimRight(name, "0123456789_") + "_" + strconv.Itoa(n)
		}
		taken[name] = true
		v.texts = append(v.texts, sym.Text)
		v.variables[sym.Text] = &shell.Variable{Name: name, Means: meaning(sym.Expression)}
	}
	slices.SortStableFunc(v.texts, func(a, b string) int { return len(b) - len(a) })
	return v
}

// Explained names the variables that commands about the snapshot have for what
// stands in it for an unknown value, by that text.
func Explained(s *snapshot.Snapshot) map[string]string {
	out := map[string]string{}
	for text, v := range valuesOf(s).variables {
		out[text] = v.Name
	}
	return out
}

// meaning says where a reader finds the value of an expression.
func meaning(expression string) string {
	if imported, ok := strings.CutPrefix(expression, "!ImportValue "); ok {
		return "the value of the export " + imported
	}
	switch expression {
	case "${AWS::AccountId}":
		return "the id of the AWS account: aws sts get-caller-identity prints it"
	case "${AWS::Region}":
		return "the region that the stack is in"
	}
	return "the value that " + expression + " has once it is deployed"
}

// variableName makes the name of a shell variable of an expression, such as
// ACCOUNT_ID of ${AWS::AccountId}. None is one that shells themselves use.
func variableName(expression string) string {
	var b strings.Builder
	lower := false
	for _, r := range strings.NewReplacer("AWS::", "", "!ImportValue", "", "resolve:", "").Replace(expression) {
		switch {
		case r >= 'A' && r <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			b.WriteRune(r)
			lower = false
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
			lower = true
		default:
			b.WriteByte('_')
			lower = false
		}
	}
	words := strings.FieldsFunc(strings.ToUpper(b.String()), func(r rune) bool { return r == '_' })
	name := strings.Join(words[max(0, len(words)-4):], "_")
	switch {
	case name == "" || name[0] <= '9':
		name = strings.TrimSuffix("VALUE_"+name, "_")
	case !strings.Contains(name, "_"):
		name += "_VALUE" // PATH, HOME and the like have no second word
	}
	return name
}

// word takes a text apart where a value is not known.
func (v values) word(text string) shell.Word {
	var w shell.Word
	for text != "" {
		at, first := len(text), ""
		for _, t := range v.texts {
			if i := strings.Index(text, t); i >= 0 && i < at {
				at, first = i, t
			}
		}
		if at > 0 {
			w = append(w, shell.Part{Text: text[:at]})
		}
		if first == "" {
			break
		}
		w, text = append(w, shell.Part{Variable: v.variables[first]}), text[at+len(first):]
	}
	if w == nil {
		return shell.Text("")
	}
	return w
}
