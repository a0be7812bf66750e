package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// loopbackVariables are credentials for a loopback AWS and a region, without any
// configuration of whoever runs the tests.
var loopbackVariables = map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": "us-east-1",
	"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull}

// loopbackEnv gives them to a script.
func loopbackEnv(e *testscript.Env) {
	for name, value := range loopbackVariables {
		e.Setenv(name, value)
	}
}

// setLoopbackEnv gives them to this process, whose environment the SDK reads.
func setLoopbackEnv(t *testing.T) {
	for name, value := range loopbackVariables {
		t.Setenv(name, value)
	}
}

// loopbackEnviron gives them to another process, and the address.
func loopbackEnviron(url string) []string {
	env := append(os.Environ(), "AWS_ENDPOINT_URL="+url)
	for name, value := range loopbackVariables {
		env = append(env, name+"="+value)
	}
	return env
}
