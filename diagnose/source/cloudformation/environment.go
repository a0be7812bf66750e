package cloudformation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/lazy"
)

// environment is where a stack and those nested in it are deployed. A template
// does not say it (T179): what nobody gave is empty, and stands as a symbol.
type environment struct {
	region, account string
	partition       text.Partition
	from            snapshot.Origin // where the region is written, if it is taken from there
}

// regionNames finds what calls and queues are named with: API Gateway's URIs,
// ARNs and URLs of queues.
var regionNames = lazy.Regexp(`:(?:apigateway|sqs):([a-z0-9-]+):|\bsqs\.([a-z0-9-]+)\.amazonaws\.com`)

var keyRegions = lazy.Regexp(`:kms:([a-z0-9-]+):`)

// environmentOf settles where what is written in some documents is deployed: as
// the user says, or as the tool that wrote them does.
func (w *world) environmentOf(src source, docs ...*tree.Document) *environment {
	e := &environment{region: w.given("region", w.options.Region, src.region), account: w.given("account", w.options.Account, src.account)}
	if e.region == "" {
		e.region, e.from = w.writtenRegion(docs)
	}
	e.partition = text.PartitionOf(e.region)
	if e.region == "" {
		// Nothing but an ARN tells another partition than the commercial one.
		for _, region := range []string{"cn-north-1", "us-gov-west-1"} {
			for _, doc := range docs {
				if p := text.PartitionOf(region); strings.Contains(doc.Text, "arn:"+p.ID+":") {
					e.partition = p
				}
			}
		}
	}
	return e
}

// given is what the user gave, or else what the tool that wrote a template says. Where
// they differ, the user's counts, and it is said.
func (w *world) given(what, user, tool string) string {
	if user != "" && tool != "" && user != tool {
		other := snapshot.Assumption{What: "the stack is deployed in " + what + " " + user, Why: "that one is given; the files beside the template name " + tool}
		if !slices.Contains(w.assumed, other) {
			w.assumed = append(w.assumed, other)
		}
	}
	return cmp.Or(user, tool)
}

// writtenRegion is the only region that documents name for their calls and queues,
// with the place of the first, or "". In another region a stack with it would not
// work, so that what is shown is shown for that one, and said. Where any other region
// is named that could decide, none is taken.
func (w *world) writtenRegion(docs []*tree.Document) (string, snapshot.Origin) {
	named := regionsNamed{seen: map[*tree.Node]bool{}}
	for _, doc := range docs {
		named.read(doc.Root)
	}
	if len(named.list) != 1 || named.at.Line == 0 {
		return "", snapshot.Origin{}
	}
	region := named.list[0]
	one := snapshot.Assumption{What: "the stack is deployed in " + region, Why: "no region is given, and the template names that one for its calls", Origin: named.at}
	if w.apart {
		one.What, one.Why = "the API is in "+region, "no region is given, and this one is named for its calls"
	}
	w.assumed = append(w.assumed, one)
	return region, named.at
}

// regionsNamed are the regions that documents name where one can decide: of calls, of
// queues and keys, and those that stand by themselves, as in a condition or a mapping.
type regionsNamed struct {
	list []string
	at   snapshot.Origin // of the first call or queue
	seen map[*tree.Node]bool
}

func (r *regionsNamed) add(name string) bool {
	if _, known := text.LookupPartition(name); !known {
		return false
	}
	if !slices.Contains(r.list, name) {
		r.list = append(r.list, name)
	}
	return true
}

func (r *regionsNamed) read(n *tree.Node) {
	if n == nil || r.seen[n] {
		return
	}
	r.seen[n] = true // an alias is the node of its anchor
	r.add(n.Text)
	for _, m := range regionNames.FindAllStringSubmatch(n.Text, -1) {
		if r.add(m[1]+m[2]) && r.at.Line == 0 {
			r.at = n.At.Origin()
		}
	}
	for _, m := range keyRegions.FindAllStringSubmatch(n.Text, -1) {
		r.add(m[1])
	}
	for _, item := range n.Items {
		r.read(item)
	}
	for _, f := range n.Fields {
		if f.Name != "CDKMetadataAvailable" { // a condition that lists all regions, of the CDK's own resource
			r.add(f.Name)
			r.read(f.Value)
		}
	}
}

// region returns the name of the stack's region, or its symbol.
func (s *stack) region(origin snapshot.Origin) *tree.Value {
	if region := s.root.env.region; region != "" {
		s.world.regionFrom = s.root.env.from
		return tree.Text(region)
	}
	const expression = "${AWS::Region}"
	if v, ok := s.world.symbols.byExpression[expression]; ok {
		return v // to look for a name that is free takes reading all documents
	}
	return s.world.named(expression, s.world.regionSymbol(s.root.env.partition), snapshot.NeedsRegion, origin)
}

// account returns the id of the stack's account, or its symbol.
func (s *stack) account(origin snapshot.Origin) *tree.Value {
	if account := s.root.env.account; account != "" {
		return tree.Text(account)
	}
	return s.world.named("${AWS::AccountId}", accountSymbol, snapshot.NeedsAccount, origin)
}

// regionSymbol is a text of the shape of a region of the partition, so that URLs
// and ARNs with it are read as such, which is none and which no document holds.
func (w *world) regionSymbol(partition text.Partition) string {
	prefix, _, _ := strings.Cut(partition.Regions[len(partition.Regions)-1], "-")
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-%s-%d", prefix, symbolPrefix, n)
		taken := false
		for _, doc := range w.documents {
			taken = taken || strings.Contains(doc.Text, name)
		}
		if !taken {
			return name
		}
	}
}

// named is the symbol for a name that every stack has and nobody gave. It can
// stand inside other text as a name can.
func (w *world) named(expression, name, needs string, origin snapshot.Origin) *tree.Value {
	if v, ok := w.symbols.byExpression[expression]; ok {
		return v
	}
	v := &tree.Value{Kind: tree.String, Text: name, Partial: true}
	w.symbols.byExpression[expression] = v
	w.symbols.list = append(w.symbols.list, snapshot.Symbol{Text: v.Text, Expression: expression, Needs: needs, Origin: origin})
	return v
}

// sameIn is what all stacks that are not nested have in common, or "".
func (w *world) sameIn(of func(*environment) string) string {
	var found []string
	for _, s := range w.stacks {
		if s.depth == 0 && !slices.Contains(found, of(s.env)) {
			found = append(found, of(s.env))
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}
