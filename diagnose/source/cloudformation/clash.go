package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/source/tree"
)

// owned are the types whose names are an account's, or a person's for one API.
var owned = map[string]string{"AWS::SQS::Queue": "queue", "AWS::IAM::Role": "role", "AWS::ApiGateway::RestApi": "API", "AWS::ApiGatewayV2::Api": "API",
	"AWS::Serverless::Api": "API", "AWS::Serverless::HttpApi": "API"}

// clash finds two templates of one place that name the same queue, role or API:
// they are not two parts of one deployment, but two versions of one.
func (w *world) clash() error {
	type thing struct{ what, name, region, account string }
	first := map[thing]*stack{}
	for _, s := range w.stacks {
		for _, r := range s.order {
			what := owned[r.typ]
			property := kinds[r.typ].name
			if what == "API" {
				property = "Name"
			}
			if what == "" || property == "" || s.exists(r) == no {
				continue
			}
			v := s.props(r).Get(property).Value
			if v == nil || v.Kind != tree.String || v.Partial {
				continue
			}
			one := thing{what, v.Text, s.root.env.region, s.root.env.account}
			other := first[one]
			switch {
			case other == nil:
				first[one] = s
			case other.root != s.root:
				return &tree.Conflict{Problem: fmt.Sprintf("%s and %s both name the %s %q, so that they are not deployed together", other.root.doc.Name, s.root.doc.Name, what, tree.Clip(v.Text, 80)),
					Choices: []string{other.root.doc.Name, s.root.doc.Name}}
			}
		}
	}
	return nil
}
