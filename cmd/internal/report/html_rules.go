package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// rulePage is the page of a rule.
type rulePage struct {
	Title, ID, Severity, Stage, Scope, NoFix string
	Doc                                      [][]docPiece // paragraphs
	Explains                                 []htmlLink
	Refs                                     []htmlLink
	Example                                  *ruleExample
	Index                                    *ruleIndex // of the first page, which has no rule
}

// docPiece is a part of a paragraph.
type docPiece struct {
	Text string
	Code bool
}

// ruleExample is what the rule finds in its own example, and what heals it.
type ruleExample struct {
	About, Name string
	Start       string
	Body        []htmlLine
	Findings    []htmlFinding
	Now         htmlSide
	Then        *htmlSide
	Changes     []htmlChange
	Fix         string
}

// ruleIndex leads to all rules.
type ruleIndex struct {
	Count  int
	Stages []rulesOfStage
	Codes  []rulesOfCode
}

type rulesOfStage struct {
	Name, Question string
	Rules          []htmlRule
}

type rulesOfCode struct {
	ID, Code string
	Rules    []htmlRule
}

type htmlRule struct {
	Link     htmlLink
	Severity string
	Title    string
}

// RuleExample is a configuration in which a rule finds something.
type RuleExample struct {
	Run         Run
	Name, About string
}

// RulePages are the pages of the rules and an index of them, by the names of their
// files. The examples are by the ids of the rules.
func RulePages(rules []diagnose.Rule, examples map[string]RuleExample) (map[string][]byte, error) {
	pages := map[string][]byte{}
	write := func(name string, p rulePage) error {
		var b bytes.Buffer
		if err := writePage(&b, "rules.html", p); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		pages[name] = b.Bytes()
		return nil
	}
	if err := write("index.html", rulePage{Title: "What apisqs-doctor looks for", Index: newRuleIndex(rules)}); err != nil {
		return nil, err
	}
	for _, r := range rules {
		p := rulePage{Title: r.Title, ID: r.ID, Severity: string(r.Severity), Stage: string(r.Stage), Scope: r.Scope(), NoFix: r.NoFix, Doc: paragraphs(r.Doc)}
		for _, c := range r.Explains {
			p.Explains = append(p.Explains, htmlLink{To: "index.html#code=" + string(c), Text: string(c)})
		}
		for _, ref := range r.Refs {
			p.Refs = append(p.Refs, htmlLink{To: ref, Text: strings.TrimPrefix(ref, "https://")})
		}
		if x, ok := examples[r.ID]; ok {
			p.Example = newRuleExample(x, r.ID)
		}
		if err := write(r.ID+".html", p); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func newRuleIndex(rules []diagnose.Rule) *ruleIndex {
	x := &ruleIndex{Count: len(rules)}
	codes := map[string][]htmlRule{}
	for _, s := range walk.Stages {
		of := rulesOfStage{Name: string(s), Question: s.Question()}
		for _, r := range rules {
			if r.Stage != s {
				continue
			}
			one := htmlRule{htmlLink{To: r.ID + ".html", Text: r.ID}, string(r.Severity), r.Title}
			of.Rules = append(of.Rules, one)
			for _, c := range r.Explains {
				codes[string(c)] = append(codes[string(c)], one)
			}
		}
		x.Stages = append(x.Stages, of)
	}
	for _, c := range sorted(codes) {
		x.Codes = append(x.Codes, rulesOfCode{"code=" + c, c, codes[c]})
	}
	return x
}

// newRuleExample shows the first request of the example in which the rule reports.
func newRuleExample(x RuleExample, rule string) *ruleExample {
	say := newWords(x.Run)
	for i := range x.Run.Examination.Diagnoses {
		d := &x.Run.Examination.Diagnoses[i]
		at := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == rule })
		if at < 0 || d.Trace == nil {
			continue
		}
		out := &ruleExample{About: x.About, Name: x.Name, Start: say.Show(requestLine(&d.Trace.Request)), Body: codeLines(d.Trace.Request.Body, nil, say), Now: newHTMLSide(d, say)}
		out.Findings = []htmlFinding{htmlFindings(x.Run, d, method(x.Run, d, say), "", say)[at]}
		out.Findings[0].Stage.To = "index.html#stage=" + out.Findings[0].Stage.Text
		if fixes := d.Findings[at].Fixes; len(fixes) > 0 && fixes[0].After != nil {
			out.Fix = say.Show(fixes[0].Title)
			healed := *d
			healed.Plan = diagnose.Plan{Changes: fixes[0].Changes, After: fixes[0].After, Verdict: fixes[0].Verdict}
			then := newHTMLSide(changed(x.Run, &healed), say)
			out.Then = &then
			for _, c := range changesOf(fixes[0], say) {
				out.Changes = append(out.Changes, sideBySide(c))
			}
		}
		return out
	}
	return nil
}

// paragraphs are the text of a rule, its code apart.
func paragraphs(doc string) [][]docPiece {
	var list [][]docPiece
	for _, p := range strings.Split(strings.TrimSpace(doc), "\n\n") {
		var pieces []docPiece
		for i, part := range strings.Split(strings.Join(strings.Fields(p), " "), "`") {
			if part != "" {
				pieces = append(pieces, docPiece{part, i%2 == 1})
			}
		}
		list = append(list, pieces)
	}
	return list
}
