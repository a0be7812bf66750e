// The apisqs-doctor command diagnoses why an Amazon API Gateway method does not
// put its messages on an Amazon SQS queue.
package main

import (
	"os"
	"runtime/debug"

	"apisqs-doctor/cmd/internal/cli"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a run is short: collecting rarely saves a third of its time
	}
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
