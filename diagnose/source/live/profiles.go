package live

import (
	"bufio"
	"cmp"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profiles lists the names of the profiles in the shared configuration and
// credentials files, in alphabetical order. A file that cannot be read has none.
// The files' places and the form of their headings are those of the SDK
// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
func Profiles(env func(string) string) []string {
	var names []string
	for _, file := range []struct{ variable, usual, prefix string }{
		{"AWS_CONFIG_FILE", config.DefaultSharedConfigFilename(), "profile "},
		{"AWS_SHARED_CREDENTIALS_FILE", config.DefaultSharedCredentialsFilename(), ""},
	} {
		for heading := range sections(cmp.Or(env(file.variable), file.usual)) {
			name, ok := strings.CutPrefix(heading, file.prefix)
			if ok || heading == "default" {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// UsualRegion is the region that AWS tools take where none is given, and who says so;
// empty where nobody does.
func UsualRegion(env func(string) string) (region, why string) {
	for _, variable := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if region := env(variable); region != "" {
			return region, variable + " says so"
		}
	}
	profile := cmp.Or(env("AWS_PROFILE"), env("AWS_DEFAULT_PROFILE"), "default")
	for heading, settings := range sections(cmp.Or(env("AWS_CONFIG_FILE"), config.DefaultSharedConfigFilename())) {
		if heading == "profile "+profile || heading == "default" && profile == heading {
			region = cmp.Or(settings["region"], region)
		}
	}
	return region, "the profile " + profile + " says so"
}

// sections are the words in brackets that begin the sections of a file, each with the
// settings below it.
func sections(path string) iter.Seq2[string, map[string]string] {
	return func(yield func(string, map[string]string) bool) {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close()
		heading, settings := "", map[string]string(nil)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			line := strings.TrimSpace(lines.Text())
			if rest, ok := strings.CutPrefix(line, "["); ok {
				if settings != nil && !yield(heading, settings) {
					return
				}
				settings = nil
				if inside, _, closed := strings.Cut(rest, "]"); closed {
					heading, settings = strings.Join(strings.Fields(inside), " "), map[string]string{}
				}
			} else if key, value, ok := strings.Cut(line, "="); ok && settings != nil {
				settings[strings.TrimSpace(key)] = strings.TrimSpace(value)
			}
		}
		if settings != nil {
			yield(heading, settings)
		}
	}
}
