package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// organizationFlags give the organization policies that hardly any member
// account may read. Each file is one level, from the root down: a policy
// document, or a list of documents that add up.
type organizationFlags struct {
	scp, rcp []string
	id       string
}

func (o *organizationFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.scp, "scp", nil, "`FILE` with the service control policies of one level, root first; repeatable")
	cmd.Flags().StringArrayVar(&o.rcp, "rcp", nil, "`FILE` with the resource control policies of one level, root first; repeatable")
	cmd.Flags().StringVar(&o.id, "org-id", "", "`ID` of the organization that the API's account belongs to, or none")
	_ = cmd.MarkFlagFilename("scp", "json")
	_ = cmd.MarkFlagFilename("rcp", "json")
}

// inNone says that an account belongs to no organization.
const inNone = "none"

// apply adds the policies to what was read.
func (o *organizationFlags) apply(s *snapshot.Snapshot) error {
	if o.id != "" && o.id != inNone && !text.IsOrganization(o.id) {
		return usage("expected the id of an organization, such as o-a1b2c3d4e5, or "+inNone, "%q is not a value of --org-id", o.id)
	}
	if o.id != "" {
		s.OrganizationID = snapshot.Known(strings.TrimPrefix(o.id, inNone), snapshot.Origin{Resource: "--org-id"})
	}
	if len(o.scp)+len(o.rcp) == 0 {
		return nil
	}
	var org snapshot.Organization
	for _, kind := range []struct {
		flag  string
		files []string
		to    *[][]snapshot.Policy
	}{{"--scp", o.scp, &org.ServiceControl}, {"--rcp", o.rcp, &org.ResourceControl}} {
		for _, file := range kind.files {
			level, err := readLevel(kind.flag, file)
			if err != nil {
				return err
			}
			*kind.to = append(*kind.to, level)
		}
	}
	s.Organization = snapshot.Known(org, snapshot.Origin{Resource: "organization policies"})
	return nil
}

// maxPolicyFile is far above the quota for organization policies, in bytes.
const maxPolicyFile = 1 << 20

func readLevel(flag, file string) ([]snapshot.Policy, error) {
	const expected = `expected a policy document, {"Version": "2012-10-17", "Statement": [...]}, or a list of them`
	f, err := openFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := limit(f, maxPolicyFile)
	if err != nil {
		return nil, usage(expected, "%s %s: %s", flag, file, err)
	}
	var documents []json.RawMessage
	trimmed := bytes.TrimSpace(data)
	if bytes.HasPrefix(trimmed, []byte("[")) {
		err = json.Unmarshal(trimmed, &documents)
	} else {
		documents = []json.RawMessage{trimmed}
	}
	var level []snapshot.Policy
	for i, document := range documents {
		var shape struct{ Statement any }
		if err == nil {
			err = json.Unmarshal(document, &shape)
		}
		if err == nil && shape.Statement == nil {
			err = fmt.Errorf("no Statement in document %d", i+1)
		}
		if err != nil {
			return nil, usage(expected, "%s %s: %s", flag, file, err)
		}
		name := file
		if len(documents) > 1 {
			name = fmt.Sprintf("%s[%d]", file, i)
		}
		level = append(level, snapshot.Policy{Name: name, Document: snapshot.Known(string(document), snapshot.Origin{File: file})})
	}
	if len(level) == 0 {
		return nil, usage(expected, "%s %s: the list is empty", flag, file)
	}
	return level, nil
}
