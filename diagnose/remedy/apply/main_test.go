package apply_test

import (
	"os"
	"testing"

	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

func TestMain(m *testing.M) {
	fakeawstest.Settle()
	os.Exit(m.Run())
}
