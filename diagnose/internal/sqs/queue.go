package sqs

// Tri is a fact that may be unknown. The zero value is unknown.
type Tri uint8

const (
	Unknown Tri = iota
	Yes
	No
)

// TriOf makes a known fact of a bool.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Queue holds what is known of the queue that a call addresses.
type Queue struct {
	Exists                    Tri
	ARN                       string // empty: unknown
	Name                      string
	Account                   string
	Region                    string
	FIFO                      Tri // unknown: the name decides, FIFO names end in ".fifo"
	ContentBasedDeduplication Tri
	MaximumMessageSize        int // bytes; 0: unknown
}

// fifo decides the queue's type, by its name where the attribute is unknown.
func (q *Queue) fifo(a Address) Tri {
	if q.FIFO != Unknown {
		return q.FIFO
	}
	if a.Name == "" {
		return Unknown
	}
	return TriOf(a.FIFO())
}

// CheckQueue tells whether the queue that the call names exists (T17). It is
// unknown where q holds the facts of another queue than the one addressed (T15).
func (c *Call) CheckQueue(q Queue) Verdict {
	op, ok := operation(c.Action)
	if !ok || !op.OnQueue && op.Name != "GetQueueUrl" {
		return Verdict{}
	}
	if arn := c.QueueARN(); q.ARN != "" && arn != "" && q.ARN != arn {
		return Verdict{Unknown: []Open{{Detail: "queue " + quote(arn) + ": the facts given are those of " + quote(q.ARN)}}}
	}
	switch q.Exists {
	case No:
		parameter := "QueueUrl"
		if !op.OnQueue {
			parameter = "QueueName"
		}
		return Verdict{Answer: c.refuse(CodeNonExistentQueue, QueueMissing, parameter, "")}
	case Unknown:
		return Verdict{Unknown: []Open{{Detail: "whether the queue exists"}}}
	}
	return Verdict{}
}

// QueueARN is the queue that the call is about: the one that it is sent to, or asks
// for by name (GetQueueUrl). It is empty where it is about none, or the account or
// region is not known.
func (c *Call) QueueARN() string {
	if c.Action != "GetQueueUrl" {
		return c.Queue.ARN()
	}
	name, _ := c.scalar("QueueName")
	account, _ := c.scalar("QueueOwnerAWSAccountId")
	if account == "" {
		account = c.account
	}
	if !ValidQueueName(name) || account == "" || c.region == "" {
		return ""
	}
	return QueueARN(c.region, account, name)
}

// doubts are those of the reading as part of a verdict.
func (c *Call) doubts() []Open {
	var out []Open
	for _, text := range c.Doubts {
		out = append(out, Open{Detail: text})
	}
	return out
}

// Check runs every check of this package in SQS's order: the reading itself,
// parameters, the queue's existence, and values. Authorization and encryption
// come from elsewhere.
func (c *Call) Check(q Queue) Verdict {
	if c.Failure != nil {
		return Verdict{Answer: c.Failure, Unknown: c.doubts()}
	}
	unknown := c.doubts()
	if a := c.CheckParameters(); a != nil {
		return Verdict{Answer: a, Unknown: unknown}
	}
	for _, check := range [...]func(Queue) Verdict{c.CheckQueue, c.CheckValues} {
		v := check(q)
		if len(v.Unknown) > 0 {
			unknown = append(unknown[:len(unknown):len(unknown)], v.Unknown...)
		}
		if v.Answer != nil {
			return Verdict{Answer: v.Answer, Unknown: unknown}
		}
	}
	return Verdict{Unknown: unknown}
}
