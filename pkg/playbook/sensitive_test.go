package playbook_test

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/playbook"
)

// TestRead_sensitive holds that an entity says which of its fields are not to be shown.
func TestRead_sensitive(t *testing.T) {
	b := read(t, "entities:\n  person: {file: p.csv, key: id, fields: {email: string, phone: string}, sensitive: [email]}\n", playbook.Inputs{})
	e := b.Entity("person")
	if !slices.Equal(e.Sensitive, []string{"email"}) || !e.IsSensitive("email") || e.IsSensitive("phone") {
		t.Errorf("got %+v", e.Sensitive)
	}
}
