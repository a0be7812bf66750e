package apply_test

import (
	"testing"

	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

func TestMain(m *testing.M) { fakeawstest.Main(m) }
