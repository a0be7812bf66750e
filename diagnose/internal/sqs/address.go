package sqs

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/text"
)

// Address is the queue that a call names.
type Address struct {
	URL       string // as written; for a queue in the path "https://HOST/PATH"
	Scheme    string // of the URL; empty for a bare name
	Host      string // of the URL, lower case; empty for a bare name
	Region    string // of the URL's host, else of the endpoint
	Partition string // "aws", "aws-cn", ...
	Account   string // 12 digits; empty when neither the address nor the caller says
	Name      string
	From      Source      // FromPath, FromQuery or FromBody; FromNowhere: the call names no queue
	Problem   AddressKind // why it is no address of a queue; AddressOK if it is one
}

// AddressKind sorts addresses by what SQS makes of them.
type AddressKind uint8

const (
	AddressOK          AddressKind = iota
	AddressAbsent                  // no queue is named at all
	AddressNoName                  // an endpoint without a queue, "https://sqs.us-east-1.amazonaws.com/" (T49)
	AddressOtherRegion             // a queue URL of another region than the endpoint's (T49)
	AddressForeign                 // a URL whose host is no SQS host (T16)
	AddressMalformed               // neither a queue URL nor a queue name
)

// ARN is the queue's ARN; empty while the account or the region is unknown.
func (a Address) ARN() string {
	if a.Problem != AddressOK || a.Account == "" || a.Region == "" || a.Name == "" {
		return ""
	}
	return QueueARN(a.Region, a.Account, a.Name)
}

// FIFO reports whether the name is one of a FIFO queue: those, and no others, end
// in ".fifo".
func (a Address) FIFO() bool { return strings.HasSuffix(a.Name, ".fifo") }

// EndpointHost is the standard SQS host of a region.
func EndpointHost(region string) string {
	return "sqs." + region + "." + text.PartitionOf(region).DNSSuffix
}

// QueueURL is the URL that SQS gives a queue.
func QueueURL(region, account, name string) string {
	return "https://" + EndpointHost(region) + "/" + account + "/" + name
}

// QueueARN is the ARN of a queue.
func QueueARN(region, account, name string) string {
	return "arn:" + text.PartitionOf(region).ID + ":sqs:" + region + ":" + account + ":" + name
}

// AddressError says why a text is no queue URL.
type AddressError struct {
	Text   string
	Kind   AddressKind
	Reason string
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("%q is no queue URL: %s", e.Text, e.Reason)
}

// ParseQueueURL reads a queue URL: of the regional, FIPS, dual-stack, legacy
// ("queue.amazonaws.com", "REGION.queue.amazonaws.com") and VPC endpoints of every
// partition; or a bare queue name (T16), which leaves region and account empty.
// The error is an *AddressError; the address then holds what could be read.
func ParseQueueURL(s string) (Address, error) { return ParseQueueURLAt(s, nil) }

// ParseQueueURLAt is ParseQueueURL where other hosts, each in lower case and with
// its port, are SQS hosts too: those of an emulator. A name below one of them is one
// as well, and says the region as AWS's own do.
func ParseQueueURLAt(s string, hosts []string) (Address, error) {
	a := Address{URL: s}
	bad := func(kind AddressKind, format string, args ...any) (Address, error) {
		a.Problem = kind
		return a, &AddressError{Text: s, Kind: kind, Reason: fmt.Sprintf(format, args...)}
	}
	if s == "" {
		return bad(AddressAbsent, "it is empty")
	}
	if strings.TrimSpace(s) != s {
		return bad(AddressMalformed, "it has blanks at its ends")
	}
	i := strings.Index(s, "://")
	if i < 0 {
		a.Name = s
		switch {
		case strings.HasPrefix(s, "arn:"):
			return bad(AddressMalformed, "it is an ARN; SQS expects the queue's URL")
		case !ValidQueueName(s):
			return bad(AddressMalformed, "expected https://HOST/ACCOUNT/NAME or a queue name of 1 to 80 letters, digits, '-' and '_'")
		}
		return a, nil
	}
	a.Scheme = strings.ToLower(s[:i])
	if a.Scheme != "https" && a.Scheme != "http" {
		return bad(AddressForeign, "expected scheme https, found %q", s[:i])
	}
	host, path, _ := strings.Cut(s[i+3:], "/")
	h, ok := emulated(strings.ToLower(host), hosts)
	host, _, _ = strings.Cut(host, ":")
	a.Host = strings.ToLower(host)
	if ok {
		path, h.region = regionInPath(path, h.region)
	} else {
		h, ok = parseHost(a.Host)
	}
	if !ok {
		a.Account, a.Name, _ = splitPath(path)
		return bad(AddressForeign, "%q is no SQS host", host)
	}
	if h.region != "" {
		a.Region = h.region
		a.Partition = text.PartitionOf(h.region).ID
	}
	if strings.ContainsAny(path, "?#") {
		return bad(AddressMalformed, "a queue URL has no query string and no fragment")
	}
	account, name, segments := splitPath(path)
	switch {
	case segments == 0:
		return bad(AddressNoName, "it names an endpoint, not a queue")
	case segments == 1:
		a.Name = name
		if !ValidQueueName(name) {
			return bad(AddressMalformed, "%q is no queue name", name)
		}
		return a, nil
	case segments > 2:
		return bad(AddressMalformed, "expected /ACCOUNT/NAME, found %d path segments", segments)
	}
	a.Account, a.Name = account, name
	if !validAccount(account) {
		return bad(AddressMalformed, "account %q is not 12 digits", account)
	}
	if !ValidQueueName(name) {
		return bad(AddressMalformed, "%q is no queue name", name)
	}
	return a, nil
}

// splitPath takes account and name from a path. Empty segments do not count: API
// Gateway integrations with a double slash work (T18b, T18d).
func splitPath(path string) (account, name string, segments int) {
	for len(path) > 0 {
		var seg string
		seg, path, _ = strings.Cut(path, "/")
		if seg == "" {
			continue
		}
		segments++
		account, name = name, seg
	}
	return account, name, segments
}

type host struct {
	region string
}

// parseHost reads an SQS host name. The suffix must belong to the partition of
// the region: sqs.cn-north-1.amazonaws.com does not exist.
func parseHost(name string) (host, bool) {
	labels := strings.ToLower(name)
	if labels == "queue.amazonaws.com" {
		return host{"us-east-1"}, true // the oldest endpoint
	}
	first, rest, ok := strings.Cut(labels, ".")
	if !ok {
		return host{}, false
	}
	if first == "sqs" || first == "sqs-fips" {
		region, suffix, _ := strings.Cut(rest, ".")
		p, known := text.LookupPartition(region)
		ok = known && (suffix == p.DNSSuffix || suffix == p.DualStackSuffix)
		return host{region}, ok
	}
	if p, known := text.LookupPartition(first); known {
		return host{first}, rest == "queue."+p.DNSSuffix
	}
	if strings.HasPrefix(first, "vpce-") {
		// vpce-ID-SUFFIX[-ZONE].sqs.REGION.vpce.SUFFIX
		service, rest, _ := strings.Cut(rest, ".")
		region, suffix, _ := strings.Cut(rest, ".")
		p, known := text.LookupPartition(region)
		ok = (service == "sqs" || service == "sqs-fips") && known && suffix == "vpce."+p.DNSSuffix
		return host{region}, ok
	}
	return host{}, false
}

// emulated reads a host with its port that is one of an emulator's or stands below one.
func emulated(name string, hosts []string) (host, bool) {
	for _, h := range hosts {
		if h == "" {
			continue
		}
		if name == h {
			return host{}, true
		}
		if below, ok := strings.CutSuffix(name, "."+h); ok {
			region, _, _ := strings.Cut(strings.TrimPrefix(below, "sqs."), ".")
			if _, known := text.LookupPartition(region); known {
				return host{region}, true
			}
			return host{}, true
		}
	}
	return host{}, false
}

// regionInPath takes queue/REGION from the beginning of an emulator's path, where
// some put it.
func regionInPath(path, region string) (rest, in string) {
	first, below, _ := strings.Cut(path, "/")
	second, rest, ok := strings.Cut(below, "/")
	if _, known := text.LookupPartition(second); ok && known && first == "queue" {
		return rest, second
	}
	return path, region
}

func validAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ValidQueueName reports whether s can name a queue: 1 to 80 letters, digits,
// hyphens and underscores, of which ".fifo" may be the end.
func ValidQueueName(s string) bool {
	if len(s) > 80 {
		return false
	}
	s = strings.TrimSuffix(s, ".fifo")
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isWord(s[i]) {
			return false
		}
	}
	return true
}

// isWord accepts what queue names and batch ids are made of.
func isWord(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// pathAddress reads the queue from the URL's path.
func pathAddress(r *Request, region string) Address {
	a := Address{From: FromPath, Scheme: "https", Host: r.endpointHost(), Region: region, Partition: text.PartitionOf(region).ID}
	path, ok := decodePath(r.Path)
	account, name, segments := splitPath(path)
	switch {
	case segments == 0:
		return Address{Problem: AddressAbsent, Region: region, Partition: a.Partition}
	case segments == 1:
		a.Account = r.Account // T18c
	case segments == 2:
		a.Account = account
		ok = ok && validAccount(account)
	default:
		a.Account = account
		ok = false
	}
	a.Name = name
	a.URL = "https://" + a.Host + r.Path
	if !ok || !ValidQueueName(name) {
		a.Problem = AddressMalformed
	}
	return a
}

// parameterAddress reads the queue from a QueueUrl.
func parameterAddress(r *Request, region, url string, from Source) Address {
	a, _ := ParseQueueURLAt(url, r.Hosts)
	a.From = from
	if a.Region == "" {
		a.Region = region
		a.Partition = text.PartitionOf(region).ID
	} else if a.Problem == AddressOK && region != "" && a.Region != region {
		a.Problem = AddressOtherRegion
	}
	if a.Problem == AddressOK && a.Account == "" {
		a.Account = r.Account // T16, T18c
	}
	return a
}

// decodePath undoes percent-encoding in a path, where '+' is itself.
func decodePath(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	return decode(strings.ReplaceAll(s, "+", "%2B"))
}
