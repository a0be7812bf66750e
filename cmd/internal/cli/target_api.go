package cli

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/walk"
)

// address is what an invoke URL or an ARN says of an API.
type address struct {
	id, region string
	path       string // behind the host, with the stage where there is one; empty for none
	stage      string // where it is said to be one
}

var (
	apiID      = regexp.MustCompile(`^[a-z0-9]{8,10}$`)
	invokeHost = regexp.MustCompile(`^([a-z0-9]+)(?:-vpce-[a-z0-9]+)?\.execute-api\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$`)
	manageARN  = regexp.MustCompile(`^arn:[a-z-]+:apigateway:([a-z0-9-]*):[0-9]*:/(?:restapis|apis)/([a-z0-9]+)(?:/stages/([^/]+))?(?:/.*)?$`)
	executeARN = regexp.MustCompile(`^arn:[a-z-]+:execute-api:([a-z0-9-]*):[0-9]*:([a-z0-9]+)(?:/([^/*]+)(?:/.*)?|/.*)?$`)
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
	if strings.HasPrefix(host, "sqs.") {
		return address{}, usage("give the API in front of it, or look at all: apisqs-doctor --all-apis", "this is the URL of a queue")
	}
	return address{}, usage("find the API behind it, and give that with --api-id ID:\n"+commandLine("", "aws", "apigateway", "get-base-path-mappings", "--domain-name", host)+
		"\n"+commandLine("", "aws", "apigatewayv2", "get-api-mappings", "--domain-name", host), "%s is a custom domain name, which does not say which API it leads to", host)
}

// point sets the flags of the target; what was given on the command line stays.
func (t *targetFlags) point(cmd *cobra.Command, at address) error {
	t.url = at.path
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
	if err == nil {
		err = t.point(cmd, at)
	}
	return err
}

// follow takes the stage and the path from the invoke URL, now that the API is known:
// a stage $default has no name in it.
func (t *targetFlags) follow(s *snapshot.Snapshot, c call) call {
	if t.url == "" || len(s.APIs) != 1 {
		return c
	}
	r := placeURL(s, walk.Request{Path: t.url}, s.APIs[0].ID+".execute-api.")
	if t.stage == "" {
		t.stage = r.Stage
	}
	switch {
	case c.request != nil && c.request.Path == "":
		q := *c.request
		q.Path = r.Path
		c.request = &q
	case c.request == nil && c.path == "" && r.Path != "/":
		c.path = r.Path
	}
	return c
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
