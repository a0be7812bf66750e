//go:build ignore

// This program writes schemas.txt: the properties of the resource types that the
// reader knows, and the names of all types. Its source are the schemas that AWS
// publishes, as the Python package cfn-lint (MIT-0) carries them.
//
//	python3 -m pip download cfn-lint --no-deps
//	go run schema_generate.go cfn_lint-*.whl
package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path"
	"slices"
	"strings"
)

// read are the types whose properties are kept.
var read = []string{
	"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage",
	"AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator", "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::GatewayResponse",
	"AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::ApiGateway::UsagePlanKey", "AWS::ApiGateway::DomainName",
	"AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::Account",
	"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::IntegrationResponse", "AWS::ApiGatewayV2::Route",
	"AWS::ApiGatewayV2::RouteResponse", "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Authorizer",
	"AWS::ApiGatewayV2::Model", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping",
	"AWS::WAFv2::WebACLAssociation", "AWS::CloudFront::Distribution", "AWS::Lambda::Permission",
	"AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy",
	"AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
	"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy",
}

type object = map[string]any

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run schema_generate.go cfn_lint-VERSION-py3-none-any.whl")
	}
	wheel, err := zip.OpenReader(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer wheel.Close()
	load := func(name string, into any) {
		f, err := wheel.Open("cfnlint/data/schemas/" + name)
		if err != nil {
			log.Fatal(err)
		}
		defer f.Close()
		if err := json.NewDecoder(f).Decode(into); err != nil {
			log.Fatal(name, ": ", err)
		}
	}
	var version struct {
		Date string `json:"schema_date"`
	}
	load("version.json", &version)
	files := map[string]string{}
	load("providers/us-east-1.json", &files)
	names := []string{}
	for name := range files {
		if strings.HasPrefix(name, "AWS::") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := fmt.Appendf(nil, "# %s of %s\n", path.Base(os.Args[1]), version.Date)
	for _, name := range names {
		out = append(out, name...)
		if slices.Contains(read, name) {
			schema := object{}
			load("resources/"+files[name]+".json", &schema)
			text, err := json.Marshal(compact(schema, schema, 0))
			if err != nil {
				log.Fatal(err)
			}
			out = append(append(out, ' '), text...)
		}
		out = append(out, '\n')
	}
	if err := os.WriteFile("schemas.txt", out, 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(names), "types")
}

// compact keeps what the reader checks of a schema, references written out. Which
// values are taken is left to the services, whose answers the rules know.
func compact(schema, root object, depth int) object {
	if depth > 12 {
		return object{}
	}
	if ref, ok := schema["$ref"].(string); ok {
		target := any(root)
		for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			target = target.(object)[name]
		}
		return compact(target.(object), root, depth+1)
	}
	out := object{}
	switch kind := schema["type"].(type) {
	case string:
		out["kinds"] = []string{kind}
	case []any:
		out["kinds"] = kind
	default:
		if schema["properties"] != nil {
			out["kinds"] = []string{"object"}
		}
	}
	if required, ok := schema["required"]; ok {
		out["required"] = required
	}
	if schema["additionalProperties"] == false {
		out["closed"] = true
	}
	if items, ok := schema["items"].(object); ok {
		out["items"] = compact(items, root, depth+1)
	}
	if properties, ok := schema["properties"].(object); ok && len(properties) > 0 {
		list := object{}
		for name, p := range properties {
			list[name] = compact(p.(object), root, depth+1)
		}
		out["properties"] = list
	}
	if patterns, ok := schema["patternProperties"].(object); ok {
		for _, p := range patterns {
			out["values"] = compact(p.(object), root, depth+1)
		}
	}
	return out
}
