package rules

import "testing"

func TestEscapePercent(t *testing.T) {
	for text, want := range map[string]string{"100%": "100%25", "100%25": "100%25", "%zz": "%25zz", "a%2": "a%252", "": ""} {
		if got := escapePercent(text); got != want {
			t.Errorf("escapePercent(%q) = %q, want %q", text, got, want)
		}
	}
}
