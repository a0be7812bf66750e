package text

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPartitionOf(t *testing.T) {
	tests := map[string]Partition{
		"us-east-1":       {ID: "aws", DNSSuffix: "amazonaws.com", DualStackSuffix: "api.aws"},
		"mx-central-1":    {ID: "aws", DNSSuffix: "amazonaws.com", DualStackSuffix: "api.aws"},
		"cn-north-1":      {ID: "aws-cn", DNSSuffix: "amazonaws.com.cn", DualStackSuffix: "api.amazonwebservices.com.cn"},
		"us-gov-west-1":   {ID: "aws-us-gov", DNSSuffix: "amazonaws.com", DualStackSuffix: "api.aws"},
		"us-iso-east-1":   {ID: "aws-iso", DNSSuffix: "c2s.ic.gov", DualStackSuffix: "api.aws.ic.gov"},
		"us-isob-east-1":  {ID: "aws-iso-b", DNSSuffix: "sc2s.sgov.gov", DualStackSuffix: "api.aws.scloud"},
		"eu-isoe-west-1":  {ID: "aws-iso-e", DNSSuffix: "cloud.adc-e.uk", DualStackSuffix: "api.cloud-aws.adc-e.uk"},
		"us-isof-south-1": {ID: "aws-iso-f", DNSSuffix: "csp.hci.ic.gov", DualStackSuffix: "api.aws.hci.ic.gov"},
		"eusc-de-east-1":  {ID: "aws-eusc", DNSSuffix: "amazonaws.eu", DualStackSuffix: "api.amazonwebservices.eu"},
	}
	for region, want := range tests {
		got := PartitionOf(region)
		if got.ID != want.ID || got.DNSSuffix != want.DNSSuffix || got.DualStackSuffix != want.DualStackSuffix {
			t.Errorf("%s: %+v, want %+v", region, got, want)
		}
		if !IsRegion(region) {
			t.Errorf("%s is no region", region)
		}
	}
	if len(partitions) != len(tests)-1 {
		t.Errorf("%d partitions", len(partitions))
	}
	if PartitionOf("nowhere").ID != "aws" || IsRegion("nowhere") {
		t.Error("an unclaimed region must count as commercial AWS and as no region")
	}
}

// Matching by hand agrees with the expressions of the SDK's file.
func TestPartitionPatterns(t *testing.T) {
	var names []string
	for _, prefix := range []string{"us", "eu", "ap", "mx", "xx", "cn", "us-gov", "us-iso", "us-isob", "eu-isoe", "us-isof", "us-isox", "eusc-de", "eusc-fr", "eusc", ""} {
		for _, word := range []string{"east", "n_1", "", "a-b", "ä", "9"} {
			for _, number := range []string{"1", "12", "", "x", "1x", " 1"} {
				names = append(names, prefix+"-"+word+"-"+number, prefix+word+"-"+number)
			}
		}
	}
	for _, name := range names {
		want := -1
		for i, p := range partitions {
			if regexp.MustCompile(p.RegionPattern).MatchString(name) {
				want = i
				break
			}
		}
		if got := partitionIndex(name); got != want {
			t.Errorf("%q: partition %d, want %d", name, got, want)
		}
	}
}

// The table is the SDK's.
func TestPartitionsAreTheSDKs(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2").Output()
	if err != nil {
		t.Skip("the SDK's source is not at hand: ", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal/endpoints/awsrulesfn/partitions.json"))
	if err != nil {
		t.Skip("the SDK has its partitions in another place: ", err)
	}
	var file struct {
		Partitions []struct {
			ID          string
			RegionRegex string
			Regions     map[string]any
			Outputs     struct{ DNSSuffix, DualStackDNSSuffix string }
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Partitions) != len(partitions) {
		t.Errorf("%d partitions, the SDK has %d", len(partitions), len(file.Partitions))
	}
	for _, want := range file.Partitions {
		i := slices.IndexFunc(partitions[:], func(p Partition) bool { return p.ID == want.ID })
		if i < 0 {
			t.Errorf("%s is missing", want.ID)
			continue
		}
		got := partitions[i]
		if got.RegionPattern != want.RegionRegex || got.DNSSuffix != want.Outputs.DNSSuffix || got.DualStackSuffix != want.Outputs.DualStackDNSSuffix {
			t.Errorf("%+v, the SDK has %+v", got, want)
		}
		for region := range want.Regions {
			if !strings.HasSuffix(region, "-global") && !slices.Contains(got.Regions, region) {
				t.Errorf("region %s is missing", region)
			}
		}
		for _, region := range got.Regions {
			if want.Regions[region] == nil || PartitionOf(region).ID != got.ID {
				t.Errorf("%s is no region of %s", region, got.ID)
			}
		}
	}
}

func TestNearestRegions(t *testing.T) {
	for wrong, want := range map[string]string{"us-esat-1": "us-east-1", "eu-west1": "eu-west-1", "US-EAST-1": "us-east-1", "us_east_2": "us-east-2", "eu-centrall-1": "eu-central-1"} {
		if got := NearestRegions(wrong); len(got) != 3 || got[0] != want {
			t.Errorf("%s: %v, want %s first", wrong, got, want)
		}
	}
}

func TestIsRegion(t *testing.T) {
	for name, want := range map[string]bool{"us-east-1": true, "ap-southeast-9": true, "sa-west-1": true, "us-gov-east-1": true, "us-esat-1": false, "mars-1": false, "us-east": false,
		"eu-west-1a": false, "cn-north-1": true, "": false, "-": false, "us--1": false} {
		if got := IsRegion(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"orders", "order", 1}, {"orders", "odrers", 1}, {"kitten", "sitting", 3}, {strings.Repeat("x", 300), "x", 300}} {
		if got := Distance(tt.a, tt.b); got != tt.want || Distance(tt.b, tt.a) != tt.want {
			t.Errorf("%.10q, %.10q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestShrink(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		fails    func(string) bool
	}{
		{strings.Repeat("x", 500) + "&" + strings.Repeat("y", 500), "&", func(s string) bool { return strings.Contains(s, "&") }},
		{"abcabc", "", func(string) bool { return true }},
		{"{\"a\": \"1 é 2\", \"b\": 3}", "é", func(s string) bool { return strings.Contains(s, "é") }},
		{"one two three", "ot", func(s string) bool { return strings.HasPrefix(s, "o") && strings.Contains(s, "t") }},
		{"same", "same", func(s string) bool { return s == "same" }},
	} {
		tries := 0
		got := Shrink(tt.in, func(s string) bool { tries++; return tt.fails(s) })
		if got != tt.want || tries > mostTries {
			t.Errorf("%.20q shrinks to %q after %d tries", tt.in, got, tries)
		}
	}
}

func TestQuoted(t *testing.T) {
	for s, want := range map[string]string{"&": `"&"`, "": `""`, `{"a":"&"}`: `'{"a":"&"}'`, `it's "so"`: `"it's \"so\""`, "a\n\"": `"a\n\""`, `a\"`: `"a\\\""`} {
		if got := Quoted(s); got != want {
			t.Errorf("Quoted(%q) = %s, want %s", s, got, want)
		}
	}
}

func TestOrganizationIDs(t *testing.T) {
	for id, want := range map[string]bool{"o-a1b2c3d4e5": true, "o-" + strings.Repeat("z", 32): true, "o-" + strings.Repeat("z", 33): false, "o-short": false, "o-A1b2c3d4e5": false, "a1b2c3d4e5": false, "": false} {
		if IsOrganization(id) != want {
			t.Errorf("P79: %q: %v", id, !want)
		}
	}
}
