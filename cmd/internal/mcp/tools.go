package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/walk"
)

// target is what to diagnose, and with which call.
type target struct {
	Path       string            `json:"path,omitempty" jsonschema:"template, Terraform folder or snapshot, below the working folder"`
	APIID      string            `json:"apiId,omitempty" jsonschema:"id of a deployed API, in place of path"`
	Stage      string            `json:"stage,omitempty" jsonschema:"name of the only API stage to look at"`
	Method     string            `json:"method,omitempty" jsonschema:"only this method, such as POST /orders; all that lead to SQS without it"`
	Headers    []string          `json:"headers,omitempty" jsonschema:"headers that the client sends, each as Name: value"`
	Body       *string           `json:"body,omitempty" jsonschema:"the client's body, as it is sent"`
	Parameters map[string]string `json:"parameters,omitempty" jsonschema:"values of the template's parameters or Terraform's variables"`
	Region     string            `json:"region,omitempty" jsonschema:"AWS region, for what the template leaves open"`
	Account    string            `json:"account,omitempty" jsonschema:"12 digits, for what the template leaves open"`
	Redact     bool              `json:"redact,omitempty" jsonschema:"replace names, account ids, ARNs and bodies"`
}

// words are the command line, and the text that it reads.
func (s *server) words(t *target) (words []string, in string, err error) {
	switch {
	case t.APIID != "" && !s.Live:
		return nil, "", errors.New("deployed APIs are read only when the server is started with --live")
	case (t.APIID != "") == (t.Path != ""):
		return nil, "", errors.New("give one target: path" + map[bool]string{true: " or apiId"}[s.Live])
	case len(t.Headers) > maxList || len(t.Parameters) > maxList:
		return nil, "", fmt.Errorf("at most %d headers and %d parameters", maxList, maxList)
	case t.Body != nil && len(*t.Body) > maxText:
		return nil, "", fmt.Errorf("the body has %d bytes, at most %d are taken", len(*t.Body), maxText)
	}
	if t.APIID != "" {
		words = []string{"--api-id=" + t.APIID}
	} else {
		path, err := s.inside(t.Path)
		if err != nil {
			return nil, "", err
		}
		if words, err = s.Target(path, t.Parameters); err != nil {
			return nil, "", err
		}
	}
	for _, f := range [][2]string{{"stage", t.Stage}, {"method", t.Method}, {"region", t.Region}, {"account-id", t.Account}} {
		if f[1] != "" {
			words = append(words, "--"+f[0]+"="+f[1])
		}
	}
	for _, h := range t.Headers {
		words = append(words, "--header="+h)
	}
	if t.Redact {
		words = append(words, "--redact")
	}
	if t.Body != nil {
		words, in = append(words, "--body=@-"), *t.Body // a body is no name of a file
	}
	return words, in, nil
}

// examine runs the diagnosis, and says with which command.
func (s *server) examine(ctx context.Context, t *target) (report.Document, int, string, error) {
	var doc report.Document
	words, in, err := s.words(t)
	if err != nil {
		return doc, 0, "", err
	}
	r, err := s.run(ctx, in, append(slices.Clone(words), "--output=json")...)
	if err != nil {
		return doc, 0, "", err
	}
	if err := json.Unmarshal([]byte(r.Out), &doc); err != nil || doc.Error != nil {
		return doc, 0, "", failed(r)
	}
	if file := s.readOutside([]byte(r.Out)); file != "" {
		return doc, 0, "", fmt.Errorf("the configuration leads to %q, outside of the working folder; the doctor reads nothing else", file)
	}
	shown := slices.Clone(words)
	if i := slices.Index(shown, "--body=@-"); i >= 0 && len(in) <= 200 && !strings.HasPrefix(in, "@") {
		shown[i] = "--body=" + in
	}
	return doc, r.Code, s.Line(append([]string{s.Name}, shown...)...), nil
}

func (s *server) diagnose(ctx context.Context, t target) (string, error) {
	doc, code, command, err := s.examine(ctx, &t)
	if err != nil {
		return "", err
	}
	return digest(doc, code, command+" -o json"), nil
}

func (s *server) plan(ctx context.Context, t target) (string, error) {
	doc, code, command, err := s.examine(ctx, &t)
	if err != nil {
		return "", err
	}
	return plans(doc, code, strings.Replace(command, s.Name+" ", s.Name+" fix ", 1)), nil
}

// text is what explain takes.
type text struct {
	Text string `json:"text" jsonschema:"an error as it stands, the lines of an execution log, or the id of a rule"`
}

func (s *server) explain(ctx context.Context, t text) (string, error) {
	if len(t.Text) > maxText {
		return "", fmt.Errorf("the text has %d bytes, at most %d are taken", len(t.Text), maxText)
	}
	r, err := s.run(ctx, t.Text, "explain", "-")
	if err != nil {
		return "", err
	}
	if r.Code != 0 {
		return "", failed(r)
	}
	return cut(r.Out, "the whole answer: "+s.Name+" explain -"), nil
}

// which are the rules that are asked for.
type which struct {
	ID    string `json:"id,omitempty" jsonschema:"the whole text of this rule"`
	Stage string `json:"stage,omitempty" jsonschema:"rules of this stage: route, mapping, signing, protocol, authorization, queue, encryption or response"`
	Code  string `json:"code,omitempty" jsonschema:"rules that explain this error code, such as AccessDenied"`
}

func (s *server) rules(ctx context.Context, w which) (string, error) {
	if w.ID != "" {
		r, err := s.run(ctx, "", "rules", "show", "--", w.ID)
		if err != nil {
			return "", err
		}
		if r.Code != 0 {
			return "", failed(r)
		}
		return cut(r.Out, "the whole rule: "+s.Name+" rules show "+w.ID), nil
	}
	if w.Stage != "" && walk.Stage(w.Stage).Index() < 0 {
		return "", fmt.Errorf("no stage %q", w.Stage)
	}
	var b strings.Builder
	n := 0
	for _, r := range s.Rules {
		switch {
		case w.Stage == "" && w.Code == "":
			fmt.Fprintf(&b, "%s\n", r.ID)
		case w.Stage != "" && string(r.Stage) != w.Stage, w.Code != "" && !slices.ContainsFunc(r.Explains, func(c walk.ErrorCode) bool { return strings.EqualFold(string(c), w.Code) }):
			continue
		default:
			fmt.Fprintf(&b, "%s (%s): %s\n", r.ID, r.Severity, r.Title)
		}
		n++
	}
	if n == 0 {
		return "", fmt.Errorf("no rule explains %q", w.Code)
	}
	return cut(b.String(), "all rules: "+s.Name+" rules"), nil
}

// tests are files of test cases.
type tests struct {
	Files []string `json:"files" jsonschema:"YAML files of test cases, below the working folder"`
}

func (s *server) test(ctx context.Context, t tests) (string, error) {
	if len(t.Files) == 0 || len(t.Files) > maxList {
		return "", fmt.Errorf("give 1 to %d files", maxList)
	}
	words := []string{"test", "--output=json", "--"}
	for _, name := range t.Files {
		file, err := s.inside(name)
		if err != nil {
			return "", err
		}
		of, err := s.Tested(file)
		if err != nil {
			return "", err
		}
		if _, err := s.inside(of); err != nil {
			return "", err
		}
		words = append(words, file)
	}
	r, err := s.run(ctx, "", words...)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(r.Out, "{") {
		return "", failed(r)
	}
	return outcomes(r.Out, r.Code, s.Line(append([]string{s.Name, "test"}, words[3:]...)...))
}
