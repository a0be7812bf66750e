package cli

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// Options of curl that say nothing about the request: those without a value,
// and those with one.
var (
	curlIgnored = strings.Fields(`-s --silent -S --show-error -i --include --show-headers -v --verbose -k --insecure -L --location -f --fail
		--fail-with-body --compressed -# --progress-bar -N --no-buffer -4 --ipv4 -6 --ipv6 --http1.1 --http2 --http2-prior-knowledge -0 --http1.0
		--http3 -O --remote-name -J --remote-header-name -g --globoff --tlsv1.2 --tlsv1.3 --path-as-is --no-progress-meter --tcp-nodelay -q --disable`)
	curlIgnoredValue = strings.Fields(`-o --output -w --write-out -m --max-time --connect-timeout --retry --retry-delay --retry-max-time --cacert --capath
		-E --cert --key -x --proxy --resolve --connect-to --interface --limit-rate -D --dump-header --trace --trace-ascii --stderr -c --cookie-jar
		--cert-type --key-type --pass --ciphers --max-redirs --speed-limit --speed-time -K --config`)
)

// curlLong gives the long name of the short options that are understood.
var curlLong = map[byte]string{'X': "--request", 'H': "--header", 'd': "--data", 'G': "--get", 'I': "--head", 'A': "--user-agent",
	'e': "--referer", 'b': "--cookie", 'u': "--user", 'F': "--form", 'T': "--upload-file"}

// curlCommand is a curl command line in parts.
type curlCommand struct {
	method, url, user    string
	headers, data        []string
	get, head, json, sig bool
	hasData              bool
}

// callFromCurl reads a curl command line.
func (a *app) callFromCurl(line string) (call, error) {
	words, err := splitShell(line)
	if err != nil {
		return call{}, usage("put the whole command in quotes that it does not use itself", "--curl: %s", err)
	}
	if len(words) > 0 && (words[0] == "curl" || strings.HasSuffix(words[0], "/curl") || words[0] == "curl.exe") {
		words = words[1:]
	}
	var c curlCommand
	for len(words) > 0 {
		if words, err = a.curlWord(&c, words); err != nil {
			return call{}, err
		}
	}
	return c.call()
}

// curlWord reads the option or URL that words begin with and returns the rest.
func (a *app) curlWord(c *curlCommand, words []string) ([]string, error) {
	w, rest := words[0], words[1:]
	if !strings.HasPrefix(w, "-") || w == "-" {
		return rest, c.setURL(w)
	}
	option, value, hasValue := w, "", false
	if !strings.HasPrefix(w, "--") {
		option = w[:2]
		value, hasValue = w[2:], len(w) > 2
		if long, ok := curlLong[w[1]]; ok {
			option = long
		}
	}
	if slices.Contains(curlIgnored, option) || option == "--get" || option == "--head" {
		c.get = c.get || option == "--get"
		c.head = c.head || option == "--head"
		if hasValue { // more short options in the same word
			rest = append([]string{"-" + value}, rest...)
		}
		return rest, nil
	}
	if !hasValue {
		if len(rest) == 0 {
			return nil, usage("", "--curl: %s needs a value, or is not understood", option)
		}
		value, rest = rest[0], rest[1:]
	}
	return rest, a.curlOption(c, option, value)
}

func (a *app) curlOption(c *curlCommand, option, value string) (err error) {
	switch option {
	case "--request":
		c.method = strings.ToUpper(value)
	case "--header":
		c.headers = append(c.headers, value)
	case "--url":
		return c.setURL(value)
	case "--user-agent":
		c.headers = append(c.headers, "User-Agent: "+value)
	case "--referer":
		c.headers = append(c.headers, "Referer: "+value)
	case "--cookie":
		c.headers = append(c.headers, "Cookie: "+value)
	case "--user":
		c.user = value
	case "--aws-sigv4":
		c.sig = true
	case "--data", "--data-ascii", "--data-binary", "--json":
		if value, err = a.readBody("--curl: "+option, value); err != nil {
			return err
		}
		if option == "--data" || option == "--data-ascii" {
			// curl drops the line ends of a file that --data names; text in the
			// command line keeps them.
			value = dropLineEnds(value)
		}
		c.json = c.json || option == "--json"
		c.data, c.hasData = append(c.data, value), true
	case "--data-raw":
		c.data, c.hasData = append(c.data, value), true
	case "--data-urlencode":
		c.data, c.hasData = append(c.data, urlencoded(value)), true
	default:
		if slices.Contains(curlIgnoredValue, option) {
			return nil
		}
		return usage("leave it out, or give the request with --method, --header and --body", "--curl: option %q is not understood", before(option, "="))
	}
	return nil
}

// before is what stands before a sign: what follows it may be a credential.
func before(s, sign string) string {
	s, _, _ = strings.Cut(s, sign)
	return s
}

func (c *curlCommand) setURL(s string) error {
	if c.url != "" {
		return usage("put the value of each option in quotes", "--curl: it has two URLs, or a value that stands behind no option")
	}
	c.url = s
	return nil
}

// dropLineEnds removes carriage returns and newlines.
func dropLineEnds(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// urlencoded does what curl's --data-urlencode does with text.
func urlencoded(s string) string {
	name, content, ok := strings.Cut(s, "=")
	if !ok {
		return escapeAll(s)
	}
	if name == "" {
		return escapeAll(content)
	}
	return name + "=" + escapeAll(content)
}

func escapeAll(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// call makes the request that curl would send.
func (c *curlCommand) call() (call, error) {
	if c.url == "" {
		return call{}, usage("", "--curl: there is no URL in it")
	}
	text := c.url
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return call{}, usage("expected https://host/path", "--curl: %q is not a URL", before(c.url, "?"))
	}
	r := walk.Request{Method: c.method, Path: u.EscapedPath()}
	if strings.ContainsAny(u.Path, "{}") { // a resource path with its placeholders
		r.Path = u.Path
	}
	if r.Path == "" {
		r.Path = "/"
	}
	body, query := strings.Join(c.data, "&"), u.RawQuery
	if c.json {
		body = strings.Join(c.data, "")
	}
	if c.get {
		query, body = strings.Trim(query+"&"+body, "&"), ""
	}
	if r.Query, err = splitQuery(query); err != nil {
		return call{}, usage("", "--curl: %q is not a URL: %s", before(c.url, "?"), err)
	}
	switch {
	case r.Method != "":
	case c.head:
		r.Method = "HEAD"
	case c.hasData && !c.get:
		r.Method = "POST"
	default:
		r.Method = "GET"
	}
	r.Body, r.Headers = body, c.requestHeaders()
	return call{request: &r, host: u.Hostname()}, nil
}

// requestHeaders are curl's own headers with the user's over them.
func (c *curlCommand) requestHeaders() []walk.Header {
	r := walk.Request{}.WithHeader("Accept", "*/*")
	switch {
	case c.json:
		r = r.WithHeader("Accept", "application/json").WithHeader("Content-Type", "application/json")
	case c.hasData && !c.get:
		r = r.WithHeader("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.user != "" && !c.sig {
		r = r.WithHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.user)))
	}
	if c.sig {
		r = r.WithHeader("Authorization", "AWS4-HMAC-SHA256 (added by curl)")
	}
	seen := map[string]bool{}
	for _, h := range c.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			// "Name;" sends the header without a value.
			if name, ok = strings.CutSuffix(strings.TrimSpace(h), ";"); !ok {
				continue
			}
			r = r.WithHeader(name, "")
			continue
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !seen[strings.ToLower(name)] {
			r = r.WithoutHeader(name)
		}
		seen[strings.ToLower(name)] = true
		if value != "" {
			r.Headers = append(r.Headers, walk.Header{Name: name, Value: value})
		}
	}
	return r.Headers
}
