package text

import "strings"

// AWSHost tells whether a host name, with or without a port, is one of AWS's own:
// a regional endpoint, one of a VPC, or another one below a partition's domains.
func AWSHost(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ":")
	for i := range partitions {
		for _, suffix := range []string{partitions[i].DNSSuffix, partitions[i].DualStackSuffix} {
			if strings.HasSuffix(name, "."+suffix) {
				return true
			}
		}
	}
	return false
}
