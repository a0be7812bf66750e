package cloudformation

import (
	"path/filepath"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// manifestName and stateName are the files in which the CDK (I61) and the
// Serverless Framework (I53) say where they deploy the templates beside them.
const (
	manifestName = "manifest.json"
	stateName    = "serverless-state.json"
)

// locate adds what the tool that wrote a template says of its stack: the name,
// the region and the account.
func (src *source) locate(within tree.Bounds) {
	if src.file == "-" {
		return
	}
	folder, name := filepath.Split(src.file)
	if root := companion(filepath.Join(folder, manifestName), within); root != nil {
		for _, artifact := range members(root.Get("artifacts")) {
			properties := artifact.Value.Get("properties")
			if artifact.Value.Get("type").TextOr("") != "aws:cloudformation:stack" || properties.Get("templateFile").TextOr("") != name {
				continue
			}
			src.assembled = true
			// aws://ACCOUNT/REGION, or words for what is not known.
			environment := strings.TrimPrefix(artifact.Value.Get("environment").TextOr(""), "aws://")
			account, region, _ := strings.Cut(environment, "/")
			if account != "unknown-account" {
				src.account = account
			}
			if region != "unknown-region" {
				src.region = region
			}
			if stack := properties.Get("stackName").TextOr(""); stack != "" {
				src.stack = stack
			}
		}
	}
	if root := companion(filepath.Join(folder, stateName), within); root != nil {
		src.packaged = true
		service := root.Get("service")
		provider := service.Get("provider")
		src.region = provider.Get("region").TextOr("")
		if name, stage := service.Get("service").TextOr(""), provider.Get("stage").TextOr(""); name != "" && stage != "" {
			src.stack = name + "-" + stage
		}
	}
}

// companion reads a file that a tool wrote beside a template; nil when there is none.
func companion(file string, within tree.Bounds) *tree.Node {
	if within.Check(file) != nil {
		return nil
	}
	doc, err := tree.Language{Name: "JSON"}.Read(file, nil)
	if err != nil {
		return nil
	}
	return doc.Root
}

func members(n *tree.Node) []tree.Field {
	if n == nil {
		return nil
	}
	return n.Fields
}
