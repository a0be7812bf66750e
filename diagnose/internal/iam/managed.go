package iam

import "strings"

// ManagedAsOf is when the contents below were last known to be so. AWS changes
// its managed policies now and then, so that a text read from the account goes
// first.
const ManagedAsOf = "2026-11"

const allowOn = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":`

// managed holds AWS managed policies whose effect on sqs and kms calls is known
// for certain, by the part of the ARN after "policy/". Of those that are about
// other services only that is certain: they say nothing on sqs and kms.
var managed = map[string]string{
	"AdministratorAccess":     allowOn + `"*","Resource":"*"}]}`,
	"AmazonSQSFullAccess":     allowOn + `["sqs:*"],"Resource":"*"}]}`,
	"AmazonSQSReadOnlyAccess": allowOn + `["sqs:GetQueueAttributes","sqs:GetQueueUrl","sqs:ListDeadLetterSourceQueues","sqs:ListQueues","sqs:ListMessageMoveTasks","sqs:ListQueueTags"],"Resource":"*"}]}`,
	"PowerUserAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},` +
		`{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization","account:ListRegions"],"Resource":"*"}]}`,
	"AmazonAPIGatewayInvokeFullAccess": allowOn + `["execute-api:Invoke","execute-api:ManageConnections"],"Resource":"arn:aws:execute-api:*:*:*"}]}`,
	"CloudWatchLogsFullAccess":         allowOn + `["logs:*"],"Resource":"*"}]}`,
	"AWSXRayDaemonWriteAccess":         allowOn + `["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":["*"]}]}`,

	"service-role/AmazonAPIGatewayPushToCloudWatchLogs": allowOn + `["logs:CreateLogGroup","logs:CreateLogStream","logs:DescribeLogGroups","logs:DescribeLogStreams","logs:PutLogEvents","logs:GetLogEvents","logs:FilterLogEvents"],"Resource":"*"}]}`,
	"service-role/AWSLambdaBasicExecutionRole":          allowOn + `["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
	"service-role/AWSLambdaSQSQueueExecutionRole":       allowOn + `["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes","logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
}

// Managed returns the text of an AWS managed policy, whatever its partition, if
// its content is known for certain.
func Managed(arn string) (text string, ok bool) {
	_, rest, found := strings.Cut(arn, ":iam::aws:policy/")
	if !found || !strings.HasPrefix(arn, "arn:") {
		return "", false
	}
	text, ok = managed[rest]
	return text, ok
}
