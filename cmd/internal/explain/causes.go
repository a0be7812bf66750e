package explain

// known is what is to be said about one cause. The title is empty where the
// rule's own says it.
type known struct{ title, tell string }

// causes by the ID of the rule that finds them, or by a name of our own for
// what no configuration of the integration is to blame for.
var causes = map[string]known{
	// T110, T112
	"route-method-missing": {"the path or the HTTP method is not in the deployed API",
		"compare the path, without the stage, and the method with the API's resources; a trailing slash and another case are another path"},
	"route-not-deployed": {"the API, or this stage of it, was never deployed",
		`aws apigateway get-stages --rest-api-id ID lists no such stage`},
	"route-stale-deployment": {"the stage still runs an older deployment that lacks the method or the change",
		"the console's Test works, since it runs the draft, and the URL of the stage does not; create a deployment and call again"},
	"route-authorization": {"the call lacks what the method asks for: a signature, a token or an API key",
		"look at Authorization and API Key Required of the method request; call with them, or with awscurl for AWS_IAM"},
	"route-blocked": {"a throttling limit or quota of 0, or a web ACL that blocks by default, refuses every call", "aws apigateway get-stage shows methodSettings and webAclArn; aws apigateway get-usage-plans the plans"},
	"route-resource-policy": {"the resource policy of the API refuses the caller",
		"the text names execute-api:Invoke; call from an address, VPC endpoint or account that the policy names"},
	"route-endpoint-disabled": {"the execute-api endpoint is disabled and only the custom domain answers",
		"the same path works under the custom domain name"},
	"route-request-validation": {"the request validator refuses the call before the integration",
		"the text names the parameters or the body; no request to SQS stands in the execution log"},
	"route-stage-conflict": {"two resources of the template create one stage",
		"a Deployment with StageName and a Stage of that name; remove StageName from the deployment"},
	"route-deployment-refused": {"API Gateway refuses a setting of the API, or of another method, and with it the whole deployment",
		"the deployment fails, no call does; the text names the setting, the doctor the method it stands in"},
	"route-template-refused": {"CloudFormation refuses the template as a whole, and nothing of it is deployed",
		"the text names the logical id, condition or mapping; diagnose the template with --template to see its line"},

	// T2 to T7, T70 to T74, T145
	"mapping-template-missing": {"no mapping template fits the client's Content-Type, and its raw body is passed to SQS",
		`the log's "Endpoint request body after transformations" is the client's body; send the Content-Type that has a template`},
	"mapping-unsupported-media-type": {"no mapping template fits the client's Content-Type, and passthrough is not allowed",
		"send the Content-Type that has a template; with it the answer changes"},
	"mapping-body-not-encoded": {"client data goes into the form unencoded, and an '&' in it breaks the form",
		`send a body without '&' and '%', such as "test": when that works, wrap the value in $util.urlEncode()`},
	"mapping-whitespace": {"blanks or newlines of the template stand before Action or between parameters, so SQS reads no Action",
		`the log's "Endpoint request body after transformations" does not begin with Action=`},
	"mapping-template-syntax": {"the mapping template fails", `the log says "Unable to transform request"; it fails in the same way with an empty body or with every body`},
	"mapping-binary-body":     {"the body arrives as bytes because the API's binary media types fit the client's Content-Type", "look for */* or the client's type in the binary media types of the API"},
	"mapping-invalid-expression": {"a mapping value is no expression: a literal lacks its single quotes, or the source is misspelt",
		"the text quotes the expression; a literal is written 'in single quotes' inside the YAML or JSON string"},
	"mapping-undeclared-parameter": {"a mapping reads a header, query or path parameter that the method request does not declare",
		"add method.request.header.NAME to the request parameters of the method"},
	"mapping-reserved-header": {"the integration maps a header that API Gateway sets itself, and every call fails",
		`the log says "header already present"; Content-Length, Transfer-Encoding, Authorization, Connection, Expect, TE are of the kind`},
	"mapping-stage-variable":      {"the stage lacks a variable that the integration reads", "the log shows an empty part in the endpoint's address; compare the stage's variables with ${stageVariables.…}"},
	"mapping-name-mismatch":       {"a header, query, path or SQS parameter is read or written in another spelling than the one that arrives", "compare the spelling, case included, in the template, the mapping and the call"},
	"mapping-empty-reference":     {"a reference in the template renders as nothing, so the parameter is empty", `the log's "Endpoint request body after transformations" has NAME= with nothing behind it`},
	"mapping-object-as-map":       {"the template prints a JSON object as {a=b} instead of JSON", "look at the message or at the transformed body: = stands where : should"},
	"mapping-double-encoding":     {"the message is URL-encoded twice", "the message in the queue holds %7B where { should stand"},
	"mapping-invalid-json-body":   {"a mapping of method.request.body found a body that begins like JSON and is not", "send valid JSON: the answer changes; it comes before SQS is called"},     // T83
	"mapping-integration-missing": {"a method of the API has no integration, or the API has no method at all", "the deployment fails, no call does; make the deployment depend on the methods"}, // T106

	"mapping-http-api-parameter": {"a parameter of an HTTP API's integration is one that AWS does not take, or comes to nothing for this call",
		"the text names the parameter and its source; names have their capitals (QueueUrl, MessageBody, MessageGroupId), and a source that gives nothing is answered with 400 even for an optional parameter"}, // H11 to H44

	// T100, T101, T115, iam-facts 46, 49, 52
	"signing-method":                {"the integration calls SQS with another HTTP method than POST", "look at the integration's HTTP method (integrationHttpMethod, not the method of the resource): it has to be POST"},
	"signing-credentials-missing":   {"the integration has no execution role", "look at Credentials (execution role) of the integration request: it is empty"},
	"signing-credentials-malformed": {"the integration's credentials are no role ARN", "it has to be the whole ARN, arn:aws:iam::ACCOUNT:role/NAME, and not the role's name"},
	"signing-role-missing":          {"the execution role does not exist", "aws iam get-role --role-name NAME answers NoSuchEntity"},
	"signing-role-trust": {"the role does not trust apigateway.amazonaws.com, or only under a condition that is not met",
		"look at the trust policy: Service apigateway.amazonaws.com, sts:AssumeRole, and no aws:SourceAccount condition"},
	"signing-caller-credentials": {"the integration passes the caller's own credentials on, and they are not good for SQS", "Credentials is arn:aws:iam::*:user/*; the identity in the text is the caller's"},
	"signing-integration-type":   {"the integration's type is not AWS", "the type has to be AWS; AWS_PROXY is for Lambda, HTTP does not sign"},
	"signing-payload-format":     {"the integration of an HTTP API states no payload format version, or not 1.0", "look for PayloadFormatVersion beside IntegrationSubtype; Terraform fills it in, CloudFormation does not"},
	"signing-uri":                {"the integration's URI is not one of SQS", "it has to be arn:aws:apigateway:REGION:sqs:path/ACCOUNT/QUEUE, not the queue's ARN or URL"},
	"signing-region":             {"the integration calls SQS in another region than the queue's", "compare the region in the integration's URI with that in the queue's ARN"},

	// T1 to T16, T40 to T49
	"protocol-content-type": {"a form is sent that is not announced as one",
		"the integration request has to map Content-Type to 'application/x-www-form-urlencoded'; look at the log's endpoint request headers"},
	"protocol-action-missing": {"the request names no Action that SQS can read", `the log's "Endpoint request body after transformations" has to begin with Action=SendMessage`},
	"protocol-action-invalid": {"SQS does not know the Action, or does not take it at this address", "the text quotes the action: look for a misspelling, another case, or white space behind it"},
	"protocol-malformed-form": {"the form has a broken percent escape or a part without '='", "the transformed body in the log has a '%' that two hexadecimal digits do not follow, or an '&' without NAME="},
	"protocol-json-content-type": {"the JSON protocol is meant, but Content-Type is not application/x-amz-json-1.0",
		"the body is JSON and X-Amz-Target is mapped; look at the Content-Type among the endpoint request headers"},
	"protocol-target":             {"X-Amz-Target is missing or is not AmazonSQS.SendMessage", "look at the endpoint request headers in the log; the value is AmazonSQS.SendMessage, with that capital S"},
	"protocol-queue-url":          {"QueueUrl is missing, is no queue URL, or belongs to another region", "compare QueueUrl with: aws sqs get-queue-url --queue-name NAME"},
	"protocol-invalid-json":       {"the body that reaches SQS in the JSON protocol is not JSON, or a member has the wrong type", "put the transformed body of the log into a JSON checker; an unescaped quote of the client's data breaks it"},
	"protocol-missing-parameter":  {"a required parameter is missing or empty", "the text names the parameter; look for it in the transformed body of the log"},
	"protocol-target-from-client": {"the client chooses the operation", "X-Amz-Target or Action is mapped from a header or parameter of the client; a static value ends that"},

	// T8, iam-facts 1 to 20, 55, 72 to 76
	"authorization-action": {"no policy of the execution role allows sqs:SendMessage",
		`aws iam simulate-principal-policy --policy-source-arn ROLE --action-names sqs:SendMessage --resource-arns QUEUE says implicitDeny`},
	"authorization-resource": {"the role's policy allows the action on something else than this queue",
		"compare the Resource of the statement with the queue's ARN: another name, account or region, a queue URL, or .fifo left out"},
	"authorization-condition":        {"the statement that allows it has a condition that API Gateway's call does not meet", "simulate with the condition taken out; aws:SourceArn, aws:SourceIp and aws:SourceVpce do not fit a call by role"},
	"authorization-explicit-deny":    {"a statement denies it explicitly", "the text says \"explicit deny\" and the kind of policy, since 2026 its ARN too; an Allow elsewhere does not help"},
	"authorization-boundary":         {"the role's permissions boundary does not allow it", "the text names the permissions boundary; get-role shows it"},
	"authorization-organization":     {"a policy of the organization (SCP or RCP) does not allow it", "the text names a service or resource control policy; only the organization's administrator can change it"},
	"authorization-queue-policy":     {"the queue policy does not admit the role, or denies it", "aws sqs get-queue-attributes --attribute-names Policy; look for a Deny, and for the role in another account"},
	"authorization-cross-account":    {"role and queue are in different accounts, and only one side allows it", "compare the accounts of the two ARNs: both the role's policy and the queue policy have to allow it"},
	"authorization-policy-malformed": {"AWS refuses the text of a policy", "the deployment fails, no call does; the text says what is wrong with which element"},

	// T17, T22 to T30
	"queue-refused":            {"SQS does not create the queue with this name or attribute", "the deployment fails, no call does; the text names the attribute"},
	"queue-missing":            {"the queue does not exist in that account and region", "aws sqs get-queue-url --queue-name NAME --region REGION, with the account and region of the integration's URI"},
	"queue-fifo-group":         {"the queue is FIFO and the call gives no valid MessageGroupId", "the queue's name ends in .fifo; 1 to 128 letters, digits and punctuation"},
	"queue-fifo-deduplication": {"the queue is FIFO, without content-based deduplication, and the call gives no MessageDeduplicationId", "aws sqs get-queue-attributes --attribute-names ContentBasedDeduplication says false"},
	"queue-fifo-delay":         {"the queue is FIFO and the call gives DelaySeconds", "leave DelaySeconds out; a FIFO queue has one delay for all its messages"},
	"queue-parameter":          {"a parameter's value is not valid, or not for this type of queue", "the text quotes the parameter and its value"},
	"queue-attributes":         {"a message attribute is malformed or empty", "the text names the attribute; an absent header gives an empty value, which SQS refuses"},
	"queue-message-size":       {"the message is larger than the queue takes", "the text names the limit in bytes; the attributes count too"},
	"queue-message-characters": {"the message holds characters that SQS does not take", "control characters other than tab, newline and carriage return; send plain text to see the difference"},
	"queue-path-conflict":      {"the path of the URI and QueueUrl name different queues", "QueueUrl wins"},

	// iam-facts 59 to 71, 77
	"encryption-role-permission": {"the role lacks kms:GenerateDataKey or kms:Decrypt on the queue's key", "the text names the action that is missing; producers need both"},
	"encryption-key-policy":      {"the key policy admits neither the role nor the account's IAM policies", "aws kms get-key-policy: without a statement for the account's root, IAM policies have no effect on the key"},
	"encryption-condition":       {"the statement for the key has a condition that this call does not meet", "kms:ViaService has to be sqs.REGION.amazonaws.com, kms:EncryptionContext:aws:sqs:arn the queue's ARN"},
	"encryption-key-state":       {"the key is disabled, about to be deleted or not usable yet", "aws kms describe-key says KeyState"},
	"encryption-key-missing":     {"the key or the alias that the queue names does not exist", "aws kms describe-key --key-id KmsMasterKeyId answers NotFoundException"},
	"encryption-managed-key":     {"the queue uses alias/aws/sqs, which no other account can use", "role and queue are in different accounts; use a customer managed key"},

	// T90 to T96, T107
	"response-unmapped-status":         {"no integration response fits SQS's status and there is no default", `the log says "No match for output mapping", and which status SQS answered`},
	"response-method-response-missing": {"the integration response names a status that the method response does not declare", `the log says "Output mapping refers to an invalid method response"`},
	"response-template":                {"the mapping template of the integration response fails", `the log says "Unable to transform response"; SQS has taken the message already`},
	"response-error-as-success":        {"SQS refused, and the default integration response turns it into a success", `the log has "Received response. Status: 4xx" before "Method completed with status: 200"`},

	// What is not the integration's fault, or no rule can see.
	"other:pass-role":    {"whoever deploys may not pass the role to API Gateway", "it is the deployment that fails; allow iam:PassRole on the role to the deploying identity (iam:PassedToService apigateway.amazonaws.com)"},
	"other:throttled":    {"the call is throttled", "it works when repeated more slowly; look at the stage's and usage plan's limits, or at SQS's and KMS's quota"},
	"other:timeout":      {"SQS did not answer API Gateway in time, or could not be reached", "try again; when it stays, look at the integration's timeout and at the AWS health dashboard"},
	"other:too-large":    {"the request is larger than API Gateway takes (10 MB)", "SQS takes 1 MiB at most in any case; put larger bodies into S3"},
	"other:expired":      {"the caller's own credentials are wrong or have expired", "it is the client's signature or the AWS CLI that is refused, not the execution role; aws sts get-caller-identity fails too"},
	"other:batch":        {"the batch is malformed: its entries are too many, have equal or invalid ids, or there are none", "the text says which; at most 10 entries, ids of letters, digits, - and _"},
	"other:identifier":   {"a method, resource, authorizer, validator or model that a call of the control plane names does not exist", "the deployment or the command fails, no call does; the text says which of them"}, // T100, T104
	"other:not-text":     {"a value that has to be a text is a number or true or false", "the deployment fails; put the value of the mapping, template or status in quotes"},                                             // T100, T105
	"other:queue-policy": {"SQS refuses the text of the queue policy", "the deployment fails; at most 8192 bytes and 20 statements, principals have to exist, actions have to be sqs:"},
	"other:purge":        {"PurgeQueue was called twice within a minute", "the integration should call SendMessage: look at the Action, and who chooses it"},
	"other:firewall":     {"AWS WAF refuses the call", "the stage has a web ACL; its sampled requests name the rule"},
	"other:logging-role": {"logging is switched on, and the account has no role with which API Gateway may write logs", "the deployment fails; set one for the region: aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE"}, // L6
	"other:deployer":     {"whoever deploys may not change the API", "it is the deployment that fails; the text names the action, such as apigateway:PUT or logs:CreateLogDelivery, and the identity"},
	"other:conflict":     {"another change of the same API is under way", "the deployment fails; run it again when the other one has ended"},
	"other:service":      {"SQS or KMS had a fault of its own", "try again after some seconds"},
}
