package redact

import (
	"strings"
	"sync"

	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

var address = lazy.Regexp(`\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b`)

// public gives the words that say nothing about anybody, in lower case. They are
// put together at the first use: most runs redact nothing.
var public = sync.OnceValue(func() map[string]bool { return words(publicWords) })

const publicWords = `
	arn aws cn us gov iso isob isof eusc amazonaws amazon amazonsqs com api sqs kms iam sts apigateway apigatewayv2 execute lambda events sns dynamodb s3 org
	af ap ca eu il me mx sa east west north south central northeast northwest southeast southwest global
	role user root policy group assumed service managed alias key queue queues path action states function functions invocations topic bucket
	restapis apis stages deployments resources methods integration integrations responses models authorizers requestvalidators routes exports invoke
	http https www fifo dlq deadletter redrive
	get put post patch delete head options any connect trace
	version statement sid effect allow deny principal notprincipal action notaction resource notresource condition null federated canonicaluser
	stringequals stringnotequals stringequalsignorecase stringnotequalsignorecase stringlike stringnotlike numericequals numericnotequals numericlessthan
	numericlessthanequals numericgreaterthan numericgreaterthanequals dateequals datenotequals datelessthan datelessthanequals dategreaterthan
	dategreaterthanequals bool binaryequals ipaddress notipaddress arnequals arnlike arnnotequals arnnotlike ifexists foranyvalue forallvalues
	calledvia calledviafirst calledvialast currenttime epochtime federatedprovider multifactorauthage multifactorauthpresent principalaccount principalarn
	principalisawsservice principalorgid principalorgpaths principalservicename principalservicenameslist principaltag principaltype requestedregion
	resourceaccount resourceorgid resourceorgpaths resourcetag securetransport sourceaccount sourcearn sourceidentity sourceip sourceorgid sourcevpc
	sourcevpce tag tagkeys tokenissuetime useragent viaawsservice vpcsourceip userid username secure referer calleraccount viaservice encryptioncontext
	encryptioncontextkeys requestalias resourcealiases grantisforawsresource keyorigin keyspec keyusage
	passrole assumerole tagsession generatedatakey generatedatakeywithoutplaintext decrypt encrypt reencrypt reencryptfrom reencryptto describekey creategrant
	listgrants getkeypolicy putkeypolicy listkeys listaliases generatedatakeypair
	addpermission cancelmessagemovetask changemessagevisibility changemessagevisibilitybatch createqueue deletemessage deletemessagebatch deletequeue
	getqueueattributes getqueueurl listdeadlettersourcequeues listmessagemovetasks listqueuetags listqueues purgequeue receivemessage removepermission
	sendmessage sendmessagebatch setqueueattributes startmessagemovetask tagqueue untagqueue getitem putitem getobject putobject publish
	queueurl queuename messagebody messagegroupid messagededuplicationid delayseconds messageattribute messageattributes messagesystemattribute
	messagesystemattributes messagesystemattributenames messageattributenames attributenames attributename attribute attributes name value type stringvalue
	binaryvalue datatype string number binary stringlistvalue binarylistvalue entries entry id sendmessagebatchrequestentry messageid sequencenumber
	sendmessageresponse sendmessageresult sendmessagebatchresponse sendmessagebatchresult responsemetadata requestid md5ofmessagebody
	md5ofmessageattributes md5ofmessagesystemattributes receipthandle visibilitytimeout maxnumberofmessages waittimeseconds awstraceheader
	all label awsaccountids actions maximummessagesize contentbaseddeduplication fifoqueue kmsmasterkeyid kmsdatakeyreuseperiodseconds
	sqsmanagedsseenabled redrivepolicy deadlettertargetarn maxreceivecount messageretentionperiod deduplicationscope fifothroughputlimit
	error code message sender receiver detail errorresponse errormessage validationerror
	content encoding accept authorization proxy authenticate cookie application json xml text plain html form urlencoded multipart data charset utf8 utf iso
	x amz target amzn trace remapped host user agent date length transfer chunked connection close expect origin cache control max age no store etag
	security token signature credential sha256 hmac bearer basic forwarded for proto port image jpeg png gif pdf octet stream css javascript default
	method request response header headers querystring multivalueheader multivaluequerystring body context stagevariables stage variables integration params
	param input util json path urlencode urldecode escapejavascript base64encode base64decode parsejson
	set if else elseif end foreach in break stop define macro parse include evaluate index count hasnext first last velocitycount true false null and or not
	eq ne lt gt le ge size length isempty contains containskey containsvalue keyset entryset values getkey getvalue tostring equals equalsignorecase
	substring indexof lastindexof startswith endswith replace replaceall replacefirst matches split trim tolowercase touppercase charat concat add addall
	remove clear putall join iterator next getclass
	accountid apiid authorizer claims awsendpointrequestid deploymentid domainname domainprefix extendedrequestid httpmethod identity apikey apikeyid caller
	clientcert clientcertpem subjectdn issuerdn serialnumber cognitoauthenticationprovider cognitoauthenticationtype cognitoidentityid
	cognitoidentitypoolid principalid sourceip useragent userarn vpcid vpceid protocol requestoverride responseoverride requesttime requesttimeepoch
	resourceid resourcepath routekey status wafresponsecode webaclarn connectionid eventtype messagestring validationerrorstring
	pending failed deployed deployment deploy successfully attempt unable info off logs log firehose deliverystream waf wafv2 webacl route usageidentifierkey
	integrationerrormessage integrationstatus integrationlatency responselatency responselength
	none awsiam custom cognito pools jwt required aws_proxy proxy mock vpc link internet websocket rest edge regional private
	when match templates template never with convert to symmetric default rsa ecc ml customer enabled disabled creating pendingdeletion pendingimport
	pendingreplicadeletion unavailable updating usage verify mac agreement sign
	sub ref getatt ref select split pseudo importvalue findinmap parameter parameters region partition urlsuffix stackname stackid notificationarns
	accountid properties yaml yml tf ts js template snapshot live plan api
	draft 04 07 schema object array integer boolean items enum pattern minlength maxlength minimum maximum required additionalproperties format title
	description oneof anyof allof 2012 2008 2026 10 17 11 05 utc
	prod production dev development test testing staging beta alpha v1 v2 latest post $default
	requestparameters requesttemplates requestmodels requestvalidator requestvalidatorid responseparameters responsetemplates responsemodels
	integrationresponses integrationresponse methodresponses methodresponse selectionpattern statuscode passthroughbehavior passthrough contenthandling
	integrationhttpmethod httpintegration credentials uri authorizationtype authorizerid apikeyrequired timeoutinmillis binarymediatypes stagevariable
	deploymentid assumerolepolicydocument policydocument policies managedpolicyarns permissionsboundary policyname rolepolicies queuepolicy keypolicy
	resources outputs conditions mappings globals paths definitions components parameters uses fn
	send overwrite append eventbridge kinesis stepfunctions appconfig putevents putrecord getconfiguration startexecution startsyncexecution stopexecution
	connect disconnect integrationsubtype integrationtype integrationuri integrationmethod credentialsarn payloadformatversion templateselectionexpression
	aws4 sample hello ok success accepted created inline attached boundary trust organization scp rcp backplaneassumerolesession
`

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// startsPublic tells that a fragment before a wildcard is the beginning of a
// public word, such as Send in sqs:Send*.
func startsPublic(fragment string) bool {
	if public()[fragment] {
		return true
	}
	for w := range public() {
		if len(fragment) >= shortest && strings.HasPrefix(w, fragment) {
			return true
		}
	}
	return false
}

func endsPublic(fragment string) bool {
	if public()[fragment] {
		return true
	}
	for w := range public() {
		if len(fragment) >= shortest && strings.HasSuffix(w, fragment) {
			return true
		}
	}
	return false
}

// englishWords are the words in which the rules speak, and those of errors.
func englishWords() map[string]bool {
	set := map[string]bool{}
	for _, r := range rules.All() {
		for _, t := range tokens(r.Title + " " + r.Doc + " " + r.NoFix) {
			set[strings.ToLower(t.text)] = t.word
		}
		for _, code := range r.Explains {
			for _, t := range tokens(string(code)) {
				set[strings.ToLower(t.text)] = t.word
			}
		}
	}
	for _, c := range walk.CodesOfSQS() {
		for _, t := range tokens(string(c.Code) + " " + c.JSONType) {
			set[strings.ToLower(t.text)] = t.word
		}
	}
	for _, w := range strings.Fields(`read refused answered failed unknown detail listed policies document getrole getrolepolicy listrolepolicies
		listattachedrolepolicies getpolicy getpolicyversion getrestapi getresources getstages getstage getexport getdeployments getmodels getauthorizers
		getrequestvalidators throttled throttling timeout skip skipped rule finding findings baseline ended fits counts again take out accessdenied partner known`) {
		set[w] = true
	}
	return set
}
