package cloudformation

import (
	"os"
	"path/filepath"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// asset is the local file of what a CDK stack reads from S3: the last part of the
// object's key names it in the *.assets.json files beside the template (I62). It is
// empty when there is none.
func (w *world) asset(template, key string) string {
	folder := filepath.Dir(template)
	if _, known := w.assets[folder]; !known {
		w.assets[folder] = assetsIn(folder, w.options.Within)
	}
	return w.assets[folder][key[strings.LastIndexByte(key, '/')+1:]]
}

// assetsIn lists the files of all stacks of an assembly, by the names of their objects.
func assetsIn(folder string, within tree.Bounds) map[string]string {
	found := map[string]string{}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".assets.json") {
			continue
		}
		for _, file := range members(companion(filepath.Join(folder, e.Name()), within).Get("files")) {
			path := file.Value.Get("source").Get("path").TextOr("")
			if path == "" || file.Value.Get("source").Get("packaging").TextOr("file") != "file" {
				continue
			}
			found[file.Name+filepath.Ext(path)] = path
			for _, to := range members(file.Value.Get("destinations")) {
				key := to.Value.Get("objectKey").TextOr("")
				found[key[strings.LastIndexByte(key, '/')+1:]] = path
			}
		}
	}
	return found
}

// constructPath is the member of a Metadata with the way to the construct that made
// a resource.
const constructPath = "aws:cdk:path"

// constructs are the ways to the constructs that made the resources, by their
// names. A name that two stacks share says nothing.
func (w *world) constructs() map[string]string {
	found := map[string]string{}
	for _, s := range w.stacks {
		for _, r := range s.order {
			if path := r.body.Get("Metadata").Get(constructPath); path.Scalar() {
				name := s.resourceName(r.id)
				if have, ok := found[name]; ok && have != path.Text {
					found[name] = ""
					continue
				}
				found[name] = path.Text
			}
		}
	}
	for name, path := range found {
		if path == "" {
			delete(found, name)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// maker is the tool that writes a template anew each time; empty for one that
// people edit.
func makerOf(doc *tree.Document, src source) string {
	base := filepath.Base(src.file)
	switch {
	case src.file == "-":
	case strings.HasPrefix(base, "cloudformation-template-update-stack"), src.packaged:
		return snapshot.Serverless
	case strings.HasSuffix(base, ".template.json") && (src.assembled || doc.Root.Get("Parameters").Get("BootstrapVersion") != nil || doc.Root.Get("Resources").Get("CDKMetadata") != nil):
		return snapshot.CDK
	}
	return ""
}
