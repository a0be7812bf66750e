package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"sync"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// clients holds the clients of other regions than the API's, each made once.
type clients struct {
	cfg aws.Config
	mu  sync.Mutex
	sqs map[string]*sqs.Client
	kms map[string]*kms.Client
}

func (c *clients) sqsIn(region string) *sqs.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sqs == nil {
		c.sqs = map[string]*sqs.Client{}
	}
	if c.sqs[region] == nil {
		c.sqs[region] = sqs.NewFromConfig(c.cfg, func(o *sqs.Options) { o.Region = region })
	}
	return c.sqs[region]
}

func (c *clients) kmsIn(region string) *kms.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kms == nil {
		c.kms = map[string]*kms.Client{}
	}
	if c.kms[region] == nil {
		c.kms[region] = kms.NewFromConfig(c.cfg, func(o *kms.Options) { o.Region = region })
	}
	return c.kms[region]
}

var regionName = lazy.Regexp(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`)

// queue begins to read a queue. What its name leaves open is the API's region
// and partition and the caller's account.
func (r *reader) queue(q queueName) {
	if q.partition == "" {
		q.partition = r.partition
	}
	if q.region == "" {
		q.region = r.cfg.Region
	}
	if q.account == "" {
		q.account = r.identity.wait().account
	}
	if q.account == "" {
		return // without an account there is no ARN to keep it under
	}
	r.queues.get(q.arn(), func() snapshot.Fact[*snapshot.Queue] {
		read := r.readQueue(q)
		// A queue that is not where the integration calls may be where the API is.
		if found, known := read.Peek(); known && found == nil && q.region != r.cfg.Region && q.partition == r.partition {
			q.region = r.cfg.Region
			r.queue(q)
		}
		return read
	})
}

// readQueue asks for the queue's URL and, with the URL that it must have, for
// its attributes at the same time.
func (r *reader) readQueue(q queueName) snapshot.Fact[*snapshot.Queue] {
	at := snapshot.Origin{Resource: q.arn()}
	if !regionName.MatchString(q.region) {
		return snapshot.Unknown[*snapshot.Queue](snapshot.Gap{Reason: snapshot.Failed, Detail: quote(q.region) + " is not the name of a region", Origin: at})
	}
	client := r.regions.sqsIn(q.region)
	located := start(func() answer[string] {
		out, failed := call(r.ctx, r.calls, queueSpec("GetQueueUrl", q), func(ctx context.Context) (*sqs.GetQueueUrlOutput, error) {
			out, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &q.name, QueueOwnerAWSAccountId: &q.account})
			if err == nil && aws.ToString(out.QueueUrl) == "" {
				err = lacks("queue URL")
			}
			return out, err
		})
		if failed != nil {
			return answer[string]{failure: failed}
		}
		return answer[string]{value: aws.ToString(out.QueueUrl)}
	})
	guess := queueURLOf(r.ctx, q)
	attributes := r.queueAttributes(client, q, guess)
	found := located.wait()
	if found.failure == nil && found.value != guess && attributes.failure != nil && noSuchQueue(attributes.failure) {
		attributes = r.queueAttributes(client, q, found.value) // an emulator with URLs of its own
	}

	own := r.identity.wait().account == q.account
	absent := found.failure != nil && noSuchQueue(found.failure) || found.failure != nil && attributes.failure != nil && noSuchQueue(attributes.failure)
	switch {
	case absent && attributes.failure != nil && own:
		return snapshot.Known[*snapshot.Queue](nil, at)
	case absent && attributes.failure != nil:
		// SQS says the same of a queue that does not exist and of another
		// account's queue that does not admit the caller.
		return snapshot.Unknown[*snapshot.Queue](snapshot.Gap{Reason: snapshot.Denied, Origin: at, Needs: attributes.failure.call.needs,
			Detail: "the queue is in account " + q.account + ", and there does not exist or does not admit the caller"})
	case found.failure != nil && attributes.failure != nil:
		return unknown[*snapshot.Queue](attributes.failure, at)
	}
	queue := &snapshot.Queue{ARN: q.arn(), URL: guess, Origin: at}
	if found.failure == nil {
		queue.URL = found.value
	}
	if attributes.failure != nil {
		f := attributes.failure
		queue.FIFO = unknown[bool](f, at.At(fifo))
		queue.ContentBasedDeduplication = unknown[bool](f, at.At(deduplication))
		queue.MaximumMessageSize = unknown[int](f, at.At(maximumSize))
		queue.KMSKeyID = unknown[string](f, at.At(keyID))
		queue.KMSReusePeriod = unknown[int](f, at.At(reusePeriod))
		queue.Policy = unknown[string](f, at.At(policy))
		queue.DeadLetters = unknown[string](f, at.At(redrive))
		return snapshot.Known(queue, at)
	}
	if named := attributes.value["QueueArn"]; named != q.arn() {
		return snapshot.Unknown[*snapshot.Queue](snapshot.Gap{Reason: snapshot.Failed, Origin: at,
			Detail: "GetQueueAttributes answered about " + named})
	}
	describeQueue(queue, attributes.value)
	if key := value(queue.KMSKeyID); key != "" {
		r.key(snapshot.KeyReference(q.arn(), key))
	}
	return snapshot.Known(queue, at)
}

// answer is what a call gave.
type answer[T any] struct {
	value   T
	failure *failure
}

func queueSpec(operation string, q queueName) spec {
	return spec{"sqs", operation, "queue " + q.name, "sqs:" + operation + " on " + q.arn()}
}

func (r *reader) queueAttributes(client *sqs.Client, q queueName, url string) answer[map[string]string] {
	out, failed := call(r.ctx, r.calls, queueSpec("GetQueueAttributes", q), func(ctx context.Context) (*sqs.GetQueueAttributesOutput, error) {
		out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})
		if err == nil && out.Attributes["QueueArn"] == "" {
			err = lacks("QueueArn") // every queue has one
		}
		return out, err
	})
	if failed != nil {
		return answer[map[string]string]{failure: failed}
	}
	return answer[map[string]string]{value: out.Attributes}
}

// queueURLOf gives the URL that a queue has at AWS.
func queueURLOf(ctx context.Context, q queueName) string {
	host := url.URL{Scheme: "https", Host: "sqs." + q.region + ".amazonaws.com"}
	endpoint, err := sqs.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, sqs.EndpointParameters{
		Region: &q.region, UseFIPS: aws.Bool(false), UseDualStack: aws.Bool(false)})
	if err == nil {
		host = endpoint.URI
	}
	return host.JoinPath(q.account, q.name).String()
}

// The attributes, as SQS names them.
const (
	fifo          = "FifoQueue"
	deduplication = "ContentBasedDeduplication"
	maximumSize   = "MaximumMessageSize"
	keyID         = "KmsMasterKeyId"
	reusePeriod   = "KmsDataKeyReusePeriodSeconds"
	policy        = "Policy"
	redrive       = "RedrivePolicy"

	defaultReusePeriod = 300 // seconds
)

// describeQueue fills in the attributes. SQS leaves out those of FIFO queues,
// keys and policies where a queue has none; every queue has a maximum size.
func describeQueue(queue *snapshot.Queue, attributes map[string]string) {
	at := queue.Origin
	queue.FIFO = snapshot.Known(attributes[fifo] == "true", at.At(fifo))
	queue.ContentBasedDeduplication = snapshot.Known(attributes[deduplication] == "true", at.At(deduplication))
	queue.MaximumMessageSize = number(attributes[maximumSize], at.At(maximumSize))
	queue.KMSKeyID = snapshot.Known(attributes[keyID], at.At(keyID))
	queue.KMSReusePeriod = snapshot.Known(defaultReusePeriod, at.At(reusePeriod))
	if text, ok := attributes[reusePeriod]; ok {
		queue.KMSReusePeriod = number(text, at.At(reusePeriod))
	}
	queue.Policy = snapshot.Known(attributes[policy], at.At(policy))
	if text := attributes[redrive]; text != "" { // no stage of a walk asks for it, so that its absence need not be kept
		queue.DeadLetters = deadLetters(text, at.At(redrive))
	}
}

// deadLetters is the queue that a redrive policy names.
func deadLetters(text string, at snapshot.Origin) snapshot.Fact[string] {
	var to struct {
		ARN string `json:"deadLetterTargetArn"`
	}
	if json.Unmarshal([]byte(text), &to) != nil || to.ARN == "" {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "expected a redrive policy, found " + quote(text), Origin: at})
	}
	return snapshot.Known(to.ARN, at)
}

func number(text string, at snapshot.Origin) snapshot.Fact[int] {
	n, err := strconv.Atoi(text)
	if err != nil {
		return snapshot.Unknown[int](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "expected a number, found " + quote(text), Origin: at})
	}
	return snapshot.Known(n, at)
}

func noSuchQueue(f *failure) bool {
	var absent *types.QueueDoesNotExist
	return errors.As(f.err, &absent) || code(f.err) == "AWS.SimpleQueueService.NonExistentQueue"
}
