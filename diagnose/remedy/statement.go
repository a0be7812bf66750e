package remedy

import (
	"encoding/json"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// statementSettings place the changed statement of a policy, and the policy
// around it when there is none yet.
func statementSettings(s *snapshot.Snapshot, c snapshot.SetStatement) ([]setting, error) {
	value, err := parseStatement(c.After)
	if err != nil {
		return nil, err
	}
	before, err := parseStatement(c.Before)
	if err != nil {
		return nil, err
	}
	l, around, err := policyAt(s, c.On)
	if err != nil {
		return nil, err
	}
	if around != nil {
		if value == nil {
			return nil, fmt.Errorf("%s has no statement to remove", describePolicy(c.On))
		}
		return one(around(map[string]any{"Version": "2012-10-17", "Statement": []any{value}}))
	}
	item := c.Index - 1
	if c.Index == 0 {
		item, before = appended, nil
	}
	st := l.itemSetting(item, value, before, "Statement")
	if value == nil && statementCount(s, c.On) == 1 {
		st.only = l.prefix
	}
	return one(st)
}

func parseStatement(text string) (any, error) {
	if text == "" {
		return nil, nil
	}
	var value map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("the statement is not JSON: %w", err)
	}
	return value, nil
}

// policyAt is where a policy document stands. When there is none, around makes
// the setting that adds one with the document.
func policyAt(s *snapshot.Snapshot, on snapshot.PolicyTarget) (l location, around func(document any) setting, err error) {
	gaps := &snapshot.Gaps{}
	name := logicalID(on.Resource[strings.LastIndexAny(on.Resource, ":/")+1:])
	switch on.Kind {
	case "api":
		api := s.API(on.Resource)
		if api == nil {
			break
		}
		origin := api.Policy.Origin()
		l := locate(origin, logicalID(api.Name)+"Api", "AWS::ApiGateway::RestApi", "Properties", "Policy")
		if text, ok := api.Policy.Peek(); ok && text == "" {
			return location{}, func(document any) setting { return l.here(document, nil) }, nil
		}
		return l, nil, nil
	case "queue":
		queue, _ := s.Queue(on.Resource).Read(gaps)
		if queue == nil {
			break
		}
		if text, ok := queue.Policy.Read(gaps); ok && text == "" {
			return location{}, newQueuePolicy(queue, name, queueURL(s, on.Resource)), nil
		}
		if queue.Origin.File == "" || queue.Policy.Origin().File != "" {
			return locate(queue.Policy.Origin(), name+"Policy", "AWS::SQS::QueuePolicy", "Properties", "PolicyDocument"), nil, nil
		}
	case "key":
		if key, _ := s.Key(on.Resource).Read(gaps); key != nil {
			return locate(key.Policy.Origin(), "QueueKey", "AWS::KMS::Key", "Properties", "KeyPolicy"), nil, nil
		}
	default:
		role, _ := s.Role(on.Resource).Read(gaps)
		if role == nil {
			break
		}
		return rolePolicyAt(role, on, name)
	}
	return location{}, nil, fmt.Errorf("%s is not known", describePolicy(on))
}

// newQueuePolicy adds a policy resource for a queue.
func newQueuePolicy(queue *snapshot.Queue, id, url string) func(any) setting {
	var address any = url
	l := location{kind: "AWS::SQS::QueuePolicy", file: queue.Origin.File, line: queue.Origin.Line}
	if l.file != "" {
		id = queue.Origin.Resource
		address = reference{"Ref", id}
	}
	l.resource = id + "Policy"
	return func(document any) setting {
		return l.setting(map[string]any{"Queues": []any{address}, "PolicyDocument": document}, nil, "Properties")
	}
}

func rolePolicyAt(role *snapshot.Role, on snapshot.PolicyTarget, name string) (location, func(any) setting, error) {
	gaps := &snapshot.Gaps{}
	switch on.Kind {
	case "trust":
		return locate(role.Trust.Origin(), name, "AWS::IAM::Role", "Properties", "AssumeRolePolicyDocument"), nil, nil
	case "boundary":
		boundary, _ := role.Boundary.Read(gaps)
		if boundary == nil {
			return location{}, nil, fmt.Errorf("%s is not known", describePolicy(on))
		}
		return locate(boundary.Document.Origin(), name+"Boundary", "AWS::IAM::ManagedPolicy", "Properties", "PolicyDocument"), nil, nil
	}
	for _, list := range []snapshot.Fact[[]snapshot.Policy]{role.Inline, role.Attached} {
		policies, _ := list.Read(gaps)
		for i, p := range policies {
			if !p.Called(on.Policy) {
				continue
			}
			if awsManaged(p.ARN) {
				return location{}, nil, errAWSManaged(p.Name)
			}
			origin := p.Document.Origin()
			if origin.File == "" && p.ARN != "" {
				return locate(snapshot.Origin{}, logicalID(p.Name), "AWS::IAM::ManagedPolicy", "Properties", "PolicyDocument"), nil, nil
			}
			l := locate(origin, name, "AWS::IAM::Role", "Properties", "Policies", fmt.Sprintf("[%d]", i), "PolicyDocument")
			return l, nil, nil
		}
	}
	l := location{resource: name, kind: "AWS::IAM::Role", prefix: []string{"Properties"}}
	if role.Origin.File != "" {
		l = location{resource: role.Origin.Resource, file: role.Origin.File, line: role.Origin.Line, prefix: []string{"Properties"}}
	}
	return l, func(document any) setting {
		return l.itemSetting(appended, map[string]any{"PolicyName": on.Policy, "PolicyDocument": document}, nil, "Policies")
	}, nil
}

// statementCount counts the statements of a policy as it stands.
func statementCount(s *snapshot.Snapshot, on snapshot.PolicyTarget) int {
	p, err := policyIn(s, on)
	if err != nil {
		return 0
	}
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(p.Before), &doc) != nil {
		return 0
	}
	var list []json.RawMessage
	if json.Unmarshal(doc.Statement, &list) != nil {
		return 1
	}
	return len(list)
}
