package documents

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
)

// queue reads the attributes of a queue. SQS leaves out what a queue does not
// have, where all attributes are asked for; each queue has the two below.
func (r *reader) queue(x tree.View) {
	a := x.Get("Attributes")
	arn := a.Get("QueueArn").Plain()
	parts := strings.Split(arn, ":")
	if len(parts) != 6 {
		r.fail(x, "attributes of a queue without its QueueArn", "aws sqs get-queue-attributes --attribute-names All")
		return
	}
	at := x.Origin()
	q := assemble.Queue{Queue: snapshot.Queue{ARN: arn, Origin: at, URL: "https://sqs." + parts[3] + "." + text.PartitionOf(parts[3]).DNSSuffix + "/" + parts[4] + "/" + parts[5]}}
	all := !a.Get("VisibilityTimeout").Absent() && !a.Get("MaximumMessageSize").Absent()
	gap := outputGap("only some attributes of the queue "+parts[5]+" were given", "sqs get-queue-attributes --attribute-names All", at)
	q.FIFO = snapshot.Known(strings.HasSuffix(parts[5], ".fifo"), a.Get("QueueArn").Origin())
	q.ContentBasedDeduplication = asked(all, a.Get("ContentBasedDeduplication"), gap, func(x tree.View) snapshot.Fact[bool] { return x.Boolean(false) })
	q.MaximumMessageSize = asked(all, a.Get("MaximumMessageSize"), gap, func(x tree.View) snapshot.Fact[int] { return x.Number(assemble.NotGiven) })
	q.KMSKeyID = asked(all, a.Get("KmsMasterKeyId"), gap, func(x tree.View) snapshot.Fact[string] { return x.Text("") })
	q.KMSReusePeriod = asked(all, a.Get("KmsDataKeyReusePeriodSeconds"), gap, func(x tree.View) snapshot.Fact[int] { return x.Number(assemble.NotGiven) })
	q.Policy = asked(all, a.Get("Policy"), gap, func(x tree.View) snapshot.Fact[string] { return x.Text("") })
	r.parts.Queues = append(r.parts.Queues, q)
}

// asked is an attribute, which is known to be absent only where all were asked for.
func asked[T any](all bool, x tree.View, gap snapshot.Gap, read func(tree.View) snapshot.Fact[T]) snapshot.Fact[T] {
	if x.Absent() && !all {
		return snapshot.Unknown[T](gap)
	}
	return read(x)
}

// keyDocuments is what answers say of keys. Policies and grants do not name their key.
type keyDocuments struct {
	described []snapshot.Key
	policies  []snapshot.Fact[string]
	granted   []snapshot.Fact[[]snapshot.Grant]
}

func (r *reader) key(x tree.View) {
	m := x.Get("KeyMetadata")
	k := snapshot.Key{ARN: m.Get("Arn").Plain(), Origin: x.Origin(), Manager: m.Get("KeyManager").Text("CUSTOMER"), State: m.Get("KeyState").Text("Enabled"),
		Usage: m.Get("KeyUsage").Text("ENCRYPT_DECRYPT"), Spec: m.Get("KeySpec").Text("SYMMETRIC_DEFAULT")}
	if k.ARN == "" {
		r.fail(x, "a key without its Arn", "the output of aws kms describe-key")
		return
	}
	r.described = append(r.described, k)
}

func (r *reader) keyPolicy(x tree.View) { r.policies = append(r.policies, x.Get("Policy").Text("")) }

func (r *reader) grants(x tree.View) {
	list := []snapshot.Grant{}
	for _, in := range x.Get("Grants").Items() {
		g := snapshot.Grant{ID: in.Get("GrantId").Plain(), Grantee: in.Get("GranteePrincipal").Plain()}
		if service := in.Get("GranteeServicePrincipal").Plain(); service != "" {
			g.Grantee = service
		}
		g.Operations, _ = in.Get("Operations").Texts().Peek()
		g.ContextEquals, _ = in.Get("Constraints").Get("EncryptionContextEquals").TextMap().Peek()
		g.ContextSubset, _ = in.Get("Constraints").Get("EncryptionContextSubset").TextMap().Peek()
		list = append(list, g)
	}
	r.granted = append(r.granted, snapshot.Known(list, x.Origin()))
}

// keys puts the keys together. A policy is the one of the only key that was
// described, or that a queue names.
func (r *reader) keys() {
	if len(r.described) == 0 && len(r.policies)+len(r.granted) > 0 {
		if ref := r.onlyKey(); ref != "" {
			gap := outputGap("the key itself was not given", "kms describe-key --key-id "+ref, r.first)
			text := snapshot.Unknown[string](gap)
			r.described = append(r.described, snapshot.Key{ARN: ref, Origin: r.first, Manager: text, State: text, Usage: text, Spec: text})
		}
	}
	for _, k := range r.described {
		k.Policy = snapshot.Unknown[string](outputGap("the policy of the key was not given", "kms get-key-policy --key-id "+k.ARN+" --policy-name default", k.Origin))
		k.Grants = snapshot.Unknown[[]snapshot.Grant](outputGap("the grants of the key were not given", "kms list-grants --key-id "+k.ARN, k.Origin))
		if len(r.described) == 1 && len(r.policies) == 1 {
			k.Policy = r.policies[0]
		}
		if len(r.described) == 1 && len(r.granted) == 1 {
			k.Grants = r.granted[0]
		}
		r.parts.Keys = append(r.parts.Keys, assemble.Key{Key: k})
		if ref := r.onlyKey(); strings.Contains(ref, ":alias/") && len(r.described) == 1 {
			r.parts.Aliases = append(r.parts.Aliases, assemble.Alias{ARN: ref, Key: assemble.To(k.ARN, k.Origin)})
			r.parts.Target.Assumed = append(r.parts.Target.Assumed, snapshot.Assumption{What: ref[strings.LastIndex(ref, "alias/"):] + " is another name of the key that was given",
				Why: "the queue names its key so", Origin: k.Origin})
		}
	}
}

// onlyKey is the key that the queues name, where they name one and the same.
func (r *reader) onlyKey() string {
	found := ""
	for _, q := range r.parts.Queues {
		id, _ := q.KMSKeyID.Peek()
		ref := snapshot.KeyReference(q.ARN, id)
		switch {
		case id == "" || ref == found:
		case found != "":
			return ""
		default:
			found = ref
		}
	}
	return found
}
