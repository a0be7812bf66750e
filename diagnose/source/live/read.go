package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Options say what to read.
type Options struct {
	APIIDs        []string    // REST APIs, in the order of the snapshot
	Stage         string      // the one stage whose deployed configuration is read; empty for all
	StageOptional bool        // an API without the stage is no fault
	Progress      func(Event) // told of every call, one at a time; may be nil

	unpaced bool // tests: no waiting for quotas
}

// apisAtOnce is how many APIs are read at a time. Few, because all of them share
// the account's quota: when the time ends, what was read is read whole.
const apisAtOnce = 4

// Read reads the REST APIs and everything that their methods to SQS lead to. A
// call that is refused or fails leaves unknown facts and the run goes on; so does
// one API of several that cannot be read at all. The error is an *Error, or the
// context's when it was cancelled.
//
// The calls for an API depend on each other four deep: the API with its stages
// and resources; exports, roles and queues; managed policies and keys; policy
// versions and the policies of keys that go by an alias. It is five when no
// stage was named and a deployment names a role or a queue that the draft does not.
func Read(ctx context.Context, cfg aws.Config, o Options) (*snapshot.Snapshot, error) {
	if err := ready(ctx, cfg); err != nil {
		return nil, err
	}
	ids := distinct(o.APIIDs)
	if len(ids) == 0 {
		return nil, &Error{Kind: NoSuchAPI, Message: "no API is named", Suggest: "give its id with --api-id"}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := newAccount(ctx, cfg, o)
	defer a.mute()
	a.apis = len(ids)
	a.identity = start(a.callerIdentity)

	apis := make([]*later[reading], len(ids))
	turns := make(chan struct{}, apisAtOnce)
	for i, id := range ids {
		r := a.reader(id, o)
		r.several = len(ids) > 1
		apis[i] = start(func() reading {
			turns <- struct{}{}
			defer func() { <-turns }()
			defer a.apiRead()
			return r.read()
		})
	}
	list := make([]snapshot.API, len(ids))
	var failed []error
	for i, one := range apis {
		got := one.wait()
		list[i] = got.api
		if got.err != nil {
			failed = append(failed, got.err)
		}
	}
	if len(failed) == len(ids) {
		return nil, together(failed)
	}
	s := a.snapshot(list)
	if err := a.cancelled(); err != nil {
		return nil, err
	}
	return s, nil
}

func distinct(ids []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	return list
}

// together is the error of a run in which no API could be read. The first tells
// for all: what keeps every one from being read is most often the same.
func together(failed []error) error {
	var first *Error
	if len(failed) == 1 || !errors.As(failed[0], &first) {
		return failed[0]
	}
	all := *first
	all.Message = fmt.Sprintf("none of %d APIs can be read; the first: %s", len(failed), first.Message)
	return &all
}

// reading is an API as far as it was read. The error, an *Error or the context's,
// says why it was not read at all.
type reading struct {
	api snapshot.API
	err error
}

// read reads the API and begins to read what it leads to.
func (r *reader) read() reading {
	api, err := r.readAPI()
	if err == nil {
		return reading{api: api}
	}
	gap := snapshot.Gap{Reason: snapshot.Failed, Detail: err.Error(), Origin: r.at()}
	var e *Error
	if errors.As(err, &e) {
		gap.Detail = e.Message
		if e.Kind == Denied {
			gap.Reason, gap.Needs = snapshot.Denied, r.spec("GetRestApi", "").needs
		}
	}
	return reading{err: err, api: snapshot.API{ID: r.apiID, Type: snapshot.REST, Origin: r.at(),
		Draft: snapshot.Unknown[snapshot.Configuration](gap), Stages: snapshot.Unknown[[]snapshot.Stage](gap),
		EndpointTypes: snapshot.Unknown[[]string](gap), DefaultEndpointDisabled: snapshot.Unknown[bool](gap), Policy: snapshot.Unknown[string](gap)}}
}

func (r *reader) readAPI() (snapshot.API, error) {
	if r.ctx.Err() == context.DeadlineExceeded {
		return snapshot.API{}, r.failed(&failure{r.spec("GetRestApi", r.name()), r.ctx.Err()})
	}
	api := start(r.restAPI)
	r.stages = start(r.readStages)
	r.draft = start(r.readDraft)
	deployments := start(r.deploymentDates)
	followed := start(r.followAll)
	details := start(r.draftDetails)

	give := func(err error) (snapshot.API, error) {
		if r.several {
			followed.wait() // or what it leads to is in the snapshot one time and not the next
		}
		return snapshot.API{}, err
	}
	got := api.wait()
	if got.failure != nil {
		if err := r.fatal(got.failure); err != nil {
			return give(err)
		}
	}
	stages := r.stages.wait()
	if err := r.checkStage(stages); err != nil {
		return give(err)
	}
	if got.failure != nil && stages.failure != nil && r.draft.wait().failure != nil {
		return give(r.failed(got.failure))
	}

	followed.wait()
	out := got.api
	out.Draft = r.wholeDraft(got, details.wait())
	out.Stages = r.stageFacts(deployments.wait(), details.wait())
	return out, nil
}

// followAll begins to read the exports, and the roles, queues and keys that
// the draft and the exports name. It ends when nothing more will be begun.
func (r *reader) followAll() struct{} {
	if r.stage != "" && !r.stageOptional {
		r.export(r.stage)
	}
	stages := r.stages.wait()
	for _, stage := range stages.list {
		name := aws.ToString(stage.StageName)
		if (r.stage == "" || r.stage == name) && aws.ToString(stage.DeploymentId) != "" {
			r.export(name)
		}
	}
	r.follow(r.draft.wait().configuration, stages.variables(""))
	r.exports.all()
	return struct{}{}
}

// reader reads one API.
type reader struct {
	*account
	apiID         string
	stage         string // the only one that is wanted; empty for all
	stageOptional bool
	several       bool // it is not the only one of the run

	stages  *later[stageList]
	draft   *later[draft]
	exports memo[snapshot.Fact[snapshot.Configuration]]
}

func (a *account) reader(id string, o Options) *reader {
	return &reader{account: a, apiID: id, stage: o.Stage, stageOptional: o.StageOptional}
}

// name is the API in words.
func (r *reader) name() string { return "API " + r.apiID }

// at is the origin of a control plane path of the API, such as stages/prod.
func (r *reader) at(path ...string) snapshot.Origin {
	return snapshot.Origin{Resource: r.arn(path...)}
}

func (r *reader) arn(path ...string) string {
	return "arn:" + r.partition + ":apigateway:" + r.cfg.Region + "::/" + strings.Join(append([]string{"restapis", r.apiID}, path...), "/")
}

// spec describes a call of the control plane that reads the path of the API.
func (r *reader) spec(operation, subject string, path ...string) spec {
	if r.several && subject != r.name() {
		subject += " of " + r.name()
	}
	return spec{"apigateway", operation, subject, "apigateway:GET on " + r.arn(path...)}
}

// fatal turns the failure of GetRestApi into the run's error, when it is one
// that makes the run impossible.
func (r *reader) fatal(f *failure) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	if code(f.err) == "NotFoundException" {
		where := "region " + r.cfg.Region
		if id := r.identity.wait(); id.account != "" {
			where += " of account " + id.account
		}
		return &Error{Kind: NoSuchAPI, Err: f.err,
			Message: fmt.Sprintf("there is no REST API %q in %s", r.apiID, where),
			Suggest: "check the id, --region and --profile; HTTP and WebSocket APIs are not among them; see the REST APIs with: aws apigateway get-rest-apis"}
	}
	switch kind, _ := Judge(f.err); kind {
	case Denied, Credentials, Expired, Unreachable:
		return r.failed(f)
	}
	return nil
}

func (r *reader) failed(f *failure) *Error {
	return impossible(f, fmt.Sprintf("the REST API %q in region %s", r.apiID, r.cfg.Region))
}

// checkStage refuses the name of a stage that the API does not have.
func (r *reader) checkStage(stages stageList) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	if r.stage == "" || r.stageOptional || stages.failure != nil {
		return nil
	}
	names := []string{}
	for _, stage := range stages.list {
		names = append(names, aws.ToString(stage.StageName))
	}
	if slices.Contains(names, r.stage) {
		return nil
	}
	e := &Error{Kind: NoSuchStage, Stages: names,
		Message: fmt.Sprintf("the API %q has no stage %q", r.apiID, r.stage),
		Suggest: "its stages are " + strings.Join(names, ", ")}
	if len(names) == 0 {
		e.Suggest = "it has no stage at all: deploy it first"
	}
	return e
}
