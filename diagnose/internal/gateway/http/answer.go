package http

// Answer is one of API Gateway's own answers.
type Answer struct {
	Status int
	// Statuses are all that AWS may use where the evidence is open, Status first.
	Statuses []int
	Message  string
	Log      string // what $context.integrationErrorMessage says, empty for nothing
}

// Body is the answer's JSON text.
func (a Answer) Body() string { return `{"message":"` + a.Message + `"}` }

func answer(status int, message string) Answer {
	return Answer{Status: status, Statuses: []int{status}, Message: message}
}

// The answers that need no more than their name.
var (
	NotFound      = answer(404, "Not Found")             // no stage, route or deployment (H60, H61, H66)
	Unauthorized  = answer(401, "Unauthorized")          // H70, H71
	Forbidden     = answer(403, "Forbidden")             // H71
	InternalError = answer(500, "Internal Server Error") // H71
	// BadRequest answers an argument that nothing could be found for; the status
	// is recorded, the body is not (H40 to H43).
	BadRequest = answer(400, "Bad Request")
	// EndpointDisabled answers at a default endpoint that is switched off (H68).
	EndpointDisabled = Answer{Status: 404, Statuses: []int{404, 403}, Message: "Not Found"}
	// RoleNotAssumable answers where API Gateway may not take the role (H48).
	RoleNotAssumable = Answer{Status: 500, Statuses: []int{500}, Message: "Internal Server Error",
		Log: "API Gateway doesn’t have permissions to assume the IAM role configured on the integration. Check the permissions and try again."}
)
