package tui

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// theme is how roles look: the 16 colours that the reader's terminal decides
// on, or none. A colour only repeats what a word or a mark says.
type theme struct {
	color  bool
	styles [roles]lipgloss.Style
	glyphs glyphs
}

// glyphs are the marks, of Unicode or of ASCII.
type glyphs struct {
	pass, fail, open, skip, warn string // of a stage
	chosen, flow, down           string
	bar, dash, more, arrow       string
	spin                         []string
}

var unicodeGlyphs = glyphs{"●", "✗", "?", "┆", "!", "▸", "│", "▼", "│", "─", "…", "→", []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}}
var asciiGlyphs = glyphs{"o", "x", "?", ":", "!", ">", "|", "v", "|", "-", "...", "->", []string{"|", "/", "-", `\`}}

// newTheme makes the theme of a terminal with a light or a dark background.
func newTheme(color, dark, ascii bool) theme {
	t := theme{color: color, glyphs: unicodeGlyphs}
	if ascii {
		t.glyphs = asciiGlyphs
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if color {
		r.SetColorProfile(termenv.ANSI)
	}
	r.SetHasDarkBackground(dark)
	fg := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	t.styles = [roles]lipgloss.Style{
		plain:  r.NewStyle(),
		strong: r.NewStyle().Bold(true),
		dim:    r.NewStyle().Faint(true),
		good:   fg("6", "14"), // not green, which many cannot tell from red
		bad:    fg("1", "9").Bold(true),
		warn:   fg("3", "11").Bold(true),
		doubt:  fg("5", "13").Bold(true),
		accent: fg("4", "12").Bold(true),
		client: r.NewStyle().Underline(true),
		found:  r.NewStyle().Reverse(true),
	}
	return t
}

// paint renders a line for the terminal.
func (t *theme) paint(b *strings.Builder, l line) {
	for _, s := range l {
		if !t.color || s.role == plain || strings.TrimSpace(s.text) == "" {
			b.WriteString(s.text)
			continue
		}
		b.WriteString(t.styles[s.role].Render(s.text))
	}
}

// asciiOnly tells whether the locale is one in which a terminal is not
// expected to show more than ASCII. An unset locale says nothing.
func asciiOnly(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(env(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return false
}
