package manpage

import (
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// hostile are lines that roff obeys, drops or prints as something else when
// they are not escaped.
var hostile = []string{
	`.TH EVIL 1`, `.`, `..`, `'br`, `'\" t`, `.so /etc/passwd`, `\fBbold\fR \(dq \*(lq \n(.g \s0 \c`, `back\\slash\`, `--a-flag -x - --`,
	"`code` and 'quotes' and \"more\"", `a^b ~/file`, `%s %% %d`, `{a,b} $HOME #1 @x`, "…—é漢🙂", "x\ttab", `"`, `""`,
}

func TestHostileText(t *testing.T) {
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "prog [flags]", Short: "Do .a thing", Run: run, Example: "  " + strings.Join(hostile, "\n  ")}
	sub := &cobra.Command{Use: `sub 'A' "B" \fB`, Short: "x", Run: run, Long: strings.Join(hostile, "\n"), Example: "  prog sub"}
	sub.Flags().String("odd", `de"fault\`, "`.WORD` of it\\fB")
	topic := &cobra.Command{Use: "topic", Short: "x", Long: "  " + strings.Join(hostile, "  .means\n  ") + "  x"}
	root.AddCommand(sub, topic)
	page := string(Write(root, Page{Version: `1.0 "quoted"`, Description: strings.Join(hostile, "\n\n"), SeeAlso: []string{hostile[0]}}))

	checkRequests(t, page)
	if strings.Count(page, "\n.TH ") != 1 {
		t.Error("the text has made a heading of its own")
	}
	read := plain(t, page)
	for _, line := range hostile {
		want := strings.TrimSpace(strings.ReplaceAll(line, "\t", "    "))
		if n := countLines(read, want); n < 3 {
			t.Errorf("%q stands in the page %d times, want at least 3", line, n)
		}
	}
}

func countLines(text, want string) (n int) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == want {
			n++
		}
	}
	return n
}

// requests are those that a page is made of.
var requests = []string{"nr", "TH", "SH", "SS", "PP", "TP", "RS", "RE", "EX", "EE", "nf", "fi"}

// checkRequests wants ASCII, and no request that the text has smuggled in.
func checkRequests(t *testing.T, page string) {
	t.Helper()
	for line := range strings.Lines(page) {
		for _, c := range line {
			if c > '~' || c < ' ' && c != '\n' {
				t.Errorf("%q has %q", line, c)
			}
		}
		if strings.HasPrefix(line, "'") {
			t.Errorf("%q is a request", line)
		}
		request, isOne := strings.CutPrefix(line, ".")
		if name, _, _ := strings.Cut(strings.TrimSpace(request), " "); isOne && !slices.Contains(requests, name) {
			t.Errorf("%q is a request", line)
		}
	}
}

var escapes = regexp.MustCompile(`\\(?:e|-|&|f[BIR]|\(..|\[u[0-9A-F]+\]|.)`)

// plain is the text of a page as it reads, its requests left out.
func plain(t *testing.T, page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, ".") {
			continue
		}
		b.WriteString(escapes.ReplaceAllStringFunc(line, func(s string) string {
			if c, ok := map[string]string{`\e`: `\`, `\-`: `-`, `\(aq`: `'`, `\(ga`: "`", `\(ha`: `^`, `\(ti`: `~`, `\(dq`: `"`,
				`\&`: "", `\fB`: "", `\fI`: "", `\fR`: ""}[s]; ok {
				return c
			}
			code, err := strconv.ParseUint(strings.Trim(s, `\[u]`), 16, 32)
			if err != nil {
				t.Errorf("%q has %q", line, s)
			}
			return string(rune(code))
		}))
	}
	return b.String()
}

// What people read is what the help says.
func TestPageAsRead(t *testing.T) {
	for _, reader := range [][]string{{"mandoc", "-Tutf8"}, {"groff", "-man", "-Tutf8", "-P-cbou", "-ww"}} {
		t.Run(reader[0], func(t *testing.T) {
			if _, err := exec.LookPath(reader[0]); err != nil {
				t.Skipf("%s is not installed", reader[0])
			}
			root := &cobra.Command{Use: "prog", Short: "x", Run: func(*cobra.Command, []string) {}, Example: "  " + strings.Join(hostile[:14], "\n  ")}
			cmd := exec.Command(reader[0], reader[1:]...)
			cmd.Stdin = strings.NewReader(string(Write(root, Page{Version: "1", Description: "x"})))
			var complaints strings.Builder
			cmd.Stderr = &complaints
			out, err := cmd.Output()
			if err != nil || complaints.Len() > 0 {
				t.Errorf("%v %s", err, complaints.String())
			}
			read := regexp.MustCompile(".\b").ReplaceAllString(string(out), "") // bold and underlined
			for _, line := range hostile[:13] {
				if countLines(read, strings.TrimSpace(line)) != 1 {
					t.Errorf("no line %q in\n%s", line, read)
				}
			}
		})
	}
}

func TestProse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"paragraphs", "one\ntwo\n\n\nthree", ".SH \"X\"\none\ntwo\n.PP\nthree\n"},
		{"lines as they are", "see:\n\n  a b\n    c", ".SH \"X\"\nsee:\n.PP\n.RS \"4\"\n.EX\na b\n  c\n.EE\n.RE\n"},
		{"a list", "see:\n  0  fine,\n     really\n  A_NAME\n      is long", ".SH \"X\"\nsee:\n.TP\n\\fB0\\fR\nfine,\nreally\n.TP\n\\fBA_NAME\\fR\nis long\n"},
		{"no list: a word alone", "  0  fine\n  x", ".SH \"X\"\n.RS \"4\"\n.EX\n0  fine\nx\n.EE\n.RE\n"},
		{"no list: something between", "  a:\n    - b  # c", ".SH \"X\"\n.RS \"4\"\n.EX\na:\n  \\- b  # c\n.EE\n.RE\n"},
		{"nothing", "\n \n", ".SH \"X\"\n"},
	} {
		var r roff
		r.macro("SH", "X")
		r.prose(c.text)
		if got := r.String(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add(strings.Join(hostile, "\n"), strings.Join(hostile, "  "))
	f.Add("  a  b\n      c\n\n\n d", "\r\n.x")
	f.Fuzz(func(t *testing.T, long, short string) {
		root := &cobra.Command{Use: "prog", Short: short, Run: func(*cobra.Command, []string) {}, Example: long}
		root.AddCommand(&cobra.Command{Use: "topic", Long: long})
		page := string(Write(root, Page{Version: short, Description: long, SeeAlso: []string{short}}))
		checkRequests(t, page)
		plain(t, page)
	})
}
