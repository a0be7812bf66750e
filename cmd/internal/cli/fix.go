package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// fixFlags are the flags of the fix command.
type fixFlags struct {
	targetFlags
	requestFlags
	outputFlags
	gate

	only     []string
	accept   []string
	apply    bool
	yes      bool
	write    bool
	rollback string

	keepDeployment bool
	format         string
}

func (a *app) fixCommand() *cobra.Command {
	var f fixFlags
	cmd := &cobra.Command{
		Use:   "fix",
		Short: "Show the changes that repair the integration, and carry them out on request",
		Long: `fix shows the smallest set of changes that is known to repair each method, in order: what is
changed, from what to what, at what risk, and what is predicted afterwards. Nothing is written.

For a template it prints a unified diff that git apply and patch -p1 accept; --write edits the
file. A deployment that has to be made anew gets another logical id, wherever it is named, unless
SAM or CDK do it. For a deployed API --apply carries the changes out: it asks first, reads every value again
and stops if one is no longer what was diagnosed, saves a rollback file in the current folder,
deploys, and diagnoses the API again. --rollback FILE takes such a run back. That needs the
permissions of the calls it makes, such as apigateway:PATCH, apigateway:POST, iam:PutRolePolicy,
sqs:SetQueueAttributes or kms:PutKeyPolicy.

Each step says how sure it is. --write and --apply make those that are sure: every request tried
delivers the caller's data. A step that has a blank or is your choice (it changes what is meant, or
loosens something) is asked about by itself, or made with --accept RULE; --yes alone leaves it out.
--apply makes none that has a blank: complete the command that the report shows, and run it.

The exit code is that of the diagnosis: after --apply and --write of the new one.`,
		Example: `  apisqs-doctor fix --api-id a1b2c3d4
  apisqs-doctor fix --api-id a1b2c3d4 --apply
  apisqs-doctor fix --api-id a1b2c3d4 --only protocol-content-type --apply --yes
  apisqs-doctor fix --rollback apisqs-doctor-rollback-a1b2c3d4.json
  apisqs-doctor fix --template template.yaml | git apply`,
		Args: f.arguments,
	}
	f.targetFlags.add(cmd)
	f.targetFlags.addStage(cmd)
	f.requestFlags.add(cmd)
	f.targetFlags.addAWS(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.only, "only", nil, "`RULE` whose findings alone are to be repaired; repeatable")
	flags.StringArrayVar(&f.accept, "accept", nil, "`RULE` whose fix is your choice and is to be made; repeatable, with --apply or --write")
	flags.BoolVar(&f.apply, "apply", false, "carry the changes out on the deployed API, after asking")
	flags.BoolVar(&f.yes, "yes", false, "do not ask; for scripts, with --apply or --rollback")
	flags.BoolVar(&f.write, "write", false, "make the changes in the template's file")
	flags.BoolVar(&f.keepDeployment, "keep-deployment", false, "leave the deployment's logical id; a stack update then deploys nothing")
	flags.StringVar(&f.rollback, "rollback", "", "take back the run that wrote this `FILE`")
	_ = cmd.MarkFlagFilename("rollback", "json")
	textOrJSON(cmd, &f.format)
	addShell(cmd, &f.shell)
	f.failOn, f.color = "error", "auto"
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.check(a.given); err != nil {
			return err
		}
		if err := a.settle(&f.targetFlags); err != nil {
			return err
		}
		if err := f.check(a.given); err != nil { // a file may turn out to be a snapshot
			return err
		}
		if f.rollback != "" {
			return a.rollback(cmd.Context(), &f)
		}
		return a.fix(cmd, &f)
	}
	return cmd
}

// check wants flags that fit together.
func (f *fixFlags) check(given map[string]bool) error {
	if f.rollback != "" {
		for _, flag := range []string{"api-id", "template", "snapshot", "only", "apply", "write", "method", "header", "body", "curl", "request"} {
			if given[flag] {
				return usage("", "--%s has no meaning with --rollback", flag)
			}
		}
		if f.timeout <= 0 {
			return usage("expected a duration such as 30s or 2m", "%q is not a value of --timeout", f.timeout)
		}
		return nil
	}
	if err := f.targetFlags.check(given); err != nil {
		return err
	}
	if err := f.one(); err != nil {
		return err
	}
	if len(f.accept) > 0 && !f.apply && !f.write {
		return usage("", "--accept has no meaning without --apply or --write")
	}
	for _, id := range slices.Concat(f.only, f.accept) {
		if _, ok := rules.Find(id); !ok {
			return usage(didYouMean(id, ruleIDs(rules.All())), "no rule %q", id)
		}
	}
	switch {
	case f.format == "json" && (f.apply || f.write):
		return usage("leave one of them out", "-o json shows the plan; --apply and --write tell what they do in text")
	case f.apply && len(f.templates) > 0:
		return usage("to edit the file, use --write", "--apply has no meaning with --template")
	case f.apply && f.snapshot != "":
		return usage("give the API with --api-id", "--apply has no meaning with --snapshot")
	case f.write && len(f.templates) == 0:
		return usage("", "--write has no meaning without --template")
	case f.keepDeployment && len(f.templates) == 0:
		return usage("", "--keep-deployment has no meaning without --template")
	case f.yes && !f.apply:
		return usage("", "--yes has no meaning without --apply or --rollback")
	}
	return nil
}

// fix plans the repair of every method of the target and shows or makes it.
func (a *app) fix(cmd *cobra.Command, f *fixFlags) error {
	a.target = f.targetFlags.target()
	c, err := a.readCall(&f.requestFlags)
	if err != nil {
		return err
	}
	if err := a.unfinished(f); err != nil {
		return err
	}
	s, err := a.load(cmd.Context(), &f.targetFlags)
	if err != nil {
		return err
	}
	c = f.follow(s, c)
	if err := checkStage(s, f.stage); err != nil {
		return err
	}
	e, err := examine(s, f.stage, c)
	if err != nil {
		return err
	}
	a.code = f.gate.exitCode(&e)
	p := repairs(s, &e, f, a.decide(cmd.Context(), f))
	switch {
	case f.format == "json":
		return a.encode(p.document(s, remedies(f.writer(f.shell))))
	case s.Target.Written() && len(f.templates) > 0:
		return a.fixTemplate(cmd.Context(), f, s, p, c)
	case f.apply && len(p.fixes) > 0:
		return a.fixLive(cmd.Context(), f, s, p, c)
	}
	a.printf("%s", p.text())
	if len(p.fixes) > 0 && f.live() {
		fmt.Fprintln(a.Err, "nothing was changed; to carry this out: add --apply")
	}
	return nil
}

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.Out, format, args...) }

// repair is what repairs the methods of a target, in order.
type repair struct {
	fixes    []diagnose.Fix
	parts    []repairPart
	made     []string // where what is changed comes from, when a tool writes the files
	template bool

	expressed func(string) string // writes symbols of a template as the template does
}

// repairPart is the repair of one method.
type repairPart struct {
	title string
	fixes []diagnose.Fix
	after string // what is predicted, or why there is nothing to do
	notes []string

	remains []diagnose.Remaining

	was, becomes string // the message that is delivered, before and after
	diagnosis    *diagnose.Diagnosis
}

// repairs collects the plans of all methods. A change for one method may repair
// another one too, so each is diagnosed with those before it made.
func repairs(s *snapshot.Snapshot, e *diagnose.Examination, f *fixFlags, take func(diagnose.Fix) bool) *repair {
	p := &repair{template: s.Target.Written(), expressed: s.Expressed}
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		if d.Trace == nil {
			continue
		}
		if len(p.fixes) > 0 {
			again := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{d.Trace.Request}, rules.All())
			d = &again.Diagnoses[0]
		}
		part := repairPart{title: title(d), diagnosis: d}
		if len(f.only) > 0 {
			part.fixes, part.after = chosen(s, d, f.only)
		} else {
			part.fixes, part.after = planned(d)
			part.remains = d.Plan.Remains
			part.was, part.becomes = messageText(d.Messages()), messageText(d.Plan.Messages)
		}
		if f.write || f.apply {
			part.leaveOut(take, f.apply)
		}
		if deploys(part.fixes) && !p.template {
			part.notes = append(part.notes, published(d)...)
		}
		for _, finding := range d.Findings {
			of := func(x diagnose.Fix) bool { return x.Rule == finding.Rule }
			if made := report.MadeBy(s, finding); made != "" && slices.ContainsFunc(part.fixes, of) {
				p.made = append(p.made, finding.Rule+": "+made)
			}
		}
		for _, x := range part.fixes {
			x.Changes = snapshot.Onto(s, x.Changes)
			p.fixes, s = append(p.fixes, x), made(s, []diagnose.Fix{x})
		}
		p.parts = append(p.parts, part)
	}
	return p
}

// decide tells which steps are made: the sure ones, those of accepted rules and,
// where somebody can be asked, those that are wanted. A blank is filled in in a file,
// and never put into a deployed API.
func (a *app) decide(ctx context.Context, f *fixFlags) func(diagnose.Fix) bool {
	answers := map[string]bool{}
	if ctx == nil {
		ctx = context.Background()
	}
	return func(x diagnose.Fix) bool {
		if f.apply && x.Blank != "" {
			return false
		}
		if x.Sure() == diagnose.Sure || slices.Contains(f.accept, x.Rule) {
			return true
		}
		if f.yes || a.canAsk("") != nil {
			return false
		}
		if answer, ok := answers[x.Rule]; ok {
			return answer
		}
		fmt.Fprintf(a.Err, "\n%s: %s\n  %s\n", x.Rule, oneLine(x.Title), oneLine(unsure(x)))
		ok, err := a.confirm(ctx, false, "Make this change too?", "it is left out")
		answers[x.Rule] = ok && err == nil
		return answers[x.Rule]
	}
}

// leaveOut keeps the steps that are taken, to be made in a file or, applied, in a
// deployed API.
func (p *repairPart) leaveOut(take func(diagnose.Fix) bool, applied bool) {
	p.fixes = slices.DeleteFunc(slices.Clone(p.fixes), func(x diagnose.Fix) bool {
		if take(x) {
			return false
		}
		how := "--accept " + x.Rule + " makes it"
		if applied && x.Blank != "" {
			how = "the report has the command to complete"
		}
		p.notes = append(p.notes, fmt.Sprintf("left out: %s. %s; %s", x.Title, unsure(x), how))
		p.after = "what is left out is still to be done; the report after the change says what remains"
		return true
	})
}

// unsure says why a step is not made without asking; empty for one that is sure.
func unsure(x diagnose.Fix) string {
	switch x.Sure() {
	case diagnose.Choice:
		return "it is your choice: " + x.Choice
	case diagnose.Blank:
		return "it has a blank: " + x.Blank
	}
	return ""
}

// made is the configuration with the fixes made; each of them was proved to apply.
func made(s *snapshot.Snapshot, fixes []diagnose.Fix) *snapshot.Snapshot {
	for _, x := range fixes {
		for _, change := range x.Changes {
			if next, err := change.Apply(s); err == nil {
				s = next
			}
		}
	}
	return s
}

func deploys(fixes []diagnose.Fix) bool {
	for _, x := range fixes {
		for _, change := range x.Changes {
			if _, ok := change.(snapshot.Deploy); ok {
				return true
			}
		}
	}
	return false
}

// planned is the plan of a diagnosis, or why there is none.
func planned(d *diagnose.Diagnosis) (fixes []diagnose.Fix, after string) {
	switch {
	case len(d.Plan.Fixes) > 0 && d.Plan.Verdict == diagnose.Broken:
		return d.Plan.Fixes, "this is a part only; afterwards: " + predicted(d.Plan.Verdict, d.Plan.After)
	case len(d.Plan.Fixes) > 0:
		return d.Plan.Fixes, "afterwards: " + predicted(d.Plan.Verdict, d.Plan.After)
	case d.Verdict == diagnose.Healthy:
		return nil, "healthy: there is nothing to change"
	case d.Verdict == diagnose.Inconclusive:
		return nil, "inconclusive: what could not be read may need a change"
	}
	return nil, "no set of changes is known that repairs it; the report shows what is wrong"
}

// chosen repairs the findings of some rules, one after the other.
func chosen(s *snapshot.Snapshot, d *diagnose.Diagnosis, only []string) (fixes []diagnose.Fix, after string) {
	const most = 12 // a method has one for each of its faults
	for len(fixes) < most {
		at := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return slices.Contains(only, f.Rule) && len(f.Fixes) > 0 })
		if at < 0 {
			break
		}
		x := d.Findings[at].Fixes[0]
		fixes, s = append(fixes, x), made(s, []diagnose.Fix{x})
		again := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{d.Trace.Request}, rules.All())
		d = &again.Diagnoses[0]
	}
	if len(fixes) == 0 {
		return nil, "no finding of " + strings.Join(only, ", ") + " with a change that repairs it"
	}
	return fixes, "afterwards: " + predicted(d.Verdict, &d.Predicted)
}

func title(d *diagnose.Diagnosis) string {
	t := d.Trace
	name := strings.TrimSpace(t.Request.Method + " " + t.Request.Path)
	if t.Route.API != nil && t.Route.API.Name != "" {
		name = fmt.Sprintf("%s (%s) · %s", t.Route.API.Name, t.Route.API.ID, name)
	}
	return name + ": " + predicted(d.Verdict, &d.Predicted)
}

func predicted(v diagnose.Verdict, p *diagnose.Prediction) string {
	out := string(v)
	if p == nil {
		return out
	}
	if p.Status != 0 {
		out += fmt.Sprintf(", the client gets %d", p.Status)
	}
	if p.Code != "" {
		out += " " + string(p.Code)
	}
	return out
}

// published are the differences between draft and stage that a deployment
// publishes besides the changes.
func published(d *diagnose.Diagnosis) []string {
	var list []string
	for _, x := range d.Trace.Route.Differences {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s", x.Method, x.Field)))
	}
	if len(list) == 0 {
		return nil
	}
	const most = 10
	if len(list) > most { // then the methods alone are named
		list = nil
		for _, x := range d.Trace.Route.Differences {
			if !slices.Contains(list, x.Method) {
				list = append(list, x.Method)
			}
		}
	}
	return []string{"the deployment also publishes what differs already between the draft and the stage: " + strings.Join(list, ", ")}
}

// text is the plan as people read it.
func (p *repair) text() string {
	var b strings.Builder
	line := func(indent int, name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%-7s%s\n", strings.Repeat(" ", indent), name, shorten(p.expressed(value)))
		}
	}
	for i, part := range p.parts {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(oneLine(part.title) + "\n\n")
		for n, x := range part.fixes {
			fmt.Fprintf(&b, "  %d. %s\n", n+1, oneLine(x.Title))
			for _, change := range x.Changes {
				if _, ok := change.(snapshot.Deploy); ok && p.template {
					continue // the stack update does it
				}
				what, from, to := described(change)
				fmt.Fprintf(&b, "     %s\n", shorten(p.expressed(what)))
				line(7, "from", from)
				line(7, "to", to)
			}
			line(5, "risk", x.Risk)
			line(5, "asks", unsure(x))
		}
		for _, r := range part.remains {
			fmt.Fprintf(&b, "  remains: %s: %s (%s)\n", r.Rule, shorten(r.Message), oneLine(r.Why))
		}
		if len(part.fixes) > 0 && part.was != part.becomes && part.becomes != "" {
			b.WriteString("  the message of this call\n")
			line(4, "from", cmp.Or(part.was, "(none)"))
			line(4, "to", part.becomes)
		}
		for _, note := range part.notes {
			fmt.Fprintf(&b, "  note: %s\n", oneLine(note))
		}
		b.WriteString("  " + oneLine(part.after) + "\n")
	}
	if len(p.parts) == 0 {
		b.WriteString("no method leads to SQS\n")
	}
	return b.String()
}

// messageText is what consumers of the queue get, on a line.
func messageText(list []walk.Message) string {
	var texts []string
	for _, m := range list {
		text := m.Body
		for _, a := range m.Attributes {
			text += fmt.Sprintf(", attribute %s: %s", a.Name, cmp.Or(a.StringValue, string(a.BinaryValue)))
		}
		if m.GroupID != "" {
			text += ", group " + m.GroupID
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

// shorten keeps a value on a line of the screen's order of size.
func shorten(s string) string {
	const most = 300
	if r := []rune(oneLine(s)); len(r) > most {
		return string(r[:most]) + " … (cut)"
	}
	return oneLine(s)
}

// described is a change as what, from and to.
func described(change snapshot.Change) (what, from, to string) {
	what, from, to = snapshot.Parts(change)
	if from == "" && to == "" {
		return what, "", ""
	}
	return what, cmp.Or(from, "(none)"), cmp.Or(to, "(none)")
}

// diagnoseAgain reports on what was changed, and settles the exit code by it.
func (a *app) diagnoseAgain(f *fixFlags, s *snapshot.Snapshot, c call) error {
	e, err := examine(s, f.stage, c)
	if err != nil {
		return err
	}
	return a.finish(&f.outputFlags, f.gate, s, e, accept.Result{}, withEdits(remedies(f.writer(f.shell))))
}
