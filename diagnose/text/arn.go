package text

import "strings"

// ARN is an Amazon Resource Name in its parts. Nothing is checked beyond their
// number.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// ParseARN splits a name at its first five colons; the resource may hold more. ok
// is false, and all parts are empty, for what is no ARN.
func ParseARN(s string) (a ARN, ok bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ARN{}, false
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// RegionOf, AccountOf and ResourceOf are those parts of an ARN; empty for what is none.
func RegionOf(arn string) string { a, _ := ParseARN(arn); return a.Region }

func AccountOf(arn string) string { a, _ := ParseARN(arn); return a.Account }

func ResourceOf(arn string) string { a, _ := ParseARN(arn); return a.Resource }
