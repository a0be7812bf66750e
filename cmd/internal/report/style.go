package report

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"apisqs-doctor/diagnose"
)

// style colours words with the 16 colours that the reader's theme decides on.
// Colour only repeats what a word says already, and what is good is not green, which
// many readers cannot tell from red.
type style struct {
	bold, dim, good, bad, warn, doubt lipgloss.Style
}

func newStyle(color bool) style {
	profile := termenv.Ascii
	if color {
		profile = termenv.ANSI
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	fg := func(code string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(code)).Bold(true) }
	return style{bold: r.NewStyle().Bold(true), dim: r.NewStyle().Faint(true), good: fg("6"), bad: fg("1"), warn: fg("3"), doubt: fg("5")}
}

func (s style) verdict(v diagnose.Verdict) lipgloss.Style {
	switch v {
	case diagnose.Broken:
		return s.bad
	case diagnose.AtRisk:
		return s.warn
	case diagnose.Healthy:
		return s.good
	}
	return s.doubt
}

func (s style) severity(v diagnose.Severity) lipgloss.Style {
	switch v {
	case diagnose.Error:
		return s.bad
	case diagnose.Warning:
		return s.warn
	}
	return s.bold
}
