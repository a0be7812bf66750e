package live

import (
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
)

// follow begins to read the roles and queues that the methods to SQS name,
// under each set of stage variables. Reading one too many does no harm; one
// too few would be a gap in the diagnosis.
func (r *reader) follow(c snapshot.Configuration, variables []map[string]string) {
	for _, m := range c.Methods {
		if !leadsToSQS(m) {
			continue
		}
		for _, set := range variables {
			in := value(m.Integration)
			if role := resolve(value(in.Credentials), set); roleARN.MatchString(role) {
				r.role(role)
			}
			for _, queue := range queuesOf(in, set) {
				r.queue(queue)
			}
		}
	}
}

// leadsToSQS tells whether the integration has to do with SQS, also when it is
// wrongly made: a queue's ARN as the URI, or another service's name in it.
func leadsToSQS(m snapshot.Method) bool {
	in := value(m.Integration)
	if in == nil {
		return false
	}
	if strings.HasPrefix(strings.ToUpper(value(in.Subtype)), "SQS") {
		return true
	}
	uri := strings.ToLower(value(in.URI))
	if strings.Contains(uri, "sqs") || strings.Contains(uri, "queue.amazonaws") || strings.Contains(uri, "${stagevariables.") {
		return true
	}
	return slices.ContainsFunc(textsOf(in), func(text string) bool {
		text = strings.ToLower(text)
		return strings.Contains(text, "amazonsqs") || strings.Contains(text, "sendmessage") || strings.Contains(text, "queueurl")
	})
}

// textsOf gives the parameter mappings, each as name=value without the quotes
// of a literal, and the mapping templates.
func textsOf(in *snapshot.Integration) []string {
	texts := []string{}
	parameters := value(in.RequestParameters)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		texts = append(texts, name[strings.LastIndexByte(name, '.')+1:]+"="+strings.Trim(value(parameters[name]), "'"))
	}
	templates := value(in.Templates)
	for _, contentType := range slices.Sorted(maps.Keys(templates)) {
		texts = append(texts, value(templates[contentType]))
	}
	return texts
}

// queueName is a queue as far as a text names it; empty for what it leaves open.
type queueName struct{ partition, region, account, name string }

func (q queueName) arn() string {
	return "arn:" + q.partition + ":sqs:" + q.region + ":" + q.account + ":" + q.name
}

var (
	// In a URI ${stageVariables.x}, in a template also $stageVariables.get('x')
	// and the like, in a parameter mapping stageVariables.x.
	stageVariable = lazy.Regexp(`(?:\$!?\{?)?stageVariables(?:\.get\(["'](\w+)["']\)|\.(\w+)|\[["'](\w+)["']\])\}?`)
	percentEscape = lazy.Regexp(`%[0-9A-Fa-f]{2}`)

	roleARN        = lazy.Regexp(`^arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]*[\w+=,.@-]$`)
	integrationURI = lazy.Regexp(`^arn:([a-z-]+):apigateway:([a-z0-9-]+):[\w.-]+:(path|action)/([^?#]*)`)
	queueARN       = lazy.Regexp(`arn:(aws[a-z-]*):sqs:([a-z0-9-]+):(\d{12}):([\w-]{1,80}(?:\.fifo)?)`)
	// Legacy, dual-stack, FIPS and emulators' hosts are all followed by the account and the name.
	queueURL  = lazy.Regexp(`https?://([\w.:-]+)/(\d{12})/([\w-]{1,80}(?:\.fifo)?)`)
	bareQueue = lazy.Regexp(`(?i:QueueUrl)["']?\s*[:=]\s*["']?([\w-]{1,80}(?:\.fifo)?)(?:["'&\s]|$)`)
	plainName = lazy.Regexp(`^[\w-]{1,80}(?:\.fifo)?$`)
	inHost    = lazy.Regexp(`(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d+)\.`)
	accountID = lazy.Regexp(`^\d{12}$`)
)

// resolve puts the stage variables into a text. One that the stage lacks stays.
func resolve(text string, variables map[string]string) string {
	return stageVariable.ReplaceAllStringFunc(text, func(reference string) string {
		for _, name := range stageVariable.FindStringSubmatch(reference)[1:] {
			if v, ok := variables[name]; ok {
				return v
			}
		}
		return reference
	})
}

// queuesOf finds the queues that an integration names in its URI and in the
// QueueUrls of its parameters and templates.
func queuesOf(in *snapshot.Integration, variables map[string]string) []queueName {
	uri := resolve(value(in.URI), variables)
	here := queueName{}
	found := queuesIn(uri, here)
	if parts := integrationURI.FindStringSubmatch(uri); parts != nil {
		here = queueName{partition: parts[1], region: parts[2]}
		if queue, ok := queueInPath(parts[4], here); ok && parts[3] == "path" {
			found = append(found, queue)
		}
	}
	if region := resolve(value(value(in.RequestParameters)["Region"]), variables); regionName.MatchString(region) {
		here = queueName{partition: partition(region), region: region} // H7
	}
	for _, text := range textsOf(in) {
		found = append(found, queuesIn(resolve(text, variables), here)...)
	}
	return found
}

// queueInPath reads path/ACCOUNT/NAME, path//ACCOUNT/NAME and path/NAME; a path
// of slashes alone names none.
func queueInPath(path string, here queueName) (queueName, bool) {
	segments := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	if len(segments) > 1 && accountID.MatchString(segments[0]) {
		here.account, segments = segments[0], segments[1:]
	}
	if len(segments) == 0 || !plainName.MatchString(segments[0]) {
		return queueName{}, false
	}
	here.name = segments[0]
	return here, true
}

// queuesIn finds queue URLs, queue ARNs and bare names after QueueUrl, also
// percent-encoded ones.
func queuesIn(text string, here queueName) []queueName {
	found := []queueName{}
	text = percentEscape.ReplaceAllStringFunc(text, func(escape string) string {
		const digits = "0123456789abcdef"
		lower := strings.ToLower(escape)
		return string([]byte{byte(strings.IndexByte(digits, lower[1])<<4 | strings.IndexByte(digits, lower[2]))})
	})
	for _, m := range queueARN.FindAllStringSubmatch(text, -1) {
		found = append(found, queueName{m[1], m[2], m[3], m[4]})
	}
	for _, m := range queueURL.FindAllStringSubmatch(text, -1) {
		q := here
		if host := inHost.FindStringSubmatch(m[1]); host != nil {
			q.region = host[1]
			q.partition = partition(host[1])
		}
		q.account, q.name = m[2], m[3]
		found = append(found, q)
	}
	for _, m := range bareQueue.FindAllStringSubmatch(text, -1) {
		q := here
		q.name = m[1]
		found = append(found, q)
	}
	return found
}
