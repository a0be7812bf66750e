// The apisqs-doctor command diagnoses why an Amazon API Gateway method does not
// put its messages on an Amazon SQS queue.
package main

import (
	"os"

	"apisqs-doctor/cmd/internal/cli"
)

func main() {
	if os.Getenv("GOGC") == "" {
		cli.PaceMemory()
	}
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
