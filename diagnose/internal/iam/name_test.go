package iam

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	tests := []struct {
		name, text string
		check      func(string, ...string) *Problem
		code       string // "" for a name that IAM takes
		message    string // part of it
	}{
		{"role", "orders-api.v2+=,@_", CheckRoleName, "", ""},
		{"role without a name", "", CheckRoleName, "", ""},
		{"64 characters", strings.Repeat("r", 64), CheckRoleName, "", ""},
		{"65 characters", strings.Repeat("r", 65), CheckRoleName, "ValidationError", "65 characters"},
		{"slash", "service-role/orders", CheckRoleName, "ValidationError", "letters, digits"},
		{"blank", "orders api", CheckRoleName, "ValidationError", "letters, digits"},
		{"open name", "⟨Stack⟩-orders", CheckRoleName, "", ""},
		{"open name with a blank", "⟨Stack⟩ orders", CheckRoleName, "ValidationError", "letters, digits"},
		{"policy", "send", CheckPolicyName, "", ""},
		{"policy without a name", "", CheckPolicyName, "ValidationError", "no name"},
		{"128 characters", strings.Repeat("p", 128), CheckPolicyName, "", ""},
		{"129 characters", strings.Repeat("p", 129), CheckPolicyName, "ValidationError", "129 characters"},
		{"policy name with an accent", "envoyé", CheckPolicyName, "ValidationError", "letters, digits"},
		{"no path", "", CheckPath, "", ""},
		{"path", "/service-role/api/", CheckPath, "", ""},
		{"path without the last slash", "/service-role", CheckPath, "ValidationError", "slash"},
		{"open path", "⟨Stack⟩", CheckPath, "", ""},
		{"AWS managed policy", "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs", CheckPolicyARN, "", ""},
		{"own policy", "arn:aws-cn:iam::111111111111:policy/send", CheckPolicyARN, "", ""},
		{"open account", "arn:aws:iam::⟨Stack⟩:policy/send", CheckPolicyARN, "", ""},
		{"not known", "⟨Stack⟩", CheckPolicyARN, "", ""},
		{"role ARN", "arn:aws:iam::111111111111:role/orders-api", CheckPolicyARN, "InvalidInput", "of a role"},
		{"role ARN of an open account", "arn:aws:iam::⟨Stack⟩:role/orders-api", CheckPolicyARN, "InvalidInput", "of a role"},
		{"name instead of an ARN", "AmazonSQSFullAccess", CheckPolicyARN, "InvalidInput", "not the ARN"},
		{"one colon too few", "arn:aws:iam:aws:policy/AmazonSQSFullAccess", CheckPolicyARN, "InvalidInput", "not the ARN"},
		{"ARN of another service", "arn:aws:sqs:us-east-1:111111111111:orders", CheckPolicyARN, "InvalidInput", "not the ARN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.check(tt.text, "⟨Stack⟩")
			switch {
			case p == nil && tt.code != "":
				t.Error("taken, want it refused")
			case p != nil && (p.Code != tt.code || !p.Refused || !strings.Contains(p.Message, tt.message)):
				t.Errorf("got %+v", p)
			}
		})
	}
}
