package cli

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

// address is what an invoke URL or an ARN says of an API.
type address struct {
	id, region string
	path       string // behind the host, with the stage where there is one; empty for none
	stage      string // where it is said to be one
	domain     string // custom domain name, which leads to the API
}

var (
	apiID      = lazy.Regexp(`^[a-z0-9]{8,10}$`)
	invokeHost = lazy.Regexp(`^([a-z0-9]+)(?:-vpce-[a-z0-9]+)?\.execute-api\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$`)
	hostLike   = lazy.Regexp(`^(?:[A-Za-z0-9-]+\.){2,}[A-Za-z]{2,}(?:/.*)?$`)
	manageARN  = lazy.Regexp(`^arn:[a-z-]+:apigateway:([a-z0-9-]*):[0-9]*:/(?:restapis|apis)/([a-z0-9]+)(?:/stages/([^/]+))?(?:/.*)?$`)
	executeARN = lazy.Regexp(`^arn:[a-z-]+:execute-api:([a-z0-9-]*):[0-9]*:([a-z0-9]+)(?:/([^/*]+)(?:/.*)?|/.*)?$`)
)

// api takes a word of the command line for an API: its id, its ARN, its invoke URL or
// its name. It is set as the flags would be.
func (t *targetFlags) api(cmd *cobra.Command, word string) error {
	var at address
	switch {
	case apiID.MatchString(word) && strings.ContainsAny(word, "0123456789"):
		at.id = word
	case strings.HasPrefix(word, "arn:"):
		if m := manageARN.FindStringSubmatch(word); m != nil {
			at = address{region: m[1], id: m[2], stage: m[3]}
		} else if m := executeARN.FindStringSubmatch(word); m != nil {
			at = address{region: m[1], id: m[2], stage: m[3]}
		} else {
			return usage("give the API's: arn:aws:apigateway:REGION::/restapis/ID; to find the API of a queue: apisqs-doctor --all-apis", "this is not the ARN of an API")
		}
	case strings.Contains(word, "://"):
		var err error
		if at, err = addressOf(word); err != nil {
			return err
		}
	case hostLike.MatchString(word):
		var err error
		if at, err = addressOf("https://" + word); err != nil {
			return err
		}
	default:
		t.named = true
		at.id = word
	}
	return t.point(cmd, at)
}

// addressOf reads an invoke URL.
func addressOf(text string) (address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return address{}, usage("expected https://ID.execute-api.REGION.amazonaws.com/STAGE/path", "this is not a URL")
	}
	if m := invokeHost.FindStringSubmatch(strings.ToLower(u.Hostname())); m != nil {
		return address{id: m[1], region: m[2], path: strings.TrimSuffix(u.EscapedPath(), "/")}, nil
	}
	host := u.Hostname()
	switch {
	case strings.HasPrefix(host, "sqs."):
		return address{}, usage("give the API in front of it, or look at all: apisqs-doctor --all-apis", "this is the URL of a queue")
	case strings.HasSuffix(host, ".console.aws.amazon.com") || host == "console.aws.amazon.com":
		return address{}, usage("give the API's id: it stands behind apis/ or restapis/ in the address", "this is an address of the AWS console")
	case !strings.Contains(host, ".") || net.ParseIP(host) != nil:
		return address{}, usage("expected https://ID.execute-api.REGION.amazonaws.com/STAGE/path", "%s is no host of API Gateway", u.Host)
	}
	return address{domain: host, path: strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// point sets the flags of the target; what was given on the command line stays.
func (t *targetFlags) point(cmd *cobra.Command, at address) error {
	t.url, t.domain, t.below = at.path, at.domain, at.path
	if at.domain != "" {
		at.id = at.domain // until the account tells which API it leads to
	}
	for flag, value := range map[string]string{"api-id": at.id, "region": at.region, "stage": at.stage} {
		if f := cmd.Flags().Lookup(flag); f == nil || value == "" || flag != "api-id" && f.Changed {
			continue
		}
		if err := cmd.Flags().Set(flag, value); err != nil {
			return usage("", "%s", err)
		}
	}
	return nil
}

// ofCurl takes the API from the URL of the call where no target is given.
func (t *targetFlags) ofCurl(cmd *cobra.Command, c call) error {
	at, err := addressOf("https://" + c.host)
	if at.domain != "" && c.request != nil {
		at.path = strings.TrimSuffix(c.request.Path, "/") // by which the domain leads on
	}
	if err == nil {
		err = t.point(cmd, at)
	}
	return err
}

// follow takes the stage and the path from the invoke URL, now that the API is known:
// a stage $default has no name in it, and that of a WebSocket API has no path.
func (t *targetFlags) follow(s *snapshot.Snapshot, c call) call {
	if t.domain != "" && len(s.APIs) == 1 {
		c = t.throughDomain(&s.APIs[0], c)
	}
	if t.url == "" || len(s.APIs) != 1 {
		return c
	}
	r := placeURL(s, walk.Request{Path: t.url}, s.APIs[0].ID+".execute-api.")
	stage, _, _ := strings.Cut(strings.TrimPrefix(t.url, "/"), "/")
	if s.APIs[0].Type == snapshot.WebSocket && !strings.HasPrefix(stage, "@") {
		r.Stage = stage // there is nothing else in it, even where there is no such stage
	}
	if t.stage == "" {
		t.stage = r.Stage
	}
	switch {
	case s.APIs[0].Type == snapshot.WebSocket:
	case c.request != nil && c.request.Path == "":
		q := *c.request
		q.Path = r.Path
		c.request = &q
	case c.request == nil && c.path == "" && r.Path != "/":
		c.path = r.Path
	}
	return c
}

// throughDomain takes a call through the custom domain name that was given, where the
// API's own endpoint may refuse it.
func (t *targetFlags) throughDomain(api *snapshot.API, c call) call {
	if disabled, known := api.DefaultEndpointDisabled.Peek(); known && !disabled && c.host == "" {
		return c
	}
	if t.below == "" {
		return c
	}
	if c.request == nil {
		r := diagnose.Plain(cmp.Or(c.method, "POST"), t.below)
		c.request = &r
	} else if c.request.Path == "" {
		r := *c.request
		r.Path = t.below
		c.request = &r
	}
	if _, given := c.request.Header("Host"); !given {
		r := c.request.WithHeader("Host", t.domain)
		c.request = &r
	}
	return c
}

// byDomain finds the API that a custom domain name leads to from the path of the URL.
func (t *targetFlags) byDomain(ctx context.Context, cfg live.Settings) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	paths, others, err := live.Paths(ctx, cfg, t.domain)
	switch {
	case err != nil:
		return liveFailure(err)
	case len(paths) == 0 && len(others) > 0 && !slices.Contains(others, t.domain):
		return usage(didYouMean(t.domain, others), "region %s has no custom domain name %s", cfg.Region, t.domain)
	case len(paths) == 0:
		return usage("is it of another region (--region), or of a distribution or proxy in front? Else give --api-id ID", "no custom domain name %s of region %s leads to an API", t.domain, cfg.Region)
	}
	var fitting []live.Path
	var all []string
	for _, p := range paths {
		all = append(all, strings.TrimSuffix(t.domain+"/"+p.Path, "/")+" -> "+strings.TrimSpace(p.API+" "+p.Stage))
		under := p.Path == "" || t.url == "/"+p.Path || strings.HasPrefix(t.url, "/"+p.Path+"/")
		if under && (len(fitting) == 0 || t.url == "") {
			fitting = append(fitting, p)
		}
	}
	switch {
	case len(fitting) == 0 && t.url == "" && len(paths) == 1:
		fitting = paths
	case len(fitting) == 0 && t.url == "":
		return usage("give one of: "+oneLine(strings.Join(all, ", ")), "%s leads to several APIs", t.domain)
	case len(fitting) == 0:
		return usage("its paths: "+oneLine(strings.Join(all, ", ")), "no path of %s leads from %s to an API", t.domain, t.url)
	}
	at := fitting[0]
	t.apiIDs = []string{at.API}
	t.url = strings.TrimPrefix(t.url, strings.TrimSuffix("/"+at.Path, "/"))
	if at.Stage != "" {
		if t.stage == "" {
			t.stage = at.Stage
		}
		if t.url != "" {
			t.url = "/" + at.Stage + t.url
		}
	}
	return nil
}

// unnamed tells of a word that is no file and no command, and that cannot be looked
// up as the name of an API.
func (t *targetFlags) unnamed(err error) error {
	var f *failure
	if !t.named || !errors.As(err, &f) || f.code != ExitCannotRun {
		return err
	}
	return usage(f.hint, "%q is no file and no command, and cannot be looked up as the name of an API: %s", t.apiIDs[0], f.message)
}

// byName finds the id of the API that the command line names.
func (t *targetFlags) byName(ctx context.Context, cfg live.Settings) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	list, err := live.List(ctx, cfg)
	if err != nil {
		return liveFailure(err)
	}
	word := t.apiIDs[0]
	var names, found []string
	for _, api := range list {
		names = append(names, api.Name)
		if api.ID == word || api.Name == word {
			found = append(found, api.ID)
		}
	}
	switch {
	case len(found) == 1:
		t.apiIDs, t.named = found, false
		return nil
	case len(found) > 1:
		return usage("give one of: "+oneLine(strings.Join(found, ", ")), "%d APIs of region %s are named %q", len(found), cfg.Region, word)
	case len(names) == 0:
		return cannotRun("check --region and --profile", "there is no API in region %s", cfg.Region)
	}
	return usage(didYouMean(word, names), "no API of region %s has the id or the name %q", cfg.Region, word)
}
