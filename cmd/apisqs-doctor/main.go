// The apisqs-doctor command diagnoses why an Amazon API Gateway method does not
// put its messages on an Amazon SQS queue.
package main

import (
	"os"

	"apisqs-doctor/cmd/internal/cli"
	_ "apisqs-doctor/cmd/internal/pace"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
