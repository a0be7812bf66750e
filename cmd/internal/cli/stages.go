package cli

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// checkStage refuses a stage that is known not to be there.
func checkStage(s *snapshot.Snapshot, stage string) error {
	if stage == "" || len(s.APIs) == 0 {
		return nil
	}
	names, all := stageNames(s)
	if !all || slices.Contains(names, stage) {
		return nil
	}
	if len(names) == 0 {
		return usage("leave --stage out to diagnose the API as it is", "no stage %q: the API has no stage at all", stage)
	}
	return usage(didYouMean(stage, names), "no stage %q", stage)
}

// stageNames lists the stages of all APIs, and says whether these are all.
func stageNames(s *snapshot.Snapshot) (names []string, all bool) {
	all = true
	for i := range s.APIs {
		stages, ok := s.APIs[i].Stages.Peek()
		all = all && ok
		for _, st := range stages {
			names = append(names, st.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), all
}

// leftOut says which of several APIs do not have the stage.
func leftOut(s *snapshot.Snapshot, stage string) []string {
	var list []string
	for i := range s.APIs {
		if api := &s.APIs[i]; len(s.APIs) > 1 && api.Lacks(stage) {
			list = append(list, fmt.Sprintf("API %s has no stage %q and was left out", strings.TrimSpace(api.ID+" "+api.Name), stage))
		}
	}
	return list
}

// otherStages says which stages were not looked at, where nobody chose one.
func otherStages(e *diagnose.Examination) []string {
	looked := map[string]string{} // stage by API
	for i := range e.Diagnoses {
		if r := &e.Diagnoses[i].Trace.Route; r.API != nil && r.Stage != nil {
			looked[r.API.ID] = r.Stage.Name
		}
	}
	var list []string
	for _, api := range e.APIs {
		var others []string
		stages, _ := api.Stages.Peek()
		for _, st := range stages {
			if looked[api.ID] != "" && st.Name != looked[api.ID] && !slices.Contains(others, st.Name) {
				others = append(others, st.Name)
			}
		}
		if len(others) > 0 {
			list = append(list, fmt.Sprintf("stage %q of API %s was looked at, and not %s; --stage chooses", looked[api.ID], strings.TrimSpace(api.ID+" "+api.Name), strings.Join(others, ", ")))
		}
	}
	return list
}
