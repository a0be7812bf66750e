package report

import (
	"bytes"
	"fmt"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// The table of many APIs at the width of a small and of a wide terminal.
func TestTable(t *testing.T) {
	first, second := broken(), broken()
	second.Examination.Target = snapshot.Target{Kind: snapshot.Live, Region: "eu-central-1", Account: "210987654321"}
	second.Examination.Unlisted = []snapshot.Gap{{Reason: snapshot.Denied, Detail: "API b2c3d4e5f6 could not be read"}}
	second.Notices = []string{"the reading was interrupted: 1 of 3 APIs were not read"}
	for _, columns := range []int{80, 160} {
		var b bytes.Buffer
		if err := Table(&b, []Run{second, first}, columns, false); err != nil {
			t.Fatal(err)
		}
		golden(t, fmt.Sprintf("table.%d.txt", columns), b.Bytes())
		for _, line := range bytes.Split(b.Bytes(), []byte("\n")) {
			if len([]rune(string(line))) > columns && !bytes.Contains(line, []byte("methods to SQS")) {
				t.Errorf("%d columns: %s", columns, line)
			}
		}
	}
	var one bytes.Buffer
	if err := Table(&one, []Run{second}, 120, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.one.txt", one.Bytes())
	var b bytes.Buffer
	if err := Table(&b, []Run{{Examination: diagnose.Examination{}}}, 80, false); err != nil || b.String() != "\nno method is known to lead to SQS.\nDetails: --verbose, or -o json=FILE\n" {
		t.Errorf("nothing gives %q, %v", b.String(), err)
	}
}
