package report

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// Plan is what to change, step by step, and what remains afterwards.
type Plan struct {
	Fixes          []PlannedFix `json:"fixes"`
	After          After        `json:"after"`
	Complete       bool         `json:"complete"`       // no error and no warning remains
	Steps          []Step       `json:"steps"`          // in any order: each is a change of the configuration as it is
	Remains        []Remaining  `json:"remains"`        // findings that no step resolves
	Messages       []Message    `json:"messages"`       // that consumers of the queue get after all steps; empty where none arrives
	Commands       []string     `json:"commands"`       // all steps together, for the AWS CLI in a POSIX shell
	CloudFormation string       `json:"cloudformation"` // all steps together
	Terraform      string       `json:"terraform"`      // all steps together
	Diff           string       `json:"diff"`           // all steps together, as an edit of the files that were read; empty where there are none
}

// PlannedFix is one step of a plan; it is explained in the finding of its rule.
type PlannedFix struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
}

// Step is one step of a plan.
type Step struct {
	Title    string   `json:"title"`
	Rule     string   `json:"rule"`
	Resolves []string `json:"resolves"` // rules whose findings it removes
	Sure     string   `json:"sure"`     // sure, blank or choice
	Why      string   `json:"why"`      // what is to be filled in or decided; empty for a sure one
	Risk     string   `json:"risk"`
	Changes  []Change `json:"changes"`
}

// Change is one value that a step sets.
type Change struct {
	Target string `json:"target"`
	Before string `json:"before"` // as it is; empty for none
	After  string `json:"after"`  // empty for none
}

// Remaining is a finding that no step resolves.
type Remaining struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

func plan(r Run, d *diagnose.Diagnosis, say Words) *Plan {
	if len(d.Plan.Fixes) == 0 || d.Plan.After == nil {
		return nil
	}
	out := &Plan{Fixes: make([]PlannedFix, 0, len(d.Plan.Fixes)), After: After{verdict(d.Plan.Verdict), predicted(*d.Plan.After, say)},
		Complete: d.Plan.Complete, Messages: shownMessages(d.Plan.Messages, say), Remains: []Remaining{}, Commands: []string{}}
	for i := range d.Plan.Fixes {
		f := &d.Plan.Fixes[i]
		out.Fixes = append(out.Fixes, PlannedFix{f.Rule, say.Show(f.Title)})
		step := Step{Title: say.Show(f.Title), Rule: f.Rule, Resolves: f.Resolves, Sure: string(f.Sure()), Why: say.Show(f.Choice + f.Blank), Risk: say.Show(f.Risk), Changes: []Change{}}
		step.Changes = append(step.Changes, changesOf(*f, say)...)
		out.Steps = append(out.Steps, step)
	}
	for _, x := range d.Plan.Remains {
		out.Remains = append(out.Remains, Remaining{x.Rule, say.Show(x.Why)})
	}
	together := diagnose.Fix{Title: "all steps together", Changes: d.Plan.Changes}
	if commands, _ := render(r, r.commands, together); commands != nil {
		out.Commands = commands
	}
	out.CloudFormation, _ = render(r, r.Remedy.CloudFormation, together)
	out.Terraform, _ = render(r, r.Remedy.Terraform, together)
	out.CloudFormation, out.Terraform = say.Show(out.CloudFormation), say.Show(out.Terraform)
	diff, _ := render(r, r.Remedy.Diff, together)
	out.Diff = say.Show(diff)
	return out
}

// changesOf are the values that a fix sets.
func changesOf(f diagnose.Fix, say Words) []Change {
	list := make([]Change, 0, len(f.Changes))
	for _, c := range f.Changes {
		target, before, after := snapshot.Parts(c)
		list = append(list, Change{say.Show(target), say.Show(before), say.Show(after)})
	}
	return list
}
