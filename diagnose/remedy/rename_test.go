package remedy

import (
	"strings"
	"testing"
)

const deploying = `# comment with Deployment
Resources:
  Deployment:   # the old
    Type: AWS::ApiGateway::Deployment
    DependsOn: [Post, Get]
  Stage:
    DependsOn: Deployment
    Properties: {DeploymentId: !Ref Deployment, Description: 'Deployment'}
  Other:
    DependsOn:
      - Deployment
      - "Stage"
    Properties:
      A: {Ref: Deployment}
      B: !GetAtt Deployment.DeploymentId
      C: {"Fn::GetAtt": ["Deployment", DeploymentId]}
      D: !Sub "${Deployment}-${Deployment.DeploymentId} Deployment ${DeploymentX} ${!Deployment}"
      E: !Sub
        - |
          ${Deployment}
          ${x}
        - {x: !Ref 'Deployment'}
      F: {Fn::Sub: 'a ${Deployment}'}
      Deployment: Deployment
  Deployment2: {Type: AWS::SNS::Topic}
Outputs:
  Deployment: {Value: !Ref Deployment}
`

const deployed = `# comment with Deployment
Resources:
  Deployment3:   # the old
    Type: AWS::ApiGateway::Deployment
    DependsOn: [Post, Get]
  Stage:
    DependsOn: Deployment3
    Properties: {DeploymentId: !Ref Deployment3, Description: 'Deployment'}
  Other:
    DependsOn:
      - Deployment3
      - "Stage"
    Properties:
      A: {Ref: Deployment3}
      B: !GetAtt Deployment3.DeploymentId
      C: {"Fn::GetAtt": ["Deployment3", DeploymentId]}
      D: !Sub "${Deployment3}-${Deployment3.DeploymentId} Deployment ${DeploymentX} ${!Deployment}"
      E: !Sub
        - |
          ${Deployment3}
          ${x}
        - {x: !Ref 'Deployment3'}
      F: {Fn::Sub: 'a ${Deployment3}'}
      Deployment: Deployment
  Deployment2: {Type: AWS::SNS::Topic}
Outputs:
  Deployment: {Value: !Ref Deployment3}
`

// A deployment is renamed wherever a reference names it, and nowhere else.
func TestRename(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		src, err := parseSource("template.yaml", []byte(strings.ReplaceAll(deploying, "\n", eol)))
		if err != nil {
			t.Fatal(err)
		}
		if !isDeployment(src, "Deployment") || isDeployment(src, "Stage") || isDeployment(src, "Nothing") {
			t.Error("the deployment is not told from the rest")
		}
		to := freshID(src, "Deployment")
		out, err := renamed(src, "Deployment", to)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(string(out), "\r\n", "\n"); got != deployed || strings.Count(string(out), eol) != strings.Count(deployed, "\n") {
			t.Errorf("renamed to %s:\n%s", to, got)
		}
	}
	json := `{"Resources": {"Deployment20260101": {"Type": "AWS::ApiGateway::Deployment", "Metadata": {"aws:cdk:path": "x"}}, "S": {"DependsOn": ["Deployment20260101"], "X": {"Ref": "Deployment20260101"}}}}`
	src, err := parseSource("template.json", []byte(json))
	if err != nil {
		t.Fatal(err)
	}
	if isDeployment(src, "Deployment20260101") {
		t.Error("CDK's deployment is taken for one of the user's")
	}
	out, err := renamed(src, "Deployment20260101", freshID(src, "Deployment20260101"))
	if want := strings.ReplaceAll(json, "Deployment20260101", "Deployment20260102"); err != nil || string(out) != want {
		t.Errorf("%s, %v", out, err)
	}
}
