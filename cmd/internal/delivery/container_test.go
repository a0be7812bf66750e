package delivery

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The image is built as a release is, from a Go that is recent enough, and from
// all that the build needs.
func TestContainerRecipe(t *testing.T) {
	recipe := readFile(t, ".container/Dockerfile")
	flag := regexp.MustCompile(`-X [\w./-]+=|-s -w`)
	want := flag.FindAllString(strings.Join(releaseConfig(t).Builds[0].Ldflags, " "), -1)
	if got := flag.FindAllString(recipe, -1); !slices.Equal(got, want) || len(want) != 3 {
		t.Errorf("the image is linked with %q, a release with %q", got, want)
	}
	for _, part := range []string{"CGO_ENABLED=0", "-trimpath", `ENTRYPOINT ["/usr/local/bin/apisqs-doctor"]`, "/out/apisqs-doctor /usr/local/bin/apisqs-doctor\n"} {
		if !strings.Contains(recipe, part) {
			t.Errorf("the recipe has no %q", part)
		}
	}
	ignored := strings.Split(readFile(t, ".dockerignore"), "\n")
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(recipe, -1) {
		for _, source := range strings.Fields(m[1]) {
			if !slices.Contains(ignored, "!"+source) {
				t.Errorf(".dockerignore leaves out %s", source)
			}
			if _, err := os.Stat(filepath.Join(root, source)); err != nil {
				t.Error(err)
			}
		}
	}
	list := exec.Command("go", "list", "-deps", "./cmd/apisqs-doctor")
	list.Dir = root
	out, err := list.Output()
	check(t, err)
	for _, m := range regexp.MustCompile(`(?m)^apisqs-doctor/(\w+)`).FindAllStringSubmatch(string(out), -1) {
		if !strings.Contains(recipe, "\nCOPY "+m[1]+" "+m[1]+"\n") {
			t.Errorf("the image is built without %s", m[1])
		}
	}
}
