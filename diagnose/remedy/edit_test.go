package remedy

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// paths lists the paths to all nodes of a file, as walk takes them.
func paths(n *yaml.Node, path []string, out *[][]string) {
	if len(*out) > 200 {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := append(append([]string{}, path...), n.Content[i].Value)
			*out = append(*out, at)
			paths(n.Content[i+1], at, out)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			at := append(append([]string{}, path...), "["+string(rune('0'+i%10))+"]")
			if i < 10 {
				*out = append(*out, at)
				paths(item, at, out)
			}
		}
	}
}

var layouts = []string{
	"a: b", "a:\n  b: |\n    c", "a:\n- b: c", "a:\r\n  b: |\r\n    c\r\nd: e", // without a final line end
	"a: 1\nb:\n  c: 'x' # y\n  d: |\n    one\n    two\ne: {f: [1, \"2\", {g: h}], i: }\n",
	"a:\n- b: c\n  d: e\n- f\n-   g: h\n    i: |-\n        deep\n\n\n# end\nz: q w\n  e r\n",
	`{"a": {"b": ["c", {"d": "e\"f"}], "g": null}, "h": "ü"}`,
	"a: !Sub 'x ${Y}'\nb: !If [c, {d: e}, f]\nc:\n  Fn::Sub: z\nd: &x y\ne: *x\n",
	"\ufeffa: b\r\nc:\r\n  - d\r\n  - e: >\r\n      folded\r\n      text\r\n",
	"a:\n  - - b\n    - c\n  - {d: e,\n     f: g}\nh: ''\ni: \"\"\nj:\nk: ~\n",
	"? a\n: b\n", "a: b\n---\nc: d\n", "a: 'it''s'\n\"b\": 'c\n  d'\n", "a: [\n  b, # c ]\n  'd]'\n]\n",
}

// Whatever is set at a place is read there again, and only there; an edit that
// cannot be made is an error and no damage. No input makes it panic.
func FuzzSet(f *testing.F) {
	for _, text := range layouts {
		for _, value := range []string{"ends\n", "two\nlines\n", "x", "it's", "a: b", "two\nlines", "", "${A}", "true", " blank "} {
			f.Add(text, value, 3)
		}
	}
	f.Fuzz(func(t *testing.T, text, value string, pick int) {
		if len(text) > 2000 || strings.ContainsRune(value, '\ufffd') || value != strings.ToValidUTF8(value, "") {
			return
		}
		src, err := parseSource("f", []byte(text))
		if err != nil {
			return
		}
		var all [][]string
		paths(src.root, nil, &all)
		for i, path := range all {
			if i != pick && len(all) > 30 {
				continue
			}
			e := &editor{source: src, words: &wording{vocabulary: &vocabulary{literal: true}}}
			if e.set(path, nil, value) != nil {
				continue
			}
			out, err := e.result()
			if err != nil {
				continue
			}
			again, err := parseSource("f", out)
			if err != nil {
				t.Fatal(err)
			}
			way, rest, err := (&editor{source: again, words: e.words}).walk(path)
			if err != nil || len(rest) > 0 || way[len(way)-1].Value != value {
				if value == "" && err == nil {
					continue
				}
				t.Errorf("%q set to %q in\n%s\ngives\n%s", path, value, text, out)
			}
		}
	})
}

// Removing a member or item leaves all the others.
func FuzzRemove(f *testing.F) {
	for i, text := range layouts {
		f.Add(text, i)
	}
	f.Fuzz(func(t *testing.T, text string, pick int) {
		if len(text) > 2000 {
			return
		}
		src, err := parseSource("f", []byte(text))
		if err != nil {
			return
		}
		var all [][]string
		paths(src.root, nil, &all)
		for i, path := range all {
			if i != pick && len(all) > 30 {
				continue
			}
			e := &editor{source: src, words: &wording{vocabulary: &vocabulary{literal: true}}}
			if e.remove(path) != nil {
				continue
			}
			out, err := e.result()
			if err != nil {
				continue
			}
			again, err := parseSource("f", out)
			if err != nil {
				t.Fatal(err)
			}
			way, rest, err := (&editor{source: src, words: e.words}).walk(path)
			if err != nil || len(rest) > 0 || len(way) < 2 {
				t.Fatalf("removed %q, which is not there", path)
			}
			before := parentOf(way)
			if want, got := len(before.Content)-width(before), count(again.root, path[:len(path)-1]); got != want && got >= 0 {
				t.Errorf("without %q of\n%s\n%d nodes are left, want %d:\n%s", path, text, got, want, out)
			}
		}
	})
}

// A text that ends in a line end keeps it at the end of a file that has none.
func TestLastLine(t *testing.T) {
	for _, tt := range []struct{ text, value string }{
		{"a:\n  b: |\n    c", "x\ny\n"}, {"a:\n  b: c", "x\n"}, {"a:\n  b: c", "x\ny"}, {"a:\n  b: c\n", "x\ny\n"}, {"a:\n  b: |\n    c\n", "x\n"},
	} {
		src, err := parseSource("f", []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		e := &editor{source: src, words: &wording{vocabulary: &vocabulary{literal: true}}}
		if err := e.set([]string{"a", "b"}, nil, tt.value); err != nil {
			t.Fatal(err)
		}
		out, err := e.result()
		if err != nil {
			t.Errorf("%q set to %q: %v", tt.text, tt.value, err)
			continue
		}
		again, err := parseSource("f", out)
		if err != nil {
			t.Fatal(err)
		}
		if got := again.root.Content[1].Content[1].Value; got != tt.value || strings.HasSuffix(string(out), "\n") != strings.HasSuffix(tt.text, "\n") {
			t.Errorf("%q set to %q reads %q in %q", tt.text, tt.value, got, out)
		}
	}
}

// UTF-16 is read, and edits are those of UTF-8.
func TestUTF16IsNotEdited(t *testing.T) {
	for _, text := range []string{"\xff\xfea\x00:\x00 \x001\x00", "\xfe\xff\x00a\x00:\x00 \x001"} {
		if _, err := parseSource("t.yaml", []byte(text)); err == nil || err.Error() != "t.yaml is UTF-16, which is read and not edited; save it as UTF-8" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
