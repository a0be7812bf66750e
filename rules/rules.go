// Package rules holds one rule a file. A rule's ID, with hyphens for
// underscores, is the name of its file, of its fixtures and of its anchor in
// README.md, and stands behind every finding in every report.
package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

//go:generate go test -run TestReadme -update .

// Kinds of API that a rule may be limited to: those with mapping templates and an
// integration URI, and each by itself.
var (
	templated     = []snapshot.APIType{snapshot.REST, snapshot.WebSocket}
	restOnly      = []snapshot.APIType{snapshot.REST}
	httpOnly      = []snapshot.APIType{snapshot.HTTP}
	webSocketOnly = []snapshot.APIType{snapshot.WebSocket}
)

// All lists the rules in the order of their stages.
func All() []diagnose.Rule {
	return []diagnose.Rule{
		routeNotDeployed,
		routeEndpointDisabled,
		routeStageConflict,
		routeTemplateRefused,
		routeDeploymentRefused,
		routeStaleDeployment,
		routeMethodMissing,
		routeAuthorization,
		routeBlocked,
		routeCloudFrontOrigin,
		routeResourcePolicy,
		routeRequestValidation,
		mappingTemplateMissing,
		mappingUnsupportedMediaType,
		mappingTemplateSyntax,
		mappingInvalidExpression,
		mappingUndeclaredParameter,
		mappingReservedHeader,
		mappingBodyNotEncoded,
		mappingWhitespace,
		mappingDoubleEncoding,
		mappingObjectAsMap,
		mappingEmptyReference,
		mappingMessageMalformed,
		mappingNameMismatch,
		mappingBinaryBody,
		mappingStageVariable,
		mappingHTTPAPIParameter,
		mappingInvalidJSONBody,
		mappingIntegrationMissing,
		signingMethod,
		signingCredentialsMissing,
		signingCredentialsMalformed,
		signingRoleMissing,
		signingRoleTrust,
		signingCallerCredentials,
		signingIntegrationType,
		signingPayloadFormat,
		signingURI,
		signingRegion,
		protocolContentType,
		protocolActionMissing,
		protocolActionInvalid,
		protocolMalformedForm,
		protocolJSONContentType,
		protocolTarget,
		protocolQueueURL,
		protocolInvalidJSON,
		protocolMissingParameter,
		protocolTargetFromClient,
		authorizationAction,
		authorizationResource,
		authorizationExplicitDeny,
		authorizationBoundary,
		authorizationOrganization,
		authorizationQueuePolicy,
		authorizationCrossAccount,
		authorizationCondition,
		authorizationPolicyMalformed,
		authorizationBroad,
		queueRefused,
		queueMissing,
		queueFIFOGroup,
		queueFIFODeduplication,
		queueFIFODelay,
		queueParameter,
		queueAttributes,
		queueMessageSize,
		queueMessageCharacters,
		queuePathConflict,
		encryptionRolePermission,
		encryptionKeyPolicy,
		encryptionKeyState,
		encryptionKeyMissing,
		encryptionManagedKey,
		encryptionCondition,
		responseUnmappedStatus,
		responseMethodResponseMissing,
		responseErrorAsSuccess,
		responseSuccessAsError,
		responseErrorUnseen,
		responseUnreachablePattern,
		responseTemplate,
	}
}

// Find returns the rule with the ID.
func Find(id string) (diagnose.Rule, bool) {
	for _, r := range All() {
		if r.ID == id {
			return r, true
		}
	}
	return diagnose.Rule{}, false
}
