package simulate_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

func builtIn(t *testing.T, name string) *manifest.Manifest {
	t.Helper()
	data, err := rest.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	m, problems := rest.Read(name+".yaml", data)
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

// TestSettings_areAllThatAnOperationIsRefusedWithout holds that what is printed works as it stands.
func TestSettings_areAllThatAnOperationIsRefusedWithout(t *testing.T) {
	for _, row := range []struct {
		name          string
		given, want   map[string]any
		rotates, kept string // kinds of which there is only what was put in
	}{
		{"intercom", map[string]any{"token": "right"}, map[string]any{"token": "right", "admin_id": "1", "ticket_type": "rehearsal", "base_url": "http://x"}, "", "admin tag company_tag"},
		{"hubspot", nil, map[string]any{"token": "rehearsal", "base_url": "http://x"}, "", ""},
		{"hubspot", map[string]any{"task_key": "own"}, map[string]any{"token": "rehearsal", "base_url": "http://x", "task_key": "own"}, "", ""},
		{"slack", nil, map[string]any{"token": "rehearsal", "base_url": "http://x/api", "webhook_url": "http://x"}, "", "channel"},
		{"outreach", map[string]any{"client_id": "c", "client_secret": "s", "redirect_uri": "u"}, map[string]any{"client_id": "c", "client_secret": "s", "redirect_uri": "u", "refresh_token": "rehearsal",
			"base_url": "http://x/api/v2", "token_url": "http://x/oauth/token"}, "refresh_token", ""},
	} {
		s := simulate.New(builtIn(t, row.name), simulate.Options{Now: time.Now, Settings: row.given})
		got := map[string]any{}
		for name, value := range s.Settings("http://x") {
			got[name] = value
		}
		if !maps.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
		if s.Rotates() != row.rotates || !slices.Equal(s.Unnamed(), strings.Fields(row.kept)) {
			t.Errorf("%s: rotates %q, only what was put in of %v", row.name, s.Rotates(), s.Unnamed())
		}
	}
}

// TestSetting_isOfItsType holds what --set reads.
func TestSetting_isOfItsType(t *testing.T) {
	m := builtIn(t, "intercom")
	if value, err := simulate.Setting(m, "admin_id", "7"); err != nil || value != int64(7) {
		t.Errorf("%v %v", value, err)
	}
	for name, want := range map[string]string{"admin_id": `admin_id is a whole number, and "x" is none`, "tokn": `"tokn" is no setting of intercom`} {
		if _, err := simulate.Setting(m, name, "x"); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
