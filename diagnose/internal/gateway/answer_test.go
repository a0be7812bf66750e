package gateway

import (
	"encoding/json"
	"testing"
)

func TestOwnResponses(t *testing.T) {
	for _, o := range []OwnResponse{MissingToken, Forbidden, Unauthorized, UnsupportedMedia, InvalidBody, InvalidJSON, Internal("x"), MissingParameters([]string{"x-header-param", "issuer", "qs1"})} {
		var body map[string]string
		if err := json.Unmarshal([]byte(o.Body()), &body); err != nil || body["message"] != o.Message || o.Status < 400 || o.ErrorType == "" {
			t.Errorf("%+v: %s, %v", o, o.Body(), err)
		}
	}
	if got := MissingParameters([]string{"x-header-param", "issuer", "qs1"}).Message; got != "Missing required request parameters: [x-header-param, issuer, qs1]" { // T111
		t.Error(got)
	}
}
