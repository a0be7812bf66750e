package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// proseColumns is the width of linear text. Screen readers read on over the end
// of a row, so rows are as long as they come.
const proseColumns = 1 << 20

// prompt is the walkthrough as plain numbered prompts, for screen readers: the
// text runs in one direction, nothing is drawn anew, and every choice is a word
// or a number.
type prompt struct {
	o     Options
	in    *bufio.Reader
	out   io.Writer
	glyph glyphs
	err   error // of the output
}

// errAgain says that what was read has been changed since.
var errAgain = errors.New("read again")

// errLeft says that the user has left, or the input has ended.
var errLeft = errors.New("left")

// linear runs the prompts.
func linear(ctx context.Context, o Options) (int, error) {
	p := &prompt{o: o, in: bufio.NewReader(o.In), out: o.Out, glyph: asciiGlyphs}
	p.glyph.dash = ""
	err := p.targets(ctx)
	if errors.Is(err, errLeft) {
		err = nil
	}
	if err == nil {
		err = p.err
	}
	return 0, err
}

func (p *prompt) say(format string, args ...any) {
	if _, err := fmt.Fprintf(p.out, format+"\n", args...); err != nil && p.err == nil {
		p.err = err
	}
}

// ask reads one line.
func (p *prompt) ask(question string) (string, error) {
	if _, err := fmt.Fprint(p.out, question+": "); err != nil {
		return "", err
	}
	text, err := p.in.ReadString('\n')
	text = strings.TrimRight(text, "\r\n")
	if err != nil && text == "" {
		p.say("")
		return "", errLeft
	}
	return strings.TrimSpace(text), nil
}

// number reads a choice of 1 to n; 0 stands for leaving the choice.
func (p *prompt) number(question string, n int) (int, error) {
	for {
		text, err := p.ask(question)
		if err != nil {
			return 0, err
		}
		switch text {
		case "q", "quit":
			return 0, errLeft
		case "", "b", "back":
			return 0, nil
		}
		if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= n {
			return i, nil
		}
		p.say("%q is none of 1 to %d.", show(text), n)
	}
}

// targets offers the choices, or goes on with the only target.
func (p *prompt) targets(ctx context.Context) error {
	if p.o.Load != nil || p.o.Choose == nil {
		return p.reading(ctx, p.o.Load, p.o.What, p.o.Command, p.o.RequestCommand)
	}
	choices, err := p.o.Choose(ctx)
	if err != nil {
		return err
	}
	for {
		p.say("%s:", count(len(choices), "API"))
		for i, c := range choices {
			p.say("%d. %s, %s", i+1, show(c.Name), show(c.Detail))
		}
		i, err := p.number(fmt.Sprintf("Number of the API, 1 to %d, or q to quit", len(choices)), len(choices))
		if err != nil || i == 0 {
			return err
		}
		c := choices[i-1]
		if err := p.reading(ctx, c.Load, c.Name, c.Command, ""); err != nil {
			return err
		}
	}
}

// reading offers a target, anew each time that a fix was applied to it.
func (p *prompt) reading(ctx context.Context, load Load, what, command, requestCommand string) error {
	for {
		if err := p.target(ctx, load, what, command, requestCommand); !errors.Is(err, errAgain) {
			return err
		}
	}
}

// target reads one target and offers its methods.
func (p *prompt) target(ctx context.Context, load Load, what, command, requestCommand string) error {
	if load == nil {
		return errNothing
	}
	p.say("Reading %s.", show(what))
	events := newFeed()
	o := p.o
	o.Command, o.RequestCommand = command, requestCommand
	result := make(chan loadedMsg, 1)
	go func() { result <- read(ctx, &o, load, 0, events)().(loadedMsg) }()
	var l loading
	for list := events.next(); len(list) > 0; list = events.next() {
		for _, e := range list {
			if l.add(e); e.Ended && l.done%10 == 0 {
				p.say("%d of %d calls.", l.done, l.total)
			}
		}
	}
	msg := <-result
	if msg.err != nil {
		return msg.err
	}
	if s := l.summary(msg.took); s != "" {
		p.say("%s.", s)
	}
	for _, e := range l.refused {
		p.say("Refused: %s, %s: %s", show(e.Call), show(e.Subject), show(e.Err.Error()))
	}
	var list []*diagnose.Diagnosis
	for i := range msg.shell.Diagnoses {
		list = append(list, examine(msg.snap, msg.shell.Diagnoses[i].Trace.Request, o.Rules))
	}
	o.Request, o.Selection = msg.request, msg.selection
	return p.methods(ctx, &o, msg.snap, &msg.shell, list)
}

func (p *prompt) methods(ctx context.Context, o *Options, s *snapshot.Snapshot, shell *diagnose.Examination, list []*diagnose.Diagnosis) error {
	w := report.NewWords(s)
	if len(list) == 0 {
		p.say("No method is known to lead to SQS.")
		for _, g := range shell.Unlisted {
			p.say("Not read: %s (%s)", show(w.Show(g.Detail)), g.Reason)
		}
		return nil
	}
	for {
		if len(list) == 1 {
			return p.walk(ctx, o, s, list[0], 1)
		}
		p.say("%s to SQS:", count(len(list), "method"))
		for i, d := range list {
			word, _ := verdictWord(d.Verdict)
			p.say("%d. %s: %s, %s", i+1, spoken(w, d.Trace), strings.ToLower(word), outcome(&d.Predicted))
		}
		i, err := p.number(fmt.Sprintf("Number of the method, 1 to %d, or q to quit", len(list)), len(list))
		if err != nil || i == 0 {
			return err
		}
		if err := p.walk(ctx, o, s, list[i-1], len(list)); err != nil {
			return err
		}
	}
}
