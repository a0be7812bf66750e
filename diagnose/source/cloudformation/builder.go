package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
)

// builder turns the resolved stacks into facts.
type builder struct {
	world *world
	out   *snapshot.Snapshot

	policies      map[string]snapshot.Policy // managed policies of the templates, by ARN
	attached      map[string][]attachment    // by the name of the role
	queuePolicies map[string][]queuePolicy   // by the URL of the queue
	apis          map[string]*gatewayAPI     // by id
	order         []*gatewayAPI
	tree          map[string]*gatewayResource      // resources of REST APIs, by id
	deployments   map[string]*deployment           // by id
	integrations  map[string]*snapshot.Integration // of HTTP and WebSocket APIs, by id
}

// build resolves every resource that the diagnosis needs.
func (w *world) build() *snapshot.Snapshot {
	b := &builder{world: w, out: &snapshot.Snapshot{Schema: snapshot.Schema,
		Target: snapshot.Target{Kind: snapshot.Template, Region: w.region, Account: w.options.Account, Partition: w.partition},
		Roles:  map[string]snapshot.Fact[*snapshot.Role]{}, Queues: map[string]snapshot.Fact[*snapshot.Queue]{}, Keys: map[string]snapshot.Fact[*snapshot.Key]{}},
		policies: map[string]snapshot.Policy{}, attached: map[string][]attachment{}, queuePolicies: map[string][]queuePolicy{},
		apis: map[string]*gatewayAPI{}, tree: map[string]*gatewayResource{}, deployments: map[string]*deployment{}, integrations: map[string]*snapshot.Integration{}}
	for i := 0; i < len(w.stacks) && w.err == nil; i++ {
		s := w.stacks[i]
		for _, r := range s.live("AWS::CloudFormation::Stack", "AWS::Serverless::Application") {
			s.open(r)
		}
	}
	for _, pass := range []func(*stack){b.readSkips, b.readPolicies, b.readQueuePolicies, b.keys, b.aliases, b.queues, b.roles,
		b.readAPIs, b.readTree, b.readIntegrations, b.readParts, b.readMethods, b.readRoutes, b.readDeployments, b.readStages, checkCycles} {
		for _, s := range w.stacks {
			if w.err == nil {
				pass(s)
			}
		}
	}
	if w.err != nil {
		return nil
	}
	for _, a := range b.order {
		b.out.APIs = append(b.out.APIs, a.finish())
	}
	if b.out.APIs == nil {
		b.out.APIs = []snapshot.API{}
	}
	b.out.Organization = snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead, Detail: "a template does not hold the organization's policies"})
	b.out.Symbols = w.symbols.list
	b.out.Refusals = b.refusals()
	return b.out
}

// refusals says which APIs a refusal keeps from being deployed: those of the
// stacks that the refused template belongs to, which AWS rolls back as a whole.
func (b *builder) refusals() []snapshot.Refusal {
	var list []snapshot.Refusal
	for _, r := range b.world.refusals {
		refused, others := map[*stack]bool{}, false
		for _, s := range b.world.stacks {
			if s.doc.name == r.Origin.File {
				refused[s.root] = true
			}
		}
		for _, s := range b.world.stacks {
			others = others || !refused[s.root]
		}
		if len(refused) > 0 && others {
			for _, a := range b.order {
				if refused[a.stack.root] {
					r.APIs = append(r.APIs, a.id)
				}
			}
			if len(r.APIs) == 0 {
				b.world.warn("%s:%d: AWS would refuse this template, which no API is in: %s", r.Origin.File, r.Origin.Line, r.Message)
				continue
			}
		}
		list = append(list, r)
	}
	return list
}

// readPolicies collects the policies that stand on their own.
func (b *builder) readPolicies(s *stack) {
	for _, a := range b.attachments(s) {
		if a.managed {
			b.policies[a.policy.ARN] = a.policy
		}
		for _, in := range a.roles.items() {
			if name := in.plain(); name != "" {
				b.attached[name] = append(b.attached[name], a)
			}
		}
	}
}
