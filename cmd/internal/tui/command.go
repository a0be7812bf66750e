package tui

import (
	"strings"

	"apisqs-doctor/diagnose"
)

// command is the command line that gives what the screen shows.
func (m *model) command() string {
	whole, request := m.o.Command, m.o.RequestCommand
	if m.choice >= 0 && m.at != atAPIs {
		whole, request = m.choices[m.choice].Command, ""
	}
	at := m.at
	if at == atHelp {
		at = m.back
	}
	switch at {
	case atWalk, atEdit, atTry, atConfirm:
		return m.walkCommand(at, whole, request)
	case atSave:
		return m.saveCommand(whole, request)
	case atCalls:
		return sub(whole, "logs") + selected(&m.o.Selection)
	case atMethods:
		return whole + selected(&m.o.Selection)
	}
	return whole
}

// selected are the flags that narrow a diagnosis to some methods.
func selected(s *diagnose.Selection) string {
	flags := ""
	if s.Stage != "" {
		flags += " --stage " + quote(s.Stage)
	}
	if call := strings.TrimSpace(s.Method + " " + s.Path); call != "" {
		flags += " --method " + quote(call)
	}
	return flags
}

// walkCommand adds the request to the command line.
func (m *model) walkCommand(at screenName, whole, request string) string {
	base := whole
	if request != "" && (at == atTry || at == atConfirm || m.walk.edited || len(m.entries) > 1) {
		base = request
	}
	only := ""
	switch {
	case at == atTry:
		base, only = sub(base, "fix"), m.trial.only
	case at == atConfirm:
		base, only = sub(base, "fix")+" --apply", m.confirm.only
	}
	if only != "" {
		only = " --only " + only
	}
	switch {
	case m.walk.edited || m.walk.given:
		return base + flags(&m.walk.request) + only
	case request != "" && base == whole:
		return base // the only method there is
	}
	return base + methodFlags(&m.walk.request) + only
}

// saveCommand is the command line that writes the file.
func (m *model) saveCommand(whole, request string) string {
	name := strings.TrimSpace(m.saving.name.text)
	what := savings[m.saving.chosen].what
	switch what {
	case "snapshot":
		if request != "" || strings.Contains(whole, " --snapshot ") {
			return "(this is the only way to save it)"
		}
		return sub(whole, "snapshot") + " > " + quote(name)
	case "request":
		if m.back != atWalk {
			return whole
		}
		base := whole
		if request != "" {
			base = request
		}
		return base + " --request " + quote(name)
	}
	if m.back == atWalk {
		whole = m.walkCommand(atWalk, whole, request)
	} else {
		whole += selected(&m.o.Selection)
	}
	return whole + " -o " + quote(what+"="+name)
}

// sub puts a subcommand behind the program's name.
func sub(command, name string) string {
	program, rest, _ := strings.Cut(command, " ")
	return strings.TrimRight(program+" "+name+" "+rest, " ")
}
