package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/source/live"
)

// asksAWS tells whether completions may call AWS: nobody's credentials are used
// by the press of a key unless it was asked for.
func (a *app) asksAWS() bool {
	value := a.env(completeAWS)
	return value != "" && value != "0"
}

// account is the account that the flags lead to; not ok when it may not be asked.
func (a *app) account(ctx context.Context, t *targetFlags) (cfg live.Settings, ok bool) {
	if !a.asksAWS() {
		return cfg, false
	}
	cfg, err := t.settings(ctx)
	return cfg, err == nil
}

// apisOfAccount lists the ids of the account's APIs that are not given
// yet, each with its name.
func (a *app) apisOfAccount(t *targetFlags) []string {
	ctx, cancel := context.WithTimeout(context.Background(), t.timeout)
	defer cancel()
	cfg, ok := a.account(ctx, t)
	if !ok {
		return nil
	}
	apis, err := live.List(ctx, cfg)
	if err != nil {
		return nil
	}
	var list []string
	for _, api := range apis {
		if !slices.Contains(t.apiIDs, api.ID) {
			list = append(list, cobra.CompletionWithDesc(api.ID, oneLine(api.Name)))
		}
	}
	return list
}

// stagesOfAccount lists the stages of the APIs that are given.
func (a *app) stagesOfAccount(t *targetFlags) []string {
	ctx, cancel := context.WithTimeout(context.Background(), t.timeout)
	defer cancel()
	if len(t.apiIDs) == 0 {
		return nil
	}
	cfg, ok := a.account(ctx, t)
	if !ok {
		return nil
	}
	var list []string
	for _, id := range t.apiIDs {
		if names, err := live.Stages(ctx, cfg, id); err == nil {
			list = append(list, names...)
		}
	}
	return plainWords(list)
}
