package flow_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/state"
)

const originBook = `playbook: {name: origins}
connectors: {crm: {uses: crm, token: "${env.TOKEN}"}, mail: {uses: mail, key: "${env.UNSET}"}}
entities:
  account: {from: crm.company, key: id, fields: {tier: string, size: int}, identity: {crm: account.id}}
  person: {from: crm.contact, key: id, parent: company -> account, plural: people, fields: {email: string}}
segments: {big: {of: account, where: account.size >= 100 && account.people.size() > 0}}
plays:
  mark: {segment: big, trigger: entry, backfill: true, steps: [{set: crm.company, fields: {tier: gold}}]}
`

// originWorld gives a playbook over a system in memory, and a world in which that can be opened.
func originWorld(t *testing.T, crm *memory.System) (*flow.World, *flow.Program) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "playbook.yaml"), []byte(originBook), 0o600); err != nil {
		t.Fatal(err)
	}
	open, mail := crm.Driver("crm"), (&memory.System{}).Driver("mail")
	open.Settings, mail.Settings = []connector.Setting{{Name: "token", Secret: true}}, []connector.Setting{{Name: "key", Secret: true}}
	w := &flow.World{Dir: dir, At: start, Clock: func() time.Time { return start }, Redactor: &secret.Redactor{}, Drivers: []connector.Driver{open, mail},
		Getenv: func(name string) string { return map[string]string{"TOKEN": "planted-token-1234"}[name] }}
	p, problems, err := flow.Validate(w, flow.Inputs{Inputs: playbook.Inputs{}})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return w, p
}

// Segments of entities that a connector has are evaluated with that connector alone: the secrets of others are not asked for.
func TestEvaluate_opensOnlyWhatRecordsAreReadFrom(t *testing.T) {
	crm := &memory.System{}
	crm.PutFields("company", "a1", map[string]any{"size": int64(500), "tier": "x"})
	crm.PutFields("company", "a2", map[string]any{"size": int64(700)})
	crm.PutFields("contact", "p1", map[string]any{"company": "a1", "email": "p@x"})
	w, p := originWorld(t, crm)
	e, err := flow.Evaluate(t.Context(), w, p, &state.Snapshot{})
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Segments.Segments[0].Matched; n != 1 {
		t.Errorf("%d accounts are big, want 1", n)
	}
	if _, err := flow.Plan(t.Context(), w, p, &state.Snapshot{}, flow.Options{}); err == nil || !strings.Contains(err.Error(), "UNSET") {
		t.Errorf("a plan without a secret gives %v", err)
	}
}

func TestEvaluate_saysWhyAConnectorCanNotBeReadWithoutItsSecrets(t *testing.T) {
	crm := &memory.System{}
	w, p := originWorld(t, crm)
	crm.Down(errors.New("401 for token planted-token-1234"))
	_, err := flow.Evaluate(t.Context(), w, p, &state.Snapshot{})
	if err == nil || !strings.Contains(err.Error(), "reading account from crm.company: 401 for token") || strings.Contains(err.Error(), "planted") {
		t.Errorf("it gives %v", err)
	}
}
