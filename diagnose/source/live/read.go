package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Options say what to read.
type Options struct {
	APIIDs        []string                    // APIs of any type, in the order of the snapshot
	Types         map[string]snapshot.APIType // of the APIs whose type is known already, by id; may be nil
	Stage         string                      // the one stage whose deployed configuration is read; empty for all
	StageOptional bool                        // an API without the stage is no fault
	Emulator      string                      // the URL of the emulator that is read in place of AWS; see Emulator
	Progress      func(Event)                 // told of every call, one at a time; may be nil
	Quota         *Quota                      // that is shared with other runs; nil for one of its own

}

// apisAtOnce is how many APIs are read at a time. Few, because all of them share
// the account's quota: when the time ends, what was read is read whole.
const apisAtOnce = 4

// Read reads the APIs and everything that their methods to SQS lead to. A
// call that is refused or fails leaves unknown facts and the run goes on; so does
// one API of several that cannot be read at all. The error is an *Error, or the
// context's when it was cancelled.
//
// The calls for an API depend on each other four deep: the API with its stages
// and resources; exports, roles and queues; managed policies and keys; policy
// versions and the policies of keys that go by an alias. It is five when no
// stage was named and a deployment names a role or a queue that the draft does not,
// and one more for an HTTP or WebSocket API whose type was not given, and where a policy
// looks at the organization of the account.
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
	a.identity, a.loggingRole = start(a.callerIdentity), start(a.readLoggingRole)

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
	var assumed []snapshot.Assumption
	if o.Emulator != "" {
		assumed = append(assumed, emulated(o.Emulator))
	}
	var failed []error
	for i, one := range apis {
		got := one.wait()
		list[i] = got.api
		assumed = append(assumed, got.assumed...)
		if got.err != nil {
			failed = append(failed, got.err)
		}
	}
	if len(failed) == len(ids) {
		return nil, together(failed)
	}
	s := a.snapshot(list)
	s.Target.Endpoint, s.Target.Assumed = o.Emulator, assumed
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
	api     snapshot.API
	assumed []snapshot.Assumption
	err     error
}

// read reads the API and begins to read what it leads to.
func (r *reader) read() reading {
	api, err := r.readAPI()
	if err == nil {
		return reading{api: api, assumed: r.assumed}
	}
	gap := snapshot.Gap{Reason: snapshot.Failed, Detail: err.Error(), Origin: r.at()}
	var e *Error
	if errors.As(err, &e) {
		gap.Detail = e.Message
		if e.Kind == Denied {
			gap.Reason, gap.Needs = snapshot.Denied, r.spec("GetRestApi", "").needs
		}
	}
	typ := r.typ
	if typ == "" {
		typ = snapshot.REST
	}
	return reading{err: err, api: snapshot.API{ID: r.apiID, Type: typ, Origin: r.at(),
		Draft: snapshot.Unknown[snapshot.Configuration](gap), Stages: snapshot.Unknown[[]snapshot.Stage](gap),
		EndpointTypes: snapshot.Unknown[[]string](gap), DefaultEndpointDisabled: snapshot.Unknown[bool](gap), Policy: snapshot.Unknown[string](gap)}}
}

func (r *reader) readAPI() (snapshot.API, error) {
	if r.ctx.Err() == context.DeadlineExceeded {
		return snapshot.API{}, r.failed(&failure{r.spec("GetRestApi", r.name()), r.ctx.Err()})
	}
	if r.typ == snapshot.HTTP || r.typ == snapshot.WebSocket {
		routed, failed := r.routed()
		if failed != nil {
			return snapshot.API{}, r.unread(failed)
		}
		return routed.read()
	}
	api := start(r.restAPI)
	r.stages = start(r.readStages)
	r.draft = start(r.readDraft)
	deployments := start(r.deploymentDates)
	followed := start(r.followAll)
	details := start(r.draftDetails)
	domains := start(r.domainsOf)

	give := func(err error) (snapshot.API, error) {
		if r.several {
			followed.wait() // or what it leads to is in the snapshot one time and not the next
		}
		return snapshot.API{}, err
	}
	got := api.wait()
	if got.failure != nil {
		failed := got.failure
		if kind, _ := Judge(failed.err); r.typ == "" && (absent(failed) || kind == Denied) {
			// It may be none of the REST APIs, or be readable without them.
			followed.wait()
			details.wait()
			domains.wait()
			routed, unread := r.routed()
			switch {
			case unread == nil:
				return routed.read()
			case absent(failed) && !absent(unread):
				return give(r.unread(unread))
			}
		}
		if err := r.fatal(failed); err != nil {
			return give(err)
		}
	}
	r.usagePlans = start(r.plansOfAll)
	stages := r.stages.wait()
	var names []string
	for _, stage := range stages.list {
		names = append(names, aws.ToString(stage.StageName))
	}
	if err := r.checkStage(names, stages.failure); err != nil {
		return give(err)
	}
	if got.failure != nil && stages.failure != nil && r.draft.wait().failure != nil {
		return give(r.failed(got.failure))
	}

	followed.wait()
	out := got.api
	out.Draft = r.wholeDraft(got, details.wait())
	out.Stages = r.stageFacts(deployments.wait(), details.wait(), out.Draft)
	out.Domains = domains.wait()
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
	r.followLogging(slices.ContainsFunc(stages.list, logs))
	r.exports.all()
	return struct{}{}
}

// reader reads one API.
type reader struct {
	*account
	collection    string // restapis or apis, as the control plane names it
	apiID         string
	typ           snapshot.APIType // empty when not known
	stage         string           // the only one that is wanted; empty for all
	stageOptional bool
	several       bool // it is not the only one of the run
	emulated      bool // it is an emulator that is read

	stages     *later[stageList]
	draft      *later[draft]
	usagePlans *later[plans]
	exports    memo[snapshot.Fact[snapshot.Configuration]]
	untrue     sync.Map // stages whose exports cannot be true
	assumed    []snapshot.Assumption
}

func (a *account) reader(id string, o Options) *reader {
	return &reader{account: a, collection: "restapis", apiID: id, typ: o.Types[id], stage: o.Stage, stageOptional: o.StageOptional, emulated: o.Emulator != ""}
}

// inCollection is a reader of the same API at the other paths of the control plane.
func (r *reader) inCollection(name string) *reader {
	return &reader{account: r.account, collection: name, apiID: r.apiID, typ: r.typ, stage: r.stage, stageOptional: r.stageOptional, several: r.several, emulated: r.emulated}
}

// name is the API in words.
func (r *reader) name() string { return "API " + r.apiID }

// at is the origin of a control plane path of the API, such as stages/prod.
func (r *reader) at(path ...string) snapshot.Origin {
	return snapshot.Origin{Resource: r.arn(path...)}
}

func (r *reader) arn(path ...string) string {
	return "arn:" + r.partition + ":apigateway:" + r.cfg.Region + "::/" + strings.Join(append([]string{r.collection, r.apiID}, path...), "/")
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
	if absent(f) {
		where := "region " + r.cfg.Region
		if id := r.identity.wait(); id.account != "" {
			where += " of account " + id.account
		}
		return &Error{Kind: NoSuchAPI, Err: f.err,
			Message: fmt.Sprintf("there is no API %q in %s", r.apiID, where),
			Suggest: "check the id, --region and --profile; see the APIs with: aws apigateway get-rest-apis, and: aws apigatewayv2 get-apis"}
	}
	switch kind, _ := Judge(f.err); kind {
	case Denied, Credentials, Expired, Unreachable:
		return r.failed(f)
	}
	return nil
}

// unread is the error of an API of which not even the type could be read.
func (r *reader) unread(f *failure) error {
	if err := r.fatal(f); err != nil {
		return err
	}
	return r.failed(f)
}

func absent(f *failure) bool { return code(f.err) == "NotFoundException" }

func (r *reader) failed(f *failure) *Error {
	return impossible(f, fmt.Sprintf("the API %q in region %s", r.apiID, r.cfg.Region))
}

// checkStage refuses the name of a stage that the API does not have.
func (r *reader) checkStage(names []string, unread *failure) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	if r.stage == "" || r.stageOptional || unread != nil {
		return nil
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
