package report

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// A code stands beside the party that gives it, never beside SQS's status where
// API Gateway gives it (T90).
func TestCodeStandsBesideItsParty(t *testing.T) {
	for want, p := range map[string]diagnose.Prediction{
		"the client gets 200": {Status: 200, SQSStatus: 200, Known: true},
		"the client gets 500 InternalServerErrorException from API Gateway; SQS answered 200": {
			Status: 500, SQSStatus: 200, Code: walk.InternalServerError, Origin: walk.FromAPIGateway, Stage: walk.StageResponse, Known: true},
		"the client gets 500 InternalServerErrorException from API Gateway; SQS answered 403": {
			Status: 500, SQSStatus: 403, Code: walk.InternalServerError, Origin: walk.FromAPIGateway, Known: true},
		"the client gets 400; SQS answered 200":                                         {Status: 400, SQSStatus: 200, Known: true},
		"the client gets 200; SQS answered 403 AccessDenied":                            {Status: 200, SQSStatus: 403, Code: walk.AccessDenied, Origin: walk.FromSQS, Known: true},
		"the client gets 415 UnsupportedMediaTypeException from API Gateway":            {Status: 415, Code: walk.UnsupportedMediaType, Origin: walk.FromAPIGateway, Known: true},
		"AWS refuses this configuration: BadRequestException; no call is ever made":     {Code: walk.BadRequest, Origin: walk.FromDeployment, Known: true},
		"the client gets an error frame; InternalServerErrorException from API Gateway": {SQSStatus: 200, ErrorFrame: true, Delivery: walk.DeliveryFrame, Code: walk.InternalServerError, Origin: walk.FromAPIGateway},
	} {
		if got := OutcomeOf(p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
