package terraform

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-cty-funcs/cidr"

	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"apisqs-doctor/diagnose/text/lazy"
)

// kind says what a function does to a text with a stand-in in it.
type kind int

const (
	takesApart kind = iota // the result is a hole of its own
	moves                  // hands values on as they are; the texts in them stay whole
	carries                // builds a text around its arguments: unknown ones leave their stand-ins
)

// functionSet are the functions of the language that can be told before apply.
type functionSet struct {
	kinds map[string]kind
	table map[string]function.Function // without those that read files, which are the evaluator's
}

// impureFunctions give another value on every apply.
var impureFunctions = map[string]string{
	"timestamp": "gives the time of the apply", "plantimestamp": "gives the time of the plan", "uuid": "gives another value on each apply",
	"bcrypt": "gives another value on each apply", "rsadecrypt": "decrypts a secret",
}

var functions = sync.OnceValue(func() *functionSet {
	set := &functionSet{map[string]kind{}, map[string]function.Function{}}
	define := func(k kind, list map[string]function.Function) {
		for name, f := range list {
			set.kinds[name], set.table[name] = k, guard(name, k, f)
		}
	}
	define(moves, map[string]function.Function{
		"chunklist": stdlib.ChunklistFunc, "coalescelist": stdlib.CoalesceListFunc, "concat": stdlib.ConcatFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
		"keys": stdlib.KeysFunc, "merge": stdlib.MergeFunc, "reverse": stdlib.ReverseListFunc, "setproduct": stdlib.SetProductFunc, "slice": stdlib.SliceFunc, "values": stdlib.ValuesFunc,
		"zipmap": stdlib.ZipmapFunc, "compact": stdlib.CompactFunc, "distinct": stdlib.DistinctFunc, "length": lengthFunc, "one": oneFunc, "range": stdlib.RangeFunc,
		"list": listFunc, "map": mapFunc, "matchkeys": matchkeysFunc, "transpose": transposeFunc, "csvdecode": stdlib.CSVDecodeFunc,
		"jsondecode": stdlib.JSONDecodeFunc, "yamldecode": ctyyaml.YAMLDecodeFunc,
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": stdlib.MakeToFunc(cty.String), "tonumber": stdlib.MakeToFunc(cty.Number), "tobool": stdlib.MakeToFunc(cty.Bool),
		"issensitive": isSensitiveFunc, "try": tryFunc, "can": tryfunc.CanFunc, "nonsensitive": sameFunc, "ephemeralasnull": sameFunc, "lookup": lookupFunc,
	})
	define(carries, map[string]function.Function{
		"format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc, "join": stdlib.JoinFunc, "jsonencode": stdlib.JSONEncodeFunc, "yamlencode": ctyyaml.YAMLEncodeFunc,
		"chomp": stdlib.ChompFunc, "indent": stdlib.IndentFunc, "trimspace": stdlib.TrimSpaceFunc,
	})
	define(takesApart, map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "log": stdlib.LogFunc, "max": stdlib.MaxFunc, "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc,
		"pow": stdlib.PowFunc, "signum": stdlib.SignumFunc, "sum": sumFunc, "alltrue": allFunc(true), "anytrue": allFunc(false), "coalesce": coalesceFunc,
		"contains": containsFunc, "index": indexFunc, "sort": stdlib.SortFunc, "setintersection": stdlib.SetIntersectionFunc, "setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc,
		"formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc, "timecmp": timecmpFunc,
		"lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc, "title": stdlib.TitleFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "replace": replaceFunc, "split": stdlib.SplitFunc,
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"startswith": textTest(strings.HasPrefix), "endswith": textTest(strings.HasSuffix), "strcontains": textTest(strings.Contains),
		"basename": textFunc(filepath.Base), "dirname": textFunc(filepath.Dir), "abspath": textFunc(path.Clean), "pathexpand": textFunc(func(s string) string { return s }),
		"base64encode": encoding.Base64EncodeFunc, "base64decode": encoding.Base64DecodeFunc, "urlencode": encoding.URLEncodeFunc, "base64gzip": textFunc(gzipped),
		"cidrhost": cidr.HostFunc, "cidrnetmask": cidr.NetmaskFunc, "cidrsubnet": cidr.SubnetFunc, "cidrsubnets": cidr.SubnetsFunc,
	})
	define(takesApart, encodingFunctions)
	for name, digest := range digests {
		define(takesApart, map[string]function.Function{name: textFunc(func(s string) string { return digest([]byte(s)) })})
	}
	for _, name := range []string{"file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5", "fileset", "filesha1", "filesha256", "filesha512"} {
		set.kinds[name] = moves
	}
	set.kinds["templatefile"], set.kinds["templatestring"], set.kinds["sensitive"] = moves, moves, moves
	return set
})

// guard keeps the promise of the kind. It calls f with plain arguments.
func guard(name string, k kind, f function.Function) function.Function {
	for _, p := range f.Params() {
		if customdecode.CustomExpressionDecoderForType(p.Type) != nil {
			return f
		}
	}
	if p := f.VarParam(); p != nil && customdecode.CustomExpressionDecoderForType(p.Type) != nil {
		return f
	}
	return wrap(f.Params(), f.VarParam(), func(args []cty.Value) (cty.Value, error) {
		switch {
		case k == carries && (name != "format" && name != "formatlist" || plainVerbs(args)):
			for i := range args {
				args[i] = textual(args[i])
			}
		case k != moves:
			for _, a := range args {
				if marked(a) {
					return cty.DynamicVal, nil
				}
			}
		}
		return f.Call(args)
	})
}

// wrap makes a function that sees its arguments as they are.
func wrap(params []function.Parameter, rest *function.Parameter, impl func([]cty.Value) (cty.Value, error)) function.Function {
	open := func(p function.Parameter) function.Parameter {
		p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
		return p
	}
	spec := &function.Spec{Type: function.StaticReturnType(cty.DynamicPseudoType), Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return impl(append([]cty.Value(nil), args...))
	}}
	for _, p := range params {
		spec.Params = append(spec.Params, open(p))
	}
	if rest != nil {
		p := open(*rest)
		spec.VarParam = &p
	}
	return function.New(spec)
}

var verb = lazy.Regexp(`%[^%]`)

// plainVerbs tells whether a format puts its arguments in as they are.
func plainVerbs(args []cty.Value) bool {
	if len(args) == 0 {
		return true
	}
	text, ok := plainText(args[0])
	for _, v := range verb.FindAllString(strings.ReplaceAll(text, "%%", ""), -1) {
		if v != "%s" && v != "%v" {
			return false
		}
	}
	return ok
}

func stringParam(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.String}
}

func anyParam(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true, AllowNull: true}
}

// ofTexts is a function of texts with a result of the type.
func ofTexts(result cty.Type, names []string, f func(texts []string) (cty.Value, error)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(result), Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var texts []string
		for _, a := range args {
			texts = append(texts, a.AsString())
		}
		return f(texts)
	}}
	for _, name := range names {
		spec.Params = append(spec.Params, stringParam(name))
	}
	return function.New(spec)
}

func textFunc(f func(string) string) function.Function {
	return oneText(func(s string) (string, error) { return f(s), nil })
}

func textTest(f func(s, part string) bool) function.Function {
	return ofTexts(cty.Bool, []string{"text", "part"}, func(t []string) (cty.Value, error) { return cty.BoolVal(f(t[0], t[1])), nil })
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// free makes a function of any arguments that looks at them itself.
func free(least int, impl func([]cty.Value) (cty.Value, error)) function.Function {
	rest := anyParam("arguments")
	return wrap(nil, &rest, func(args []cty.Value) (cty.Value, error) {
		if len(args) < least {
			return cty.NilVal, fmt.Errorf("expected at least %d arguments, found %d", least, len(args))
		}
		return impl(args)
	})
}

var sameFunc = free(1, func(args []cty.Value) (cty.Value, error) { return args[0], nil })

// tryFunc gives the first argument that has no error. HCL's own gives an unknown
// value as soon as a part of the argument is unknown.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for _, a := range args {
			if v, diags := customdecode.ExpressionClosureFromVal(a).Value(); !diags.HasErrors() {
				return v, nil
			}
		}
		return cty.NilVal, errors.New("no argument of try has a value")
	},
})

// isSensitiveFunc tells of a value that is known that it is not sensitive: what is, is
// not looked at (I36).
var isSensitiveFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	if args[0].IsNull() || !args[0].IsWhollyKnown() || marked(args[0]) {
		return cty.DynamicVal, nil
	}
	return cty.False, nil
})

var lengthFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	v, _ := args[0].Unmark()
	switch {
	case v.Type() == cty.String && v.IsKnown() && !v.IsNull():
		if holed(v.AsString()) {
			return cty.DynamicVal, nil
		}
		return stdlib.Strlen(v)
	case !v.IsKnown() || v.Type() == cty.String:
		return cty.UnknownVal(cty.Number), nil
	}
	if v.IsNull() || !v.CanIterateElements() {
		return cty.NilVal, errors.New("expected a list, a map or text")
	}
	return v.Length(), nil
})

var oneFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	v, _ := args[0].Unmark()
	if !v.IsKnown() {
		return cty.DynamicVal, nil
	}
	if v.IsNull() || !v.CanIterateElements() {
		return cty.NilVal, errors.New("expected a list, a set or a tuple")
	}
	switch v.LengthInt() {
	case 0:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case 1:
		for _, e := range v.Elements() {
			return e, nil
		}
	}
	return cty.NilVal, errors.New("expected one element or none")
})

var lookupFunc = free(2, func(args []cty.Value) (cty.Value, error) {
	m, _ := args[0].Unmark()
	key, known := plainText(args[1])
	if !m.IsKnown() || !known || holed(key) {
		return cty.DynamicVal, nil
	}
	if m.IsNull() || !m.Type().IsMapType() && !m.Type().IsObjectType() {
		return cty.NilVal, errors.New("expected a map")
	}
	for k, v := range m.Elements() {
		if k.AsString() == key {
			return v, nil
		}
	}
	if len(args) < 3 {
		return cty.NilVal, fmt.Errorf("the map has no element %q", key)
	}
	return args[2], nil
})

var listFunc = free(0, func(args []cty.Value) (cty.Value, error) { return cty.TupleVal(args), nil })

var mapFunc = free(0, func(args []cty.Value) (cty.Value, error) {
	if len(args)%2 != 0 {
		return cty.NilVal, errors.New("expected a value for each key")
	}
	m := map[string]cty.Value{}
	for i := 0; i < len(args); i += 2 {
		key, ok := plainText(args[i])
		if !ok {
			return cty.DynamicVal, nil
		}
		m[key] = args[i+1]
	}
	return cty.ObjectVal(m), nil
})

var matchkeysFunc = free(3, func(args []cty.Value) (cty.Value, error) {
	for _, a := range args {
		if !a.IsWhollyKnown() || marked(a) {
			return cty.DynamicVal, nil
		}
		if a.IsNull() || !a.CanIterateElements() {
			return cty.NilVal, errors.New("expected three lists")
		}
	}
	values, keys, search := args[0].AsValueSlice(), args[1].AsValueSlice(), args[2].AsValueSlice()
	if len(values) != len(keys) {
		return cty.NilVal, errors.New("expected as many keys as values")
	}
	found := []cty.Value{}
	for i, k := range keys {
		for _, s := range search {
			if equal(k, s) == yes {
				found = append(found, values[i])
				break
			}
		}
	}
	return cty.TupleVal(found), nil
})

var transposeFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	if !args[0].IsWhollyKnown() || marked(args[0]) {
		return cty.DynamicVal, nil
	}
	m, err := convert.Convert(args[0], cty.Map(cty.List(cty.String)))
	if err != nil {
		return cty.NilVal, err
	}
	out := map[string][]cty.Value{}
	if m.IsNull() {
		return cty.NilVal, errors.New("expected a map of lists")
	}
	for k, list := range m.Elements() {
		if list.IsNull() {
			return cty.NilVal, errors.New("expected a map of lists")
		}
		for _, s := range list.AsValueSlice() {
			if text, ok := plainText(s); ok {
				out[text] = append(out[text], k)
			}
		}
	}
	lists := map[string]cty.Value{}
	for k, l := range out {
		lists[k] = cty.ListVal(l)
	}
	if len(lists) == 0 {
		return cty.MapValEmpty(cty.List(cty.String)), nil
	}
	return cty.MapVal(lists), nil
})

var sumFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	if !args[0].IsWhollyKnown() {
		return cty.UnknownVal(cty.Number), nil
	}
	if args[0].IsNull() || !args[0].CanIterateElements() || args[0].LengthInt() == 0 {
		return cty.NilVal, errors.New("expected a list of numbers")
	}
	total := cty.Zero
	for _, e := range args[0].Elements() {
		n, err := convert.Convert(e, cty.Number)
		if err != nil || n.IsNull() {
			return cty.NilVal, errors.New("expected a list of numbers")
		}
		total = total.Add(n)
	}
	return total, nil
})

// allFunc is alltrue, and anytrue for false.
func allFunc(all bool) function.Function {
	return free(1, func(args []cty.Value) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.Bool), nil
		}
		if args[0].IsNull() || !args[0].CanIterateElements() {
			return cty.NilVal, errors.New("expected a list of booleans")
		}
		for _, e := range args[0].Elements() {
			b, err := convert.Convert(e, cty.Bool)
			if err != nil {
				return cty.NilVal, errors.New("expected a list of booleans")
			}
			if isTrue := !b.IsNull() && b.True(); isTrue != all {
				return cty.BoolVal(!all), nil
			}
		}
		return cty.BoolVal(all), nil
	})
}

// coalesceFunc gives the first argument that is neither null nor empty.
var coalesceFunc = free(1, func(args []cty.Value) (cty.Value, error) {
	for _, a := range args {
		v, _ := a.Unmark()
		if !v.IsKnown() {
			return cty.DynamicVal, nil
		}
		if s, ok := plainText(v); v.IsNull() || ok && s == "" {
			continue
		}
		return a, nil
	}
	return cty.NilVal, errors.New("no argument of coalesce has a value")
})

var containsFunc = free(2, func(args []cty.Value) (cty.Value, error) {
	i, truth, err := position(args[0], args[1])
	if err != nil || truth == maybe {
		return cty.UnknownVal(cty.Bool), err
	}
	return cty.BoolVal(i >= 0), nil
})

var indexFunc = free(2, func(args []cty.Value) (cty.Value, error) {
	i, truth, err := position(args[0], args[1])
	switch {
	case err != nil || truth == maybe:
		return cty.UnknownVal(cty.Number), err
	case i < 0:
		return cty.NilVal, errors.New("the list has no such element")
	}
	return cty.NumberIntVal(int64(i)), nil
})

// position is the place of a value in a list, -1 when it is not there.
func position(list, want cty.Value) (int, truth, error) {
	list, _ = list.Unmark()
	if !list.IsKnown() {
		return -1, maybe, nil
	}
	if list.IsNull() || !list.CanIterateElements() {
		return -1, no, errors.New("expected a list")
	}
	n := 0
	for _, e := range list.Elements() {
		switch equal(e, want) {
		case yes:
			return n, yes, nil
		case maybe:
			return -1, maybe, nil
		}
		n++
	}
	return -1, no, nil
}

// replaceFunc replaces a text, or what a regular expression between slashes fits.
var replaceFunc = ofTexts(cty.String, []string{"text", "search", "replacement"}, func(texts []string) (cty.Value, error) {
	text, search, with := texts[0], texts[1], texts[2]
	if len(search) > 1 && search[0] == '/' && search[len(search)-1] == '/' {
		re, err := regexp.Compile(search[1 : len(search)-1])
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(re.ReplaceAllString(text, with)), nil
	}
	return cty.StringVal(strings.ReplaceAll(text, search, with)), nil
})

var timecmpFunc = ofTexts(cty.Number, []string{"a", "b"}, func(texts []string) (cty.Value, error) {
	a, err := time.Parse(time.RFC3339, texts[0])
	if err != nil {
		return cty.NilVal, err
	}
	b, err := time.Parse(time.RFC3339, texts[1])
	if err != nil {
		return cty.NilVal, err
	}
	return cty.NumberIntVal(int64(a.Compare(b))), nil
})
