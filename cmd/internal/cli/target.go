package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/kind"
	"apisqs-doctor/diagnose/text"
)

// targetFlags say what to diagnose and how to read it.
type targetFlags struct {
	apiIDs         []string
	allAPIs        bool
	allRegions     bool
	stage          string
	templates      []string
	parameters     []string
	parametersFile string
	snapshot       string
	vars, varFiles []string    // of Terraform
	input          *kind.Input // what the files hold; nil before settle
	stdin          []byte      // what the file "-" held
	said           bool        // files were given without a flag: what they are is told

	named  bool   // the API is given by its name
	domain string // the API is given by this custom domain name, and by this path of it
	below  string
	url    string // what stands behind the host of the invoke URL that was given

	region, profile, endpointURL, accountID string
	profiles                                []string // all that were given; profile is the first
	timeout                                 time.Duration
}

const targetHint = "give --api-id ID, or a file or folder; to see an example: apisqs-doctor demo"

// templateKinds are the usual endings of the names of templates.
var templateKinds = []string{"yaml", "yml", "json", "template"}

// addMany adds the flags of commands that take several APIs.
func (t *targetFlags) addMany(cmd *cobra.Command) {
	t.add(cmd)
	cmd.Flags().BoolVar(&t.allAPIs, "all-apis", false, "every API of the account in the region")
	cmd.Flags().BoolVar(&t.allRegions, "all-regions", false, "every API of the account in every region")
	cmd.Flags().Lookup("api-id").Usage += "; repeatable"
}

func (t *targetFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&t.apiIDs, "api-id", nil, "deployed API, by its `ID` (also --rest-api-id)")
	f.StringArrayVar(&t.templates, "template", nil, "`FILE` or folder, as it may also be given without this flag; repeatable")
	f.StringArrayVar(&t.parameters, "parameter", nil, "`KEY=VALUE` for a parameter of the CloudFormation template; repeatable")
	f.StringVar(&t.parametersFile, "parameters-file", "", "`FILE` with the template's parameters, as the AWS CLI takes it")
	f.StringArrayVar(&t.vars, "var", nil, "`NAME=VALUE` for a variable of the Terraform configuration; repeatable")
	f.StringArrayVar(&t.varFiles, "var-file", nil, "`FILE` with values of Terraform variables; repeatable")
	_ = cmd.MarkFlagFilename("template", templateKinds...)
	_ = cmd.MarkFlagFilename("var-file", "tfvars", "json")
	_ = cmd.MarkFlagFilename("parameters-file", "json", "yaml", "yml")
}

func (t *targetFlags) addSnapshot(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.snapshot, "snapshot", "", "`FILE` that the snapshot command has written")
	_ = cmd.MarkFlagFilename("snapshot", "json")
}

func (t *targetFlags) addStage(cmd *cobra.Command) {
	t.addSnapshot(cmd)
	cmd.Flags().StringVar(&t.stage, "stage", "", "`NAME` of the only stage to look at (also --stage-name)")
}

func (t *targetFlags) addAWS(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.region, "region", "", "AWS `REGION`, also for what a template leaves open")
	f.Var(profileList{t}, "profile", "profile `NAME` of the AWS configuration; with --all-apis repeatable")
	f.StringVar(&t.endpointURL, "endpoint-url", "", "`URL` for all AWS calls, such as that of an emulator")
	f.StringVar(&t.accountID, "account-id", "", "`ACCOUNT` that a template is for, 12 digits")
	f.DurationVar(&t.timeout, "timeout", defaultTimeout, "`TIME` that reading an API from AWS may take, and changing it")
}

// live tells whether the target is read from AWS.
func (t *targetFlags) live() bool { return len(t.apiIDs) > 0 || t.allAPIs }

func (t *targetFlags) any() bool { return t.live() || len(t.templates) > 0 || t.snapshot != "" }

// one refuses several APIs, for a command that works on one.
func (t *targetFlags) one() error {
	if len(t.apiIDs) > 1 {
		return usage("", "give one --api-id")
	}
	return nil
}

// check wants exactly one target, and no flag that would do nothing. What the
// files are has been settled.
func (t *targetFlags) check(given map[string]bool) error {
	t.allAPIs = t.allAPIs || t.allRegions
	switch {
	case t.allRegions && t.region != "" && given["region"]:
		return usage("", "give --region or --all-regions, not both")
	case len(t.profiles) > 1 && !t.allAPIs:
		return usage("", "several --profile need --all-apis or --all-regions")
	}
	var targets []string
	for _, c := range []struct {
		flag  string
		given bool
	}{{"--api-id", len(t.apiIDs) > 0}, {"--all-apis", t.allAPIs}, {"--template", len(t.templates) > 0}, {"--snapshot", t.snapshot != ""}} {
		if c.given {
			targets = append(targets, c.flag)
		}
	}
	switch len(targets) {
	case 0:
		return usage(targetHint, "no target given")
	case 1:
	default:
		return usage("", "give one target, not both %s", strings.Join(targets, " and "))
	}
	for _, c := range []struct {
		flag  string
		needs []string
	}{
		{"parameter", []string{"--template"}}, {"var", []string{"--template"}}, {"var-file", []string{"--template"}}, {"parameters-file", []string{"--template"}}, {"account-id", []string{"--template"}},
		{"region", []string{"--api-id", "--all-apis", "--template"}}, {"profile", []string{"--api-id", "--all-apis"}},
		{"endpoint-url", []string{"--api-id", "--all-apis"}}, {"timeout", []string{"--api-id", "--all-apis"}}, {"verify-iam", []string{"--api-id", "--all-apis"}},
	} {
		// A variable of the environment is set for all runs and no mistake in this one.
		if given[c.flag] && !slices.Contains(c.needs, targets[0]) {
			return usage("", "--%s has no meaning with %s", c.flag, targets[0])
		}
	}
	if err := t.checkSource(given); err != nil {
		return err
	}
	for flag, list := range map[string][]string{"--parameter": t.parameters, "--var": t.vars} {
		if _, err := keyValues(flag, list); err != nil {
			return err
		}
	}
	if t.accountID != "" && (len(t.accountID) != 12 || strings.Trim(t.accountID, "0123456789") != "") {
		return usage("expected 12 digits, such as 123456789012", "%q is not a value of --account-id", t.accountID)
	}
	if t.region != "" && t.endpointURL == "" && !text.IsRegion(t.region) {
		return usage("expected an AWS region, such as "+strings.Join(text.NearestRegions(t.region), ", "), "%q is not a value of --region", t.region)
	}
	if t.timeout < 0 || t.timeout == 0 && t.live() {
		return usage("expected a duration such as 30s or 2m", "%q is not a value of --timeout", t.timeout)
	}
	return nil
}

// target is what a report of a run that fails can say of it.
func (t *targetFlags) target() snapshot.Target {
	switch {
	case t.snapshot != "":
		return snapshot.Target{Kind: snapshot.Saved, File: t.snapshot}
	case len(t.templates) > 0:
		of := snapshot.Template
		if t.input != nil {
			of = t.input.Target()
		}
		return snapshot.Target{Kind: of, File: t.templates[0], Region: t.region, Account: t.accountID}
	}
	return snapshot.Target{Kind: snapshot.Live, Region: t.region}
}

// load reads the target.
func (a *app) load(ctx context.Context, t *targetFlags) (s *snapshot.Snapshot, err error) {
	if err := a.settle(t); err != nil {
		return nil, err
	}
	switch {
	case t.snapshot != "":
		s, err = loadSnapshot(t.snapshot)
	case len(t.templates) > 0:
		s, err = a.loadTemplate(t)
	default:
		s, err = a.readLive(ctx, t)
	}
	if err == nil {
		err = checkStated(t.snapshot, s)
	}
	return s, err
}

func loadSnapshot(file string) (*snapshot.Snapshot, error) {
	f, err := openFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readSnapshot(file, f)
}

func readSnapshot(file string, r io.Reader) (*snapshot.Snapshot, error) {
	s, err := snapshot.Load(text.UTF8(r))
	var content *snapshot.FileError
	switch {
	case errors.As(err, &content):
		return nil, usage("make a new one with: apisqs-doctor snapshot --api-id ID -o api.json", "%s: %s", file, content)
	case err != nil:
		return nil, usage("", "%s: %s", file, plain(err))
	}
	return s, nil
}

// openFile opens a file for reading and says in words why it cannot.
func openFile(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, usage("", "%s: %s", file, plain(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, usage("", "%s: is a directory, expected a file", file)
	}
	return f, nil
}

// plain is an error of the file system without the name of the file.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// keyValues reads KEY=VALUE arguments.
func keyValues(flag string, list []string) (map[string]string, error) {
	m := map[string]string{}
	for _, kv := range list {
		key, value, ok := strings.Cut(kv, "=")
		if !ok || key == "" {
			return nil, usage(fmt.Sprintf("expected %s KEY=VALUE", flag), "%q is not a value of %s", kv, flag)
		}
		m[key] = value
	}
	return m, nil
}
