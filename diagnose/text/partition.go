package text

import (
	"slices"
	"strings"
)

// Partition is one of the separate worlds of AWS. Values and regions as in the AWS
// SDK for Go v2, internal/endpoints/awsrulesfn/partitions.json (module version 1.47.7,
// 2026-11); a test compares them with the file.
type Partition struct {
	ID              string // as in ARNs: "aws-cn"
	RegionPattern   string // regular expression that the partition's regions match
	DNSSuffix       string // "amazonaws.com"
	DualStackSuffix string // "api.aws"
	Regions         []string
}

var partitions = [...]Partition{
	{"aws", `^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$`, "amazonaws.com", "api.aws", []string{"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"}},
	{"aws-cn", `^cn\-\w+\-\d+$`, "amazonaws.com.cn", "api.amazonwebservices.com.cn", []string{"cn-north-1", "cn-northwest-1"}},
	{"aws-eusc", `^eusc\-(de)\-\w+\-\d+$`, "amazonaws.eu", "api.amazonwebservices.eu", []string{"eusc-de-east-1"}},
	{"aws-iso", `^us\-iso\-\w+\-\d+$`, "c2s.ic.gov", "api.aws.ic.gov", []string{"us-iso-east-1", "us-iso-west-1"}},
	{"aws-iso-b", `^us\-isob\-\w+\-\d+$`, "sc2s.sgov.gov", "api.aws.scloud", []string{"us-isob-east-1", "us-isob-west-1"}},
	{"aws-iso-e", `^eu\-isoe\-\w+\-\d+$`, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", []string{"eu-isoe-west-1"}},
	{"aws-iso-f", `^us\-isof\-\w+\-\d+$`, "csp.hci.ic.gov", "api.aws.hci.ic.gov", []string{"us-isof-east-1", "us-isof-south-1"}},
	{"aws-us-gov", `^us\-gov\-\w+\-\d+$`, "amazonaws.com", "api.aws", []string{"us-gov-east-1", "us-gov-west-1"}},
}

// partitionPrefixes holds, by partition, what RegionPattern has before
// "-WORD-NUMBER": matching by hand is ten times as fast as the expression, and
// every request passes here. A test compares the two.
var partitionPrefixes = [len(partitions)][]string{
	{"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"},
	{"cn"}, {"eusc-de"}, {"us-iso"}, {"us-isob"}, {"eu-isoe"}, {"us-isof"}, {"us-gov"},
}

// Regions lists the regions of all partitions, in alphabetical order. AWS opens new
// ones: a name of the same shape that is not among them may be right.
func Regions() []string {
	var all []string
	for i := range partitions {
		all = append(all, partitions[i].Regions...)
	}
	slices.Sort(all)
	return all
}

// NearestRegions lists the three regions whose names are nearest to a wrong one, the
// nearest first.
func NearestRegions(name string) []string {
	all := Regions()
	name = strings.ToLower(name)
	slices.SortStableFunc(all, func(a, b string) int { return Distance(name, a) - Distance(name, b) })
	return all[:3]
}

// PartitionOf returns the partition of a region. As in the SDK, a region that no
// partition claims counts as commercial AWS; LookupPartition tells the two apart.
func PartitionOf(region string) Partition {
	if p, ok := LookupPartition(region); ok {
		return p
	}
	return partitions[0]
}

// LookupPartition returns the partition that claims the region, by the shape of its
// name.
func LookupPartition(region string) (p Partition, ok bool) {
	if i := partitionIndex(region); i >= 0 {
		return partitions[i], true
	}
	return Partition{}, false
}

// IsRegion reports whether a name is that of a region: one that is known, or one that
// AWS may open, which differs from a known one in its number or in the continent.
func IsRegion(name string) bool {
	if partitionIndex(name) < 0 {
		return false
	}
	word := direction(name)
	for i := range partitions {
		for _, known := range partitions[i].Regions {
			if direction(known) == word {
				return true
			}
		}
	}
	return false
}

// direction is the part of a region's name before its number: "east".
func direction(region string) string {
	region = region[:strings.LastIndexByte(region, '-')]
	return region[strings.LastIndexByte(region, '-')+1:]
}

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
		if c := region[i]; c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
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
