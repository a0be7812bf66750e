// Package shelltest runs what is written for a POSIX shell, with nothing of it
// reaching the machine: no program is started.
package shelltest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Call is a program that would have been started.
type Call struct {
	Words []string
	Files map[string]string // that its words name with file:// or @, by that word
}

// Run runs lines in a folder, each moved to the right as a report does, and gives
// the calls. A variable that is not among those given is an error.
func Run(dir string, lines []string, variables map[string]string) ([]Call, error) {
	script := "              " + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n              ")
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, script)
	}
	var environment []string
	for name, value := range variables {
		environment = append(environment, name+"="+value)
	}
	var calls []Call
	capture := func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
		return func(_ context.Context, words []string) error {
			call := Call{Words: words, Files: map[string]string{}}
			for _, w := range words {
				name, isFile := strings.CutPrefix(w, "file://")
				if !isFile {
					name = strings.TrimPrefix(w, "@")
				}
				if strings.HasSuffix(name, ".json") || isFile || w == "@body.txt" {
					text, err := os.ReadFile(filepath.Join(dir, filepath.Base(name)))
					if err == nil {
						call.Files[w] = string(text)
					} else if isFile {
						return err
					}
				}
			}
			calls = append(calls, call)
			return nil
		}
	}
	runner, err := interp.New(interp.Dir(dir), interp.Env(expand.ListEnviron(environment...)), interp.Params("-eu"), interp.ExecHandlers(capture))
	if err != nil {
		return nil, err
	}
	if err := runner.Run(context.Background(), file); err != nil {
		return calls, fmt.Errorf("%w from\n%s", err, script)
	}
	return calls, nil
}

// Variables gives each variable that lines mention a value of its own.
func Variables(lines []string) map[string]string {
	out := map[string]string{}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(strings.Join(lines, "\n")), "")
	if err != nil {
		return out
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.ParamExp); ok {
			out[p.Param.Value] = "VALUE-OF-" + p.Param.Value
		}
		return true
	})
	return out
}
