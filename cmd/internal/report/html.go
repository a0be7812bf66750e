package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// htmlAssets are the page's template, style and script. They are written to be
// read: nothing builds them.
//
//go:embed html/page.html html/method.html html/rules.html html/style.css html/script.js
var htmlAssets embed.FS

// HTML writes the run as one page that needs nothing else: no network, no script
// to be read, no file beside it. The content security policy in it lets the
// browser run the page's own script and style alone, by their hashes.
func HTML(w io.Writer, r Run) error { return writePage(w, "page.html", newHTMLPage(r)) }

// writePage executes a page's template. Every text of the view is made one that a
// browser shows and does not obey.
func writePage[T any](w io.Writer, name string, view T) error {
	t, err := htmlTemplates()
	if err != nil {
		return err
	}
	showAll(reflect.ValueOf(&view).Elem())
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, view); err != nil {
		return err
	}
	_, err = io.WriteString(w, inert(b.String(), "&#58;:", "&#91;"))
	return err
}

// htmlTemplates are the templates, parsed when a page is first asked for.
var htmlTemplates = sync.OnceValues(func() (*template.Template, error) {
	style, err := htmlAssets.ReadFile("html/style.css")
	if err != nil {
		return nil, err
	}
	script, err := htmlAssets.ReadFile("html/script.js")
	if err != nil {
		return nil, err
	}
	policy := fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", sourceHash(style), sourceHash(script))
	return template.New("").Funcs(template.FuncMap{
		"style":  func() template.CSS { return template.CSS(style) },
		"script": func() template.JS { return template.JS(script) },
		"policy": func() string { return policy },
		"plural": plural,
		"join":   strings.Join,
		"add":    func(a, b int) int { return a + b },
		"words":  func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), "-", " ") },
	}).ParseFS(htmlAssets, "html/*.html")
})

// sourceHash names an inline script or style in a content security policy.
func sourceHash(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// showAll makes every text below the value one that shows each of its characters.
func showAll(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); v.CanSet() {
			if shown := pageText(s); shown != s {
				v.SetString(shown)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			showAll(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // templates see no others
				showAll(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			showAll(v.Index(i))
		}
	case reflect.Map:
		shown := reflect.MakeMap(v.Type())
		for it := v.MapRange(); it.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(it.Value())
			showAll(value)
			key := reflect.New(v.Type().Key()).Elem()
			key.Set(it.Key())
			showAll(key)
			shown.SetMapIndex(key, value)
		}
		if v.CanSet() && !v.IsNil() {
			v.Set(shown)
		}
	}
}

// pageText is visible for a page, where tabs and line ends are kept: what is copied
// from it has to be what was meant.
func pageText(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unseen) {
		return s
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j, cell := range cells {
			cells[j] = visible(cell, true)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}
