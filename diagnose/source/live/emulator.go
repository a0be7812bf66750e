package live

import (
	"net"
	"net/url"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
)

// Emulator is the URL at which a configuration reaches API Gateway, when that is no
// address of AWS; empty otherwise. It counts whatever of the configuration says so.
func Emulator(cfg Settings) string {
	endpoint := strings.TrimRight(aws.ToString(apigateway.NewFromConfig(cfg).Options().BaseEndpoint), "/")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || text.AWSHost(u.Host) {
		return ""
	}
	u.User = nil
	return u.String()
}

// Paced tells whether there is a quota of calls to keep: an emulator on this machine
// has none.
func Paced(cfg Settings) bool {
	u, err := url.Parse(Emulator(cfg))
	return err != nil || u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback()
}

// emulated is what has to be known of every report about an emulator (T178).
func emulated(endpoint string) snapshot.Assumption {
	return snapshot.Assumption{What: "the emulator does as AWS would",
		Why: "it is AWS that is predicted. The emulator at " + endpoint + " may not enforce roles, trust policies, queue and key policies, authorizers or a disabled endpoint, " +
			"and may take a form or a mapping that AWS refuses: a call that works there may fail on AWS"}
}

// drafted says that the draft stands for what a stage runs.
func drafted(stage, why string, at snapshot.Origin) snapshot.Assumption {
	return snapshot.Assumption{What: "stage " + quote(stage) + " runs the draft", Why: why, Origin: at}
}
