package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/walk"
)

// credentialNames are what services in use call credentials.
var credentialNames = strings.Fields(`Authorization Proxy-Authorization X-Api-Key x-api-key X-Auth-Token PRIVATE-TOKEN JOB-TOKEN Deploy-Token X-Amz-Security-Token
	X-Amz-Signature X-Amz-Credential Ocp-Apim-Subscription-Key x-functions-key X-Goog-Api-Key CF-Access-Client-Secret X-Shopify-Access-Token X-Vault-Token
	X-CSRF-Token X-XSRF-TOKEN X-Hub-Signature-256 Stripe-Signature password passwd pwd client_secret refresh_token accessToken id_token sessionId PHPSESSID JSESSIONID
	connect.sid apiKey api_key secretKey private_key otp pin cvv sig jwt code_verifier client_assertion passphrase userPassword DPoP X-Session-Token X-Forwarded-Access-Token`)

var otherNames = strings.Fields(`Content-Type Accept User-Agent Host X-Request-Id X-Amzn-Trace-Id X-Amz-Target orderId customerId author authorName keyboard monkey page
	description spinner pinned passenger compass classId Idempotency-Key messageGroupId key tokenType max_tokens expires_in design assignee encodedBody`)

func TestNames(t *testing.T) {
	for _, name := range credentialNames {
		for _, at := range []Place{Header, Query, Member} {
			if !Named(at, name) && !strings.HasPrefix(name, "X-Amz-C") {
				t.Errorf("%s is not known as one of a credential at %d", name, at)
			}
		}
	}
	for _, name := range otherNames {
		if Named(Member, name) {
			t.Errorf("%s is taken for one of a credential", name)
		}
	}
}

// No value of any length is left, wherever the name stands and whatever is around it.
func TestNothingIsLeft(t *testing.T) {
	for _, value := range []string{"qZ7", "Zq8#kW", "Zq8+kW/vX==", "Zq8 kW&vX=1", `Zq8"kW\vX`, "Zq8ékW\nvX", "eyZq8.kWvX.qqZ8"} {
		quoted, _ := json.Marshal(value)
		twice, _ := json.Marshal(`{"token":` + string(quoted) + `}`)
		for _, name := range credentialNames {
			member, _ := json.Marshal(name)
			requests := map[string]walk.Request{
				"header":    {Headers: []walk.Header{{Name: name, Value: value}}},
				"bearer":    {Headers: []walk.Header{{Name: name, Value: "Bearer " + value}}},
				"query":     {Query: []walk.Header{{Name: name, Value: value}}},
				"cookie":    {Headers: []walk.Header{{Name: "Cookie", Value: "theme=dark; " + name + "=" + strings.ReplaceAll(value, ";", "")}}},
				"json":      {Body: `{"id": 1, ` + string(member) + ` : ` + string(quoted) + `, "x": [2]}`},
				"nested":    {Body: `{"a": {` + string(member) + `: {"of": [` + string(quoted) + `, 5]}}}`},
				"cut":       {Body: `{"id": 1, ` + string(member) + `: ` + strings.TrimSuffix(string(quoted), `"`)},
				"form":      {Body: "id=1&" + url.QueryEscape(name) + "=" + url.QueryEscape(value) + "&x=2"},
				"in form":   {Body: "payload=" + url.QueryEscape(`{`+string(member)+`:`+string(quoted)+`}`)},
				"in string": {Body: `{"payload": ` + string(twice) + `}`},
				"in url":    {Headers: []walk.Header{{Name: "Referer", Value: "https://example.com/?page=1&" + url.QueryEscape(name) + "=" + url.QueryEscape(value)}}},
				"in part":   {Body: "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + strings.ReplaceAll(value, "\n", "") + "\r\n--b--"},
				"single":    {Body: `{'` + name + `': '` + strings.NewReplacer(`\`, ``, `"`, ``).Replace(value) + `'}`},
			}
			for where, r := range requests {
				for _, mask := range []Mask{Plain, Shaped} {
					out, hid := Request(r, mask)
					all := out.Path + out.Body
					for _, h := range append(out.Headers, out.Query...) {
						all += "\n" + h.Value
					}
					if plain, err := url.QueryUnescape(all); err == nil {
						all += plain
					}
					for _, part := range []string{"qZ7", "Zq8", "kW", "vX", "qqZ8"} {
						if strings.Contains(all, part) {
							t.Errorf("%s %s: %q is left of %q in %q", where, name, part, value, all)
						}
					}
					if !hid {
						t.Errorf("%s %s: nothing was hidden", where, name)
					}
				}
			}
		}
	}
}

// What holds no credential stays as it is, and a document stays a document.
func TestTheRestStays(t *testing.T) {
	for _, body := range []string{"", "hello", `{"id": 1, "note": "it's = 5 & more?", "key": "k"}`, "a=1&b=%7B%22id%22%3A1%7D", "a&b", `{"a": "\u00e9\ud83d\ude00"}`,
		"<order><id>1</id></order>", "# $input", `[1, "a:b", {"x": null}]`, "Action=SendMessage&MessageBody=a:b"} {
		if out := Text(body, Plain); out != body {
			t.Errorf("%q became %q", body, out)
		}
	}
	out := Text(`{"id": 1, "token": "a\"b", "pin": 1234, "session": null, "auth": {"user": ["x", true]}}`, Plain)
	if want := `{"id": 1, "token": "hid\"den", "pin": 100000, "session": null, "auth": {"user": ["hidden", true]}}`; out != want {
		t.Errorf("%s", out)
	}
}

func TestSchemes(t *testing.T) {
	for _, tt := range [][3]string{
		{"Authorization", "Bearer abc.def", "Bearer hidden"},
		{"Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260101, Signature=ab", "AWS4-HMAC-SHA256 hid ,/=den"},
		{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:pw")), "Basic " + base64.StdEncoding.EncodeToString([]byte("hidden:hidden"))},
		{"authorization", "opaque", "hidden"},
		{"X-Api-Key", "sample-key", "sample-key"}, // the doctor's own
		{"Cookie", "a=1; b=2", "a=hidden; b=hidden"},
	} {
		out, _ := Request(walk.Request{Headers: []walk.Header{{Name: tt[0], Value: tt[1]}}}, Plain)
		if out.Headers[0].Value != tt[2] {
			t.Errorf("%s: %s became %q", tt[0], tt[1], out.Headers[0].Value)
		}
	}
}

// A credential that the call holds once more under another name is found there.
func TestRepeats(t *testing.T) {
	out, _ := Request(walk.Request{Path: "/users/Zq8kWvX1", Headers: []walk.Header{{Name: "X-Auth-Token", Value: "Zq8kWvX1"}}, Body: `{"a": "Zq8kWvX1"}`}, Plain)
	if out.Path != "/users/hidden" || out.Body != `{"a": "hidden"}` {
		t.Errorf("%+v", out)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{`{"token": "a"}`, "a=1&token=%zz", `{'pin': [1, {"a": "b`, `"{\"pin\": 5}"`, "<pin>5</pin>", `{"token": `} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<14 {
			return
		}
		out := Text(s, Plain)
		if json.Valid([]byte(s)) && !json.Valid([]byte(out)) {
			t.Errorf("%q is JSON, %q is not", s, out)
		}
		if again := Text(out, Plain); json.Valid([]byte(s)) && again != out {
			t.Errorf("%q, then %q", out, again)
		}
	})
}

func BenchmarkText(b *testing.B) {
	body := `{"orders": [` + strings.Repeat(`{"id": 1, "token": "abcdefgh", "note": "a & b = c"},`, 2000) + `0]}`
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Text(body, Plain)
	}
}
