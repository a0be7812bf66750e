package report

import (
	"bytes"
	"fmt"
	markup "html"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// demonstration is the run of a fixture, as the program makes it.
func demonstration(t testing.TB, name string) Run {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	w := remedy.Writer{Shell: shell.POSIX}
	return Run{Tool: Tool{"apisqs-doctor", "1.2.3"}, Snapshot: c.Snapshot, Examination: diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All()), Rules: rules.All(),
		Remedy: Remedy{CloudFormation: remedy.CloudFormation, Terraform: remedy.Terraform, Check: func(k shell.Kind, s *snapshot.Snapshot, tr *walk.Trace, v diagnose.Verification) (string, []string) {
			return w.Check(s, tr, v)
		}, Commands: func(_ shell.Kind, s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) { return w.Commands(s, f) }}}
}

func page(t testing.TB, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	htmlTag  = regexp.MustCompile(`<(/?[a-zA-Z!][a-zA-Z0-9]*)[^>]*>`)
	htmlID   = regexp.MustCompile(`\bid="([^"]*)"`)
	htmlHref = regexp.MustCompile(`\bhref="([^"]*)"`)
)

// pages are runs of each kind.
func pages(t *testing.T) map[string]Run {
	out := runs()
	out["nothing"] = Run{}
	out["empty"] = Run{Examination: diagnose.Examination{Diagnoses: []diagnose.Diagnosis{{}, {Trace: &walk.Trace{}, Findings: []diagnose.Finding{{Rule: "x", Stage: walk.StageQueue, Fixes: []diagnose.Fix{{Title: "y"}}}}}}}}
	for _, name := range []string{"mapping_body_not_encoded_failing", "orders", "orders_http", "orders_socket", "authorization_action_unknown", "encryption_key_policy_failing", "route_stale_deployment_failing"} {
		out[name] = demonstration(t, name)
	}
	return out
}

// A page is whole by itself: what it links to is in it, it loads nothing, ids are
// unique, elements are closed, and it is the same each time.
func TestHTMLIsWhole(t *testing.T) {
	for name, r := range pages(t) {
		text := page(t, r)
		if text != page(t, r) {
			t.Errorf("%s differs from one time to the next", name)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && unseen(r) }); i >= 0 {
			t.Errorf("%s has a control character at %d", name, i)
		}
		ids := map[string]bool{}
		for _, m := range htmlID.FindAllStringSubmatch(text, -1) {
			id := markup.UnescapeString(m[1])
			if ids[id] {
				t.Errorf("%s has two elements with the id %q", name, id)
			}
			ids[id] = true
		}
		for _, m := range htmlHref.FindAllStringSubmatch(text, -1) {
			to, ok := strings.CutPrefix(markup.UnescapeString(m[1]), "#")
			if !ok || !ids[to] {
				t.Errorf("%s links to %q, which is not in the page", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`(?:data-copies|aria-labelledby)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			if !ids[markup.UnescapeString(m[1])] {
				t.Errorf("%s speaks of the element %q, which is not in the page", name, m[1])
			}
		}
		for _, tag := range regexp.MustCompile(`<[a-z][^>]*>`).FindAllString(scripts.ReplaceAllString(text, ""), -1) {
			if m := regexp.MustCompile(` (src|srcset|style|data|action|on[a-z]+|xlink:href)=|^<(link|iframe|img|object|embed|form|base)\b`).FindString(tag); m != "" {
				t.Errorf("%s has %s in it", name, tag)
			}
		}
		balanced(t, name, text)
	}
}

// balanced checks that each element is closed, in order.
func balanced(t *testing.T, name, text string) {
	t.Helper()
	void := []string{"meta", "input", "br", "!doctype"}
	var open []string
	for _, m := range htmlTag.FindAllStringSubmatch(scripts.ReplaceAllString(text, "<$1></$1>"), -1) {
		tag := strings.ToLower(m[1])
		switch {
		case slices.Contains(void, tag):
		case tag[0] != '/':
			open = append(open, tag)
		case len(open) == 0 || open[len(open)-1] != tag[1:]:
			t.Errorf("%s: <%s> closes none of %v", name, tag, open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v are not closed", name, open)
	}
}

var scripts = regexp.MustCompile(`(?s)<(script|style)>.*?</(?:script|style)>`)

// The browser runs the script and the style of the page by their hashes, and
// nothing else.
func TestHTMLPolicy(t *testing.T) {
	text := page(t, whole())
	policy := markup.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)[1])
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
	for _, m := range regexp.MustCompile(`(?s)<(?:script|style)>(.*?)</(?:script|style)>`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(policy, sourceHash([]byte(m[1]))) {
			t.Errorf("the policy has no hash of %.60q", m[1])
		}
	}
}

// hostile are texts that a page, its scripts or its reader may trip over.
func hostile() []string {
	list := []string{`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onclick='alert(1)`, "javascript:alert(1)", `</pre></code></main>`, `<!--`, `-->`, `]]>`,
		"\u202egnp.exe", "\u2066a\u2069", "a\x00b", "a\x1b[31mred", "a\x7fb", "\u2028", "\u2029", "\xff\xfe", "a\r\nb", "a\tb", `{{.}}`, `{{template "page.html" .}}`, "`${alert(1)}`", `&lt;script&gt;`, `&#60;b&#62;`,
		`</style><style>*{display:none}`, `</title><b>`, `<svg/onload=alert(1)>`, `<base href=//example.org>`, `<meta http-equiv=refresh content=0>`, `\u003cscript\u003e`, `%3Cscript%3E`, "\U0001f600", "é", strings.Repeat("x", 9000)}
	for _, before := range []string{`"`, `'`, "`", "=", " ", ">", "/>", "-->", "</a>", "</textarea>", "&quot;", "&#39;", "\n", "\t", "\\"} {
		for _, payload := range []string{`<script>x`, `<img src=//e onerror=x>`, ` onmouseover=x `, `style=x`, `href=javascript:x`, `<iframe srcdoc=x>`, `<math><mi xlink:href=x>`, `<form action=//e>`, `<a href="data:text/html,x">`, `srcset=x`,
			`autofocus onfocus=x`, `<object data=x>`, `<embed src=x>`, `<link rel=stylesheet href=//e>`, `<template>`, `<plaintext>`, `<select><style>`, `<noscript><p title="</noscript><img>">`, `<details open ontoggle=x>`, `<video><source onerror=x>`,
			`<input autofocus>`, `<xmp>`, `<listing>`, `<table><td background=//e>`, `<button formaction=x>`, `<isindex>`, `<body onload=x>`, `<frameset>`, `<marquee onstart=x>`, `<!DOCTYPE x>`, `<?xml?>`, `<![CDATA[`} {
			list = append(list, before+payload)
		}
	}
	return list
}

// fill sets every text below the value.
func fill(v reflect.Value, s string) { each(v, func() string { return s }) }

// each sets the texts below the value, one by one.
func each(v reflect.Value, next func() string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(next())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			each(v.Elem(), next)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				each(v.Field(i), next)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			each(v.Index(i), next)
		}
	case reflect.Map:
		if v.Len() > 0 && v.CanSet() {
			m := reflect.MakeMap(v.Type())
			value := reflect.New(v.Type().Elem()).Elem()
			each(value, next)
			key := reflect.New(v.Type().Key()).Elem()
			each(key, next)
			m.SetMapIndex(key, value)
			v.Set(m)
		}
	}
}

// written is the page of a run with one text in every place.
func written(t *testing.T, r Run, s string) string {
	t.Helper()
	view := newHTMLPage(r)
	fill(reflect.ValueOf(&view).Elem(), s)
	var b bytes.Buffer
	if err := writePage(&b, "page.html", view); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever stands in the fields, the page has the same elements, none is lost and
// nothing of it is markup.
func TestHTMLShowsHostileTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it makes every page")
	}
	list := hostile()
	if len(list) < 500 {
		t.Fatalf("%d texts", len(list))
	}
	all := pages(t)
	for i, name := range []string{"broken", "several", "mapping_body_not_encoded_failing", "authorization_action_unknown"} {
		r := all[name]
		plain := "zzqqzz"
		want, text := elements(written(t, r, plain))
		places := strings.Count(text, plain)
		if places < 100 {
			t.Errorf("%s has %d places", name, places)
		}
		for j, s := range list {
			if i > 0 && j%50 != 0 && len(s) < 1000 {
				continue // the same templates
			}
			tags, text := elements(written(t, r, s))
			if !slices.Equal(tags, want) {
				t.Fatalf("%s: %q changes the elements of the page", name, s)
			}
			shown := pageText(s)
			n := strings.Count(text, shown)
			if worded := strings.ReplaceAll(shown, "-", " "); worded != shown { // where a word of the program would stand
				n += strings.Count(text, worded)
			}
			if n < places {
				t.Errorf("%s: %q is shown %d times, %q %d times", name, s, n, plain, places)
			}
		}
	}
}

// elements are the tags of a page, and its text.
func elements(page string) (tags []string, text string) {
	page = scripts.ReplaceAllString(page, "")
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(page, "<")
		b.WriteString(before)
		if !ok {
			return tags, markup.UnescapeString(b.String())
		}
		tag, rest, _ := strings.Cut(after, ">")
		name, _, _ := strings.Cut(tag, " ")
		tags, page = append(tags, name), rest
	}
}

// The sizes that make a page one to send: under 300 kB for a method, under 6 MB for
// 200 of which 20 are broken.
func TestHTMLSize(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it makes a large page")
	}
	for i, name := range fixtures.Names() {
		if i%12 != 0 {
			continue
		}
		if r := demonstration(t, name); len(r.Examination.Diagnoses) == 1 && len(page(t, r)) > 300_000 {
			t.Errorf("%s: %d bytes", name, len(page(t, r)))
		}
	}
	var b bytes.Buffer
	if err := HTML(&b, fleet(t)); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 6_000_000 {
		t.Errorf("200 methods: %d bytes", b.Len())
	}
	t.Logf("200 methods: %d bytes", b.Len())
}

// fleet is a run with 200 methods, of which 20 are broken.
func fleet(t testing.TB) Run {
	r := demonstration(t, "orders")
	healthy, broken := r.Examination.Diagnoses[0], demonstration(t, "mapping_body_not_encoded_failing").Examination.Diagnoses[0]
	r.Examination.Diagnoses = nil
	for i := range 200 {
		d := healthy
		if i%10 == 3 {
			d = broken
		}
		trace := *d.Trace
		method := *trace.Route.Method
		method.Path = fmt.Sprintf("/orders/%d", i)
		trace.Route.Method, trace.Request.Path = &method, method.Path
		d.Trace = &trace
		r.Examination.Diagnoses = append(r.Examination.Diagnoses, d)
	}
	r.Examination.Verdict = diagnose.Broken
	return r
}

func BenchmarkHTML(b *testing.B) {
	r := fleet(b)
	for b.Loop() {
		if err := HTML(&bytes.Buffer{}, r); err != nil {
			b.Fatal(err)
		}
	}
}
