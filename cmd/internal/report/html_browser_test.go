package report

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"apisqs-doctor/fixtures/programs"
)

// viewer is a page in a browser, and what it did that it should not.
type viewer struct {
	*testing.T
	ctx context.Context

	mu     sync.Mutex
	faults []string
}

// newBrowser starts a browser, or skips the test where there is none.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	programs.Run(t, "a browser")
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no chromium is installed (apt-get install chromium): how a page behaves in a browser is not tested")
	}
	dir, err := os.MkdirTemp("", "browser") // short, since the path of a socket in it must be
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.ExecPath(path), chromedp.Flag("no-sandbox", true), chromedp.Env("TMPDIR="+dir)))
	t.Cleanup(func() {
		cancel()
		os.RemoveAll(dir)
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Skipf("chromium does not start here: %v", err)
	}
	return ctx
}

// command runs a command of the protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// visit opens a page of its own on a text, which stands in a file.
func visit(t *testing.T, parent context.Context, text, hash string, first ...chromedp.Action[chromedp.Void]) *viewer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	v := &viewer{T: t, ctx: ctx}
	fault := func(format string, args ...any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.faults = append(v.faults, fmt.Sprintf(format, args...))
	}
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			fault("console: %s", e.Type)
		case *runtime.EventExceptionThrown:
			fault("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			fault("log: %s", e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file:///") {
				fault("request of %s", e.Request.URL)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	v.do(command(network.Enable, network.EnableParams{}), command(runtime.Enable, cdp.Empty{}), command(log.Enable, cdp.Empty{}))
	v.do(first...)
	v.do(chromedp.Navigate("file://" + file + hash))
	t.Cleanup(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, f := range v.faults {
			t.Errorf("%s", f)
		}
	})
	return v
}

func (v *viewer) do(actions ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.Fatal(err)
	}
}

// says evaluates a script.
func (v *viewer) says(script string) string {
	v.Helper()
	out, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		v.Fatalf("%s: %v", script, err)
	}
	return out
}

func (v *viewer) want(script, want string) {
	v.Helper()
	if got := v.says(script); got != want {
		v.Errorf("%s is %q, want %q", script, got, want)
	}
}

const (
	openPanels = `[...document.querySelectorAll(".panel")].filter(p => p.offsetHeight > 0).map(p => p.id).join(" ")`
	tooWide    = `document.documentElement.scrollWidth > innerWidth`
	currentOne = `[...document.querySelectorAll("[aria-current]")].map(a => a.querySelector(".name").textContent).join(" ")`
)

// A page of each kind in a browser: it fits each width in both schemes, says nothing
// on the console, and asks nobody for anything.
func TestProgramBrowserShowsPages(t *testing.T) {
	ctx := newBrowser(t)
	for name, text := range map[string]string{
		"broken":       page(t, demonstration(t, "mapping_body_not_encoded_failing")),
		"healthy":      page(t, demonstration(t, "orders")),
		"inconclusive": page(t, demonstration(t, "authorization_action_unknown")),
		"http":         page(t, demonstration(t, "mapping_http_api_parameter_failing")),
		"websocket":    page(t, demonstration(t, "orders_socket")),
		"encrypted":    page(t, demonstration(t, "encryption_key_policy_failing")),
		"many":         page(t, fleet(t)),
		"error":        page(t, failed()),
	} {
		t.Run(name, func(t *testing.T) {
			v := visit(t, ctx, text, "")
			for _, width := range []int64{360, 1280} {
				for _, scheme := range []string{"light", "dark"} {
					v.do(chromedp.EmulateViewport(width, 800), command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
					v.want(tooWide, "false")
				}
			}
			v.want(`getComputedStyle(document.body).backgroundColor`, "rgb(20, 23, 28)")
			pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(pdf), "%PDF") {
				t.Errorf("it prints as %.20q", pdf)
			}
		})
	}
}

// The stages are stepped through by click, by key and by address.
func TestProgramBrowserSteps(t *testing.T) {
	ctx := newBrowser(t)
	text := page(t, demonstration(t, "mapping_body_not_encoded_failing"))
	v := visit(t, ctx, text, "")
	v.want(openPanels, "stage=protocol") // the failing one
	v.do(chromedp.Click(chromedp.CSS(`a[href="#stage=mapping"]`)))
	v.want(openPanels, "stage=mapping")
	v.want(currentOne, "mapping")
	v.want("location.hash", "#stage=mapping")
	for _, c := range []struct{ key, want string }{{kb.ArrowRight, "signing"}, {kb.ArrowLeft, "mapping"}, {"8", "response"}, {kb.ArrowRight, "response"}, {kb.Home, "route"}, {kb.End, "response"}} {
		v.do(chromedp.KeyEvent(c.key))
		v.want(openPanels, "stage="+c.want)
		v.want("document.activeElement.hash", "#stage="+c.want)
	}
	v.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".panel.now .steps-bar button")].at(-1).click()`))
	v.want(openPanels, "stage=encryption")

	v = visit(t, ctx, text, "#stage=queue")
	v.want(openPanels, "stage=queue")
	v.do(chromedp.Evaluate[chromedp.Void](`location.hash = "#finding=1"`), chromedp.Sleep(100*time.Millisecond))
	v.want("document.activeElement.id", "finding=1")
}

// What is copied is what the page shows.
func TestProgramBrowserCopies(t *testing.T) {
	ctx := newBrowser(t)
	v := visit(t, ctx, page(t, demonstration(t, "mapping_body_not_encoded_failing")), "",
		command(browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted}),
		command(browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "clipboard-read"}, Setting: browser.PermissionSettingGranted}))
	v.do(chromedp.Click(chromedp.CSS(`[data-copies="plan-1"]`)), chromedp.Sleep(200*time.Millisecond))
	v.want(`document.querySelector('[data-copies="plan-1"]').textContent`, "Copied")
	copied, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if want := v.says(`document.getElementById("plan-1").textContent`); copied != want || !strings.HasPrefix(copied, "aws apigateway update-integration") {
		t.Errorf("copied %q, the page has %q", copied, want)
	}
}

// The table of many methods is filtered and sorted, and leads to each.
func TestProgramBrowserTable(t *testing.T) {
	ctx := newBrowser(t)
	v := visit(t, ctx, page(t, fleet(t)), "")
	const shown = `[...document.querySelectorAll("#table tbody tr")].filter(r => !r.hidden).length`
	v.want(shown, "200")
	v.want(`[...document.querySelectorAll("article")].filter(a => a.offsetHeight > 0).length`, "0")
	v.do(chromedp.SendKeys(chromedp.CSS("#filter"), "url-encoding"))
	v.want(shown, "20")
	v.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("filter").value = ""`), chromedp.SendKeys(chromedp.CSS("#filter"), "/orders/19"), chromedp.Sleep(50*time.Millisecond))
	v.want(shown, "11")
	v.do(chromedp.Evaluate[chromedp.Void](`const s = document.getElementById("verdicts"); s.value = "broken"; s.dispatchEvent(new Event("change"))`))
	v.want(shown, "1")
	v.want(`document.getElementById("shown").textContent`, "1 of 200 methods")
	const first = `document.querySelector("#table tbody tr th").textContent`
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("#table thead button")[1].click()`))
	v.want(first, "POST /orders/0")
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("#table thead button")[1].click()`))
	v.want(first, "POST /orders/199")
	v.want(`document.querySelector("[aria-sort]").textContent`, "method")
	v.do(chromedp.Click(chromedp.CSS(`#table a[href="#method=194"]`)), chromedp.Sleep(100*time.Millisecond))
	v.want(`[...document.querySelectorAll("article")].filter(a => a.offsetHeight > 0).map(a => a.id).join()`, "method=194")
	v.do(chromedp.Evaluate[chromedp.Void](`location.hash = "#method=4&stage=queue"`), chromedp.Sleep(100*time.Millisecond))
	v.want(`[...document.querySelectorAll("article")].filter(a => a.offsetHeight > 0).map(a => a.id).join()`, "method=4")
	v.want(openPanels, "method=4&stage=queue")
}

// Without script everything is there.
func TestProgramBrowserWithoutScript(t *testing.T) {
	ctx := newBrowser(t)
	v := visit(t, ctx, page(t, demonstration(t, "mapping_body_not_encoded_failing")), "#stage=queue", command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	v.want(`document.querySelectorAll(".js").length`, "0")
	v.want(`[...document.querySelectorAll(".panel")].filter(p => p.offsetHeight > 0).length`, "8")
	v.want(`[...document.querySelectorAll("button, .filter")].filter(b => b.offsetHeight > 0).length`, "0")
	v.want(`document.querySelector(":target").id`, "stage=queue")
}

// Hostile texts in each field do nothing.
func TestProgramBrowserRunsNothing(t *testing.T) {
	ctx := newBrowser(t)
	list := hostile()
	for i := 0; i < len(list); i += 125 {
		view := newHTMLPage(demonstration(t, "mapping_body_not_encoded_failing"))
		next := i
		each(reflect.ValueOf(&view).Elem(), func() string { next++; return list[next%len(list)] })
		var b strings.Builder
		if err := writePage(&b, "page.html", view); err != nil {
			t.Fatal(err)
		}
		v := visit(t, ctx, b.String(), "")
		v.want(`document.querySelectorAll("img, iframe, form, object, embed, base, link, video, svg, [onclick], [onerror], [onload]").length + document.scripts.length`, "1")
		v.want(`document.styleSheets.length`, "1")
	}
}
