package rehearse

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
)

const lawful = `
playbook: {name: lawful}
connectors: {crm: {uses: files, dir: ./crm}}
entities: {account: {file: a.csv, key: id, fields: {size: int}, identity: {crm: account.id}}}
plays:
  big:
    of: account
    segment: account.size > 10
    trigger: entry
    backfill: true
    on_leave: stay
    steps: [{send: crm.message, text: hello}]
`

// after makes one run on a stage with an account of a size, and gives the stage, the run and the records.
func after(t *testing.T, size int64) (*stage, *ran, *Records) {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	if err := os.WriteFile(filepath.Join(dir, "playbook.yaml"), []byte(lawful), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &flow.World{Dir: dir, Clock: func() time.Time { return time.Time{} }, Getenv: func(string) string { return "" }, Drivers: all.Drivers()}
	p, problems, err := flow.Validate(w, flow.Inputs{})
	if err != nil || problems.Errors() > 0 {
		t.Fatal(err, problems)
	}
	s, err := newStage(ctx, w, p)
	if err != nil {
		t.Fatal(err)
	}
	records := newRecords(p.Book, schemasOf(p.Book))
	records.put([]Record{{Entity: "account", Values: []any{size, "a1"}}})
	x, err := s.run(ctx, standardStart(time.UTC), records.read(standardStart(time.UTC)), nil, flow.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, x, records
}

// lawsAfter gives what the laws say after a run, as text; "" if all hold.
func lawsAfter(t *testing.T, s *stage, x *ran, records *Records) string {
	t.Helper()
	var out Outcome
	ok, err := s.laws(context.Background(), document.Node{}, x, records.read(s.now), nil, flow.Options{}, &out)
	if err != nil || ok != out.Passed() {
		t.Fatal(ok, err)
	}
	if out.Passed() {
		return ""
	}
	return out.Failures[0].Problem.Message + "\n" + strings.Join(out.Failures[0].Found, "\n")
}

func TestLaws_holdAfterARun(t *testing.T) {
	s, x, records := after(t, 20)
	if text := lawsAfter(t, s, x, records); text != "" {
		t.Fatal(text)
	}
}

func TestLaws_planAfterApplyIsEmpty(t *testing.T) {
	s, x, records := after(t, 5)
	records.put([]Record{{Entity: "account", Values: []any{int64(20), "a1"}, given: []bool{true, false}}})
	if text := lawsAfter(t, s, x, records); !strings.Contains(text, "is not empty\n! send crm.message a1 by big.send_crm_message text=\"hello\"\nbig a1 enters") {
		t.Fatal(text)
	}
}

func TestLaws_nothingIsDoneTwice(t *testing.T) {
	s, x, records := after(t, 20)
	sent := s.systems["crm"].Sent("message")
	if _, err := s.systems["crm"].Write(context.Background(), connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: sent}); err != nil {
		t.Fatal(err)
	}
	if text := lawsAfter(t, s, x, records); !strings.Contains(text, "did something again that happens once\nsend crm.message for a1 by step big.send_crm_message") {
		t.Fatal(text)
	}
}

func TestLaws_everythingIsDone(t *testing.T) {
	s, x, records := after(t, 20)
	x.result.Outcomes[0].Status, x.result.Outcomes[0].Reason = "failed", "no such mailbox"
	if text := lawsAfter(t, s, x, records); !strings.Contains(text, "could not do everything\n! send crm.message a1 by big.send_crm_message text=\"hello\": failed no such mailbox") {
		t.Fatal(text)
	}
}
