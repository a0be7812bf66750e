package sqs

import "strings"

// Partition is one of the separate worlds of AWS. Values as in the AWS SDK for Go
// v2, internal/endpoints/awsrulesfn/partitions.json (module version 1.47.7).
type Partition struct {
	ID              string // as in ARNs: "aws-cn"
	RegionPattern   string // regular expression that the partition's regions match
	DNSSuffix       string // "amazonaws.com"
	DualStackSuffix string // "api.aws"
}

var partitions = [...]Partition{
	{"aws", `^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$`, "amazonaws.com", "api.aws"},
	{"aws-cn", `^cn\-\w+\-\d+$`, "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"aws-eusc", `^eusc\-(de)\-\w+\-\d+$`, "amazonaws.eu", "api.amazonwebservices.eu"},
	{"aws-iso", `^us\-iso\-\w+\-\d+$`, "c2s.ic.gov", "api.aws.ic.gov"},
	{"aws-iso-b", `^us\-isob\-\w+\-\d+$`, "sc2s.sgov.gov", "api.aws.scloud"},
	{"aws-iso-e", `^eu\-isoe\-\w+\-\d+$`, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"aws-iso-f", `^us\-isof\-\w+\-\d+$`, "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"aws-us-gov", `^us\-gov\-\w+\-\d+$`, "amazonaws.com", "api.aws"},
}

// partitionPrefixes holds, by partition, what RegionPattern has before
// "-WORD-NUMBER": matching by hand is ten times as fast as the expression, and
// every request passes here. A test compares the two.
var partitionPrefixes = [len(partitions)][]string{
	{"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"},
	{"cn"}, {"eusc-de"}, {"us-iso"}, {"us-isob"}, {"eu-isoe"}, {"us-isof"}, {"us-gov"},
}

// PartitionOf returns the partition of a region. As in the SDK, a region that no
// partition claims counts as commercial AWS; IsRegion tells the two apart.
func PartitionOf(region string) Partition {
	if i := partitionIndex(region); i >= 0 {
		return partitions[i]
	}
	return partitions[0]
}

// IsRegion reports whether text has the shape of a region of any partition. New
// regions match as well; it is no list of the regions that exist.
func IsRegion(text string) bool { return partitionIndex(text) >= 0 }

// partitionIndex splits PREFIX-WORD-NUMBER and finds the prefix; -1 if none fits.
func partitionIndex(region string) int {
	last := strings.LastIndexByte(region, '-')
	if last < 0 || last == len(region)-1 {
		return -1
	}
	for i := last + 1; i < len(region); i++ {
		if region[i] < '0' || region[i] > '9' {
			return -1
		}
	}
	middle := strings.LastIndexByte(region[:last], '-')
	if middle < 0 || middle == last-1 {
		return -1
	}
	for i := middle + 1; i < last; i++ {
		if c := region[i]; !isWord(c) || c == '-' {
			return -1
		}
	}
	for i := range partitionPrefixes {
		for _, prefix := range partitionPrefixes[i] {
			if prefix == region[:middle] {
				return i
			}
		}
	}
	return -1
}
