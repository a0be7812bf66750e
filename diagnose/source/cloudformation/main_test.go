package cloudformation

import (
	"testing"

	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

func TestMain(m *testing.M) { fakeawstest.Main(m) }
