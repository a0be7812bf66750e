package gateway

import "testing"

func TestMediaType(t *testing.T) {
	for contentType, want := range map[string]string{
		"":                                "application/json", // T70
		"application/json":                "application/json",
		"application/json; charset=UTF-8": "application/json", // T71
		"Application/JSON;charset=utf-8":  "application/json",
		" text/plain ":                    "text/plain",
		";":                               "",
	} {
		if got := MediaType(contentType); got != want {
			t.Errorf("%q: %q, want %q", contentType, got, want)
		}
	}
}

func TestIsBinary(t *testing.T) {
	for _, c := range []struct {
		contentType string
		types       []string
		want        bool
	}{
		{"image/png", []string{"image/png"}, true},
		{"image/png", []string{"image/*"}, true},
		{"imagex/png", []string{"image/*"}, false},
		{"application/json", []string{"image/png"}, false},
		{"application/json; charset=utf-8", []string{"*/*"}, true},
		{"application/json", []string{"*~1*"}, true},
		{"", []string{"application/json"}, true},
		{"application/json", nil, false},
	} {
		if got := IsBinary(c.contentType, c.types); got != c.want {
			t.Errorf("%q among %v: %v", c.contentType, c.types, got)
		}
	}
}
