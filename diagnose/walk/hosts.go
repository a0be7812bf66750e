package walk

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
)

// queueHosts are the hosts, each with its port, that are SQS's beside AWS's own: that
// of the emulator that was read, and those of the addresses that it gives queues.
func queueHosts(s *snapshot.Snapshot) []string {
	var list []string
	add := func(address string) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return
		}
		host := strings.ToLower(u.Host)
		list = append(list, host)
		if name := u.Hostname(); name == "127.0.0.1" || name == "localhost" {
			for _, other := range []string{"127.0.0.1", "localhost"} {
				list = append(list, strings.TrimSuffix(net.JoinHostPort(other, u.Port()), ":"))
			}
		}
	}
	add(s.Target.Endpoint)
	for _, arn := range slices.Sorted(maps.Keys(s.Queues)) {
		queue, _ := s.Queues[arn].Peek()
		if queue == nil || queue.URL == "" {
			continue
		}
		if address, err := sqs.ParseQueueURL(queue.URL); err != nil && address.Problem == sqs.AddressForeign {
			add(queue.URL)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
