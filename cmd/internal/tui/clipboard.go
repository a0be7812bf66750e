package tui

import (
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
)

// longestCopy is what terminals take in one OSC 52 sequence, in bytes before
// encoding; xterm and others cut or drop a longer one.
const longestCopy = 74_000

// copyText puts text into the clipboard: by asking the terminal for it, which
// works over ssh too, and by the program for it where there is a desktop.
func copyText(out io.Writer, env func(string) string, text string) error {
	direct := system(env, text)
	if len(text) > longestCopy {
		if direct {
			return nil
		}
		return fmt.Errorf("it is too long for the terminal's clipboard (%s)", count(len(text), "byte"))
	}
	list := []osc52.Sequence{osc52.New(text)}
	switch {
	case env("TMUX") != "": // tmux takes the plain one itself, or hands on the wrapped one, as it is set up
		list = append(list, osc52.New(text).Tmux())
	case env("STY") != "":
		list = []osc52.Sequence{osc52.New(text).Screen()}
	}
	for _, s := range list {
		if _, err := io.WriteString(out, s.String()); err != nil {
			return err
		}
	}
	return nil
}

// system hands text to the desktop's program for the clipboard, if there is one.
func system(env func(string) string, text string) bool {
	candidates := [][]string{{"pbcopy"}, {"clip.exe"}}
	if env("SSH_CONNECTION") != "" {
		return false // the desktop is elsewhere
	}
	if env("DISPLAY") != "" {
		candidates = append([][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}, candidates...)
	}
	if env("WAYLAND_DISPLAY") != "" {
		candidates = append([][]string{{"wl-copy"}}, candidates...)
	}
	for _, c := range candidates {
		program, err := exec.LookPath(c[0])
		if err != nil {
			continue
		}
		cmd := exec.Command(program, c[1:]...)
		cmd.Stdin = strings.NewReader(text)
		if cmd.Run() == nil {
			return true
		}
	}
	return false
}
