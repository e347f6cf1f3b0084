package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// now is the clock of all tests.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// folder writes files, given as name and content in turn, into a new folder.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func field(name string, of frame.Type) playbook.Field { return playbook.Field{Name: name, Type: of} }

// account has fields of several types and a key that is a field, as package playbook makes it.
func account(file string) *playbook.Entity {
	return &playbook.Entity{Name: "account", File: file, Key: "id", Fields: []playbook.Field{
		field("name", scalar(frame.String)), field("employees", scalar(frame.Int)), field("intent", mapOf(frame.Int)),
		field("id", scalar(frame.String)),
	}}
}

func activity(file string) *playbook.Entity {
	return &playbook.Entity{Name: "activity", File: file, Time: "at", Plural: "activities",
		Parents: []playbook.Parent{{Column: "account_id", Entity: "account"}},
		Fields:  []playbook.Field{field("type", scalar(frame.String)), field("at", scalar(frame.Time))}}
}

func request(dir string, entities ...*playbook.Entity) Request {
	return Request{Dir: dir, Entities: entities, Zone: time.UTC, Now: now}
}

// rows gives the rows of a table, every field of each as %v.
func rows(t *frame.Table) [][]any {
	out := [][]any{}
	for row := range t.Rows {
		var values []any
		for _, c := range t.Columns {
			values = append(values, get(c, row))
		}
		out = append(out, values)
	}
	return out
}

// mustRead reads and fails the test if that fails.
func mustRead(t testing.TB, r Request) *Result {
	t.Helper()
	result, err := Read(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// failRead reads what must fail, and gives the problems.
func failRead(t testing.TB, r Request) diag.List {
	t.Helper()
	result, err := Read(context.Background(), r)
	var problems diag.List
	if err == nil || result != nil || !errors.As(err, &problems) {
		t.Fatalf("got result %v and error %v, want problems", result, err)
	}
	return problems
}

// lines gives the problems as text, with hints.
func lines(problems []diag.Problem) string {
	var out strings.Builder
	for _, p := range problems {
		out.WriteString(p.Error())
		if p.Hint != "" {
			out.WriteString(" | " + p.Hint)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// diff fails the test if two values are not alike.
func diff(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); d != "" {
		t.Errorf("want -, got +:\n%s", d)
	}
}
