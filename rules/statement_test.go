package rules

import "testing"

// A statement's id says what its action does.
func TestStatementIDs(t *testing.T) {
	for action, want := range map[string]string{"sqs:SendMessage": "SendToOrders", "sqs:ReceiveMessage": "ReceiveMessageOfOrders", "sqs:DeleteMessage": "DeleteMessageOfOrders"} {
		if got := sid(does("SendTo", []string{action}), "orders"); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	if got := sid(does("UseKeyOf", []string{"kms:Decrypt"}), "orders"); got != "UseKeyOfOrders" {
		t.Errorf("a key: %s", got)
	}
}
