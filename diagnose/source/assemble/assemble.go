package assemble

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
)

// Snapshot puts the parts together. It may be called once: values of the parts
// become part of the snapshot.
func (p *Parts) Snapshot() *snapshot.Snapshot {
	a := &assembler{Parts: p, out: &snapshot.Snapshot{Schema: snapshot.Schema, Target: p.Target, APIs: []snapshot.API{},
		Roles: map[string]snapshot.Fact[*snapshot.Role]{}, Queues: map[string]snapshot.Fact[*snapshot.Queue]{}, Keys: map[string]snapshot.Fact[*snapshot.Key]{}},
		apis: map[string]*api{}, resources: map[string]*pathPart{}, deployments: map[string]frozen{}}
	a.keys()
	a.queues()
	a.roles()
	a.declare()
	a.parts()
	a.methods()
	a.routes()
	a.deploy()
	a.stages()
	for _, one := range a.order {
		a.out.APIs = append(a.out.APIs, one.finish())
	}
	return a.out
}

// assembler is the work of one call of Snapshot.
type assembler struct {
	*Parts
	out         *snapshot.Snapshot
	apis        map[string]*api // by id
	order       []*api
	resources   map[string]*pathPart // of REST APIs, by id
	deployments map[string]frozen    // by id
}

func (a *assembler) warn(at snapshot.Origin, format string, args ...any) {
	if a.Warn == nil {
		return
	}
	message := fmt.Sprintf(format, args...)
	if at.File != "" {
		message = fmt.Sprintf("%s:%d: %s", at.File, at.Line, message)
	}
	a.Warn(message)
}

// outside is the gap of something that is named and is not among the parts.
func (a *assembler) outside(what, id string, at snapshot.Origin) snapshot.Gap {
	return snapshot.Gap{Reason: snapshot.NotRead, Detail: "the " + what + " " + id + " is not part of " + a.Input, Origin: at}
}

// read gives the value of a fact without recording a gap.
func read[T any](f snapshot.Fact[T]) (T, bool) { return f.Peek() }
