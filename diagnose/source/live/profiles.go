package live

import (
	"bufio"
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
		path := env(file.variable)
		if path == "" {
			path = file.usual
		}
		for _, heading := range headings(path) {
			name, ok := strings.CutPrefix(heading, file.prefix)
			if ok || heading == "default" {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// headings are the words in brackets that begin the sections of a file.
func headings(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var list []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "[")
		if heading, _, closed := strings.Cut(line, "]"); ok && closed {
			list = append(list, strings.Join(strings.Fields(heading), " "))
		}
	}
	return list
}
