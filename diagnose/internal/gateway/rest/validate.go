package rest

import "apisqs-doctor/diagnose/internal/gateway/model"

// ValidateBody checks a request body against a model. It returns why the body is
// refused, empty when it is not; the error says why the model itself could not be
// used. lookup gives models that this one refers to by name.
func ValidateBody(schema string, lookup func(name string) (string, bool), body string) (refused string, err error) {
	refuses, err := BodyValidator(schema, lookup)
	if err != nil {
		return "", err
	}
	return refuses(body), nil
}

// BodyValidator is ValidateBody for many bodies.
func BodyValidator(schema string, lookup func(name string) (string, bool)) (refuses func(body string) string, err error) {
	m, err := model.New(schema, lookup)
	if err != nil {
		return nil, err
	}
	return m.Refuses, nil
}
