package live

import (
	"context"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// L4: one setting has several spellings.
func TestSettingsKey(t *testing.T) {
	for key, want := range map[string]string{"*/*": snapshot.AllMethods, "orders/POST": "/orders/POST", "~1orders/POST": "/orders/POST", "/orders/POST": "/orders/POST",
		"~1orders~1{id}/GET": "/orders/{id}/GET", "~1/GET": "//GET", "a~0b/PUT": "/a~b/PUT"} {
		if got := settingsKey(key); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}

// A limit that was not sent is no limit of 0.
func TestLimitsOf(t *testing.T) {
	got := limitsOf([]byte(`{"item":[{"stageName":"prod","methodSettings":{"*/*":{"throttlingBurstLimit":0,"throttlingRateLimit":0.0},"orders/POST":{"loggingLevel":"INFO"}}}]}`))["prod"]
	if all := got["*/*"]; all.ThrottlingBurstLimit == nil || *all.ThrottlingBurstLimit != 0 || all.ThrottlingRateLimit == nil || *all.ThrottlingRateLimit != 0 {
		t.Errorf("limits of 0: %+v", all)
	}
	if one := got["orders/POST"]; one.ThrottlingBurstLimit != nil || one.ThrottlingRateLimit != nil {
		t.Errorf("no limits: %+v", one)
	}
}

// The role that writes the logs is read where there are logs (L7), and only there.
func TestLoggingRoleIsFollowed(t *testing.T) {
	const logger = "arn:aws:iam::123456789012:role/logger"
	for _, level := range []string{"ERROR", "OFF", ""} {
		s := rich()
		s.LoggingRole, s.Roles[logger] = known(logger), known[*snapshot.Role](nil)
		stages := value(s.APIs[0].Stages)
		for i := range stages {
			stages[i].AccessLog = known[*snapshot.AccessLog](nil)
			stages[i].Settings = known(map[string]snapshot.MethodSettings{"/orders/POST": {LoggingLevel: level}})
		}
		_, cfg := serve(t, s, fakeaws.Options{})
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		if err != nil {
			t.Fatal(err)
		}
		fact, read := got.Roles[logger]
		if want := level == "ERROR"; read != want || read && (!fact.IsKnown() || value(fact) != nil) {
			t.Errorf("level %q: read %v, known %v", level, read, fact.IsKnown())
		}
	}
}

// An account with very many domain names is not asked for the paths of each.
func TestTooManyDomains(t *testing.T) {
	s := rich()
	var many []snapshot.Domain
	for i := range mostDomains + 1 {
		many = append(many, snapshot.Domain{Name: string(rune('a'+i)) + ".example.com"})
	}
	s.APIs[0].Domains = known(many)
	server, cfg := serve(t, s, fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.APIs[0].Domains.IsKnown() {
		t.Error("the domains are known")
	}
	for _, call := range server.Calls() {
		if call.Operation == "GetBasePathMappings" {
			t.Error("a domain was asked")
		}
	}
}
