package walk

// Source names who produces an error.
type Source string

// The sources as reports name them.
const (
	FromSQS        Source = "sqs"
	FromAPIGateway Source = "apigateway"
	FromKMS        Source = "kms"
	FromIAM        Source = "iam"
	FromDeployment Source = "deployment" // AWS refuses to store or deploy the configuration
	FromNobody     Source = "none"
)
