package terraform

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// functions are those of one reading: those of the table, and those that read files
// inside the boundary.
func (ev *evaluator) functions() map[string]function.Function {
	if ev.table != nil {
		return ev.table
	}
	all := maps.Clone(functions().table)
	contents := map[string]func([]byte) (string, error){"file": func(b []byte) (string, error) {
		if !isText(b) {
			return "", errors.New("the file is no text in UTF-8")
		}
		return string(b), nil
	}}
	encoded := func(f func([]byte) string) func([]byte) (string, error) {
		return func(b []byte) (string, error) { return f(b), nil }
	}
	contents["filebase64"] = encoded(base64.StdEncoding.EncodeToString)
	for name, digest := range digests {
		contents["file"+name] = encoded(digest)
	}
	for name, f := range contents {
		all[name] = ev.fileFunc(func(file string) (cty.Value, error) {
			b, err := ev.files.read(ev.path(file))
			if v, ok := ev.outside(file, err); ok {
				return v, nil
			}
			if err != nil {
				return cty.NilVal, fmt.Errorf("%s: %w", file, err)
			}
			text, err := f(b)
			if err != nil {
				return cty.NilVal, fmt.Errorf("%s: %w", file, err)
			}
			return cty.StringVal(text), nil
		})
	}
	all["fileexists"] = ev.fileFunc(func(file string) (cty.Value, error) {
		_, err := ev.files.read(ev.path(file))
		if v, ok := ev.outside(file, err); ok {
			return v, nil
		}
		return cty.BoolVal(err == nil), nil
	})
	all["fileset"] = wrap([]function.Parameter{stringParam("path"), stringParam("pattern")}, nil, ev.fileSet)
	all["templatefile"] = wrap([]function.Parameter{stringParam("path"), anyParam("vars")}, nil, func(args []cty.Value) (cty.Value, error) {
		file, ok := plainText(args[0])
		if !ok || holed(file) {
			return cty.DynamicVal, nil
		}
		text, err := ev.files.read(ev.path(file))
		if v, ok := ev.outside(file, err); ok {
			return v, nil
		}
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", file, err)
		}
		ev.sources[ev.path(file)] = text
		return ev.render(string(text), ev.path(file), args[1])
	})
	all["templatestring"] = wrap([]function.Parameter{stringParam("template"), anyParam("vars")}, nil, func(args []cty.Value) (cty.Value, error) {
		text, ok := plainText(args[0])
		if !ok {
			return cty.DynamicVal, nil
		}
		return ev.render(text, "", args[1])
	})
	all["sensitive"] = free(1, func([]cty.Value) (cty.Value, error) { return cty.DynamicVal, nil })
	ev.table = all
	return all
}

// path is a file as it is opened: Terraform runs in the folder of the root module.
func (ev *evaluator) path(file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(ev.root, filepath.FromSlash(file))
}

// outside is the value of a file that is not read.
func (ev *evaluator) outside(file string, err error) (cty.Value, bool) {
	var out errOutside
	if !errors.As(err, &out) {
		return cty.NilVal, false
	}
	h := ev.holes.get(hole{id: "file " + file, expression: fmt.Sprintf("file(%q)", file), detail: file + ": " + out.Error()})
	return h.any(), true
}

func (ev *evaluator) fileFunc(f func(string) (cty.Value, error)) function.Function {
	return wrap([]function.Parameter{stringParam("path")}, nil, func(args []cty.Value) (cty.Value, error) {
		file, ok := plainText(args[0])
		if !ok || holed(file) {
			return cty.DynamicVal, nil
		}
		return f(file)
	})
}

// fileSet lists the files below a folder that fit a pattern.
func (ev *evaluator) fileSet(args []cty.Value) (cty.Value, error) {
	dir, known := plainText(args[0])
	pattern, ok := plainText(args[1])
	if !known || !ok || holed(dir) || holed(pattern) {
		return cty.DynamicVal, nil
	}
	at, err := real(ev.path(dir))
	if err != nil {
		return cty.SetValEmpty(cty.String), nil
	}
	if !within(ev.files.boundary, at) || ev.files.within.Check(at) != nil {
		v, _ := ev.outside(dir, errOutside{ev.files.boundary})
		return v, nil
	}
	fits, err := globPattern(pattern)
	if err != nil {
		return cty.NilVal, err
	}
	found := []cty.Value{}
	err = filepath.WalkDir(at, func(file string, e os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, _ := filepath.Rel(at, file)
		if rel = filepath.ToSlash(rel); e.Type().IsRegular() && fits.MatchString(rel) {
			found = append(found, cty.StringVal(rel))
		}
		if len(found) > maxInstances {
			return errors.New("more files fit than can be listed")
		}
		return nil
	})
	if err != nil {
		return cty.NilVal, err
	}
	if len(found) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(found), nil
}

// globPattern is a pattern of files as a regular expression: * within a name, **
// over folders, {a,b} for either.
func globPattern(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	alternatives := 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '{':
			b.WriteString("(?:")
			alternatives++
		case c == '}' && alternatives > 0:
			b.WriteString(")")
			alternatives--
		case c == ',' && alternatives > 0:
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.Compile(b.String() + "$")
}

// render evaluates a template with the variables of a map.
func (ev *evaluator) render(text, file string, vars cty.Value) (cty.Value, error) {
	vars, _ = vars.Unmark()
	if !vars.IsKnown() {
		return cty.DynamicVal, nil
	}
	if vars.IsNull() || !vars.Type().IsMapType() && !vars.Type().IsObjectType() {
		return cty.NilVal, errors.New("the variables of a template are a map")
	}
	e, ok := ev.templates[file]
	if !ok || file == "" {
		parsed, diags := hclsyntax.ParseTemplate([]byte(text), file, hcl.InitialPos)
		if err := firstError(diags); err != nil {
			return cty.NilVal, err
		}
		e = rewrite(parsed)
		ev.templates[file] = e
	}
	values := map[string]cty.Value{}
	for k, v := range vars.Elements() {
		values[k.AsString()] = v
	}
	v, diags := e.Value((&frame{ev: ev}).context(values))
	if err := firstError(diags); err != nil {
		return cty.NilVal, err
	}
	return v, nil
}
