// Package documents reads what is no template: OpenAPI documents with API
// Gateway's extensions, and what commands of the AWS CLI print. Several complete
// each other: an export of an API, its role, its queue.
package documents
