package playbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestRead_order holds the order of what was read: entities with parents first, all else by name, whatever the order in the files.
func TestRead_order(t *testing.T) {
	const a = `
plays: {b: {segment: y, trigger: manual, steps: [{send: desk.message, text: hi}]}, a: {segment: y, trigger: manual, steps: [{send: desk.message, text: hi}]}}
entities:
  visit: {file: v.csv, parent: person_id -> person, plural: visits, time: at, fields: {at: timestamp}}
  person: {file: p.csv, key: id, parent: account_id -> account, plural: people, fields: {email: string}, identity: {desk: person.id}}
`
	const b = `
segments: {y: {of: account, where: "true"}, x: {of: account, where: "true"}}
connectors: {web: {uses: files, dir: w}, desk: {uses: files, dir: d}}
entities:
  account: {file: a.csv, key: id, fields: {name: string}, identity: {desk: account.id}}
`
	first, _ := document.Parse("a.yaml", []byte(a))
	second, _ := document.Parse("b.yaml", []byte(b))
	book, problems := playbook.Read([]*document.File{first, second}, playbook.Inputs{})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	got := strings.Join(book.EntityNames(), " ") + "; " + strings.Join(book.SegmentNames(), " ") + "; " + strings.Join(book.PlayNames(), " ") + "; " +
		book.Connectors[0].Name + " " + book.Connectors[1].Name
	if got != "account person visit; x y; a b; desk web" {
		t.Errorf("got %s", got)
	}
	if len(book.Files) != 2 || book.Files["a.yaml"] != first.Digest() {
		t.Errorf("got files %v", book.Files)
	}
}

// TestRead_bookDefaults holds what a playbook has that says nothing, and that its key is a field of an entity.
func TestRead_bookDefaults(t *testing.T) {
	b := read(t, "", playbook.Inputs{})
	if b.Zone != time.UTC || b.GoneAfter != 7*24*time.Hour || b.State.Name != "local" || b.Environment != "" {
		t.Errorf("got %+v", b)
	}
	e := b.Entity("account")
	if e.Field("id") == nil || e.Field("id").Type.String() != "string" || e.BadStop || e.Fresh.Refuse || e.Fresh.Within != 0 {
		t.Errorf("got %+v", e)
	}
	if b.Entity("none") != nil || b.Segment("none") != nil || b.Play("none") != nil || b.Connector("none") != nil {
		t.Error("what is not there was found")
	}
}

// TestRead_durations holds the units of durations.
func TestRead_durations(t *testing.T) {
	for text, want := range map[string]time.Duration{"0m": 0, "15m": 15 * time.Minute, "8h": 8 * time.Hour, "30d": 30 * 24 * time.Hour, "2w": 14 * 24 * time.Hour} {
		if b, problems := readAny("limits: {gone_after: "+text+"}", playbook.Inputs{}); problems.Err() != nil || b.GoneAfter != want {
			t.Errorf("%s: got %s, %v", text, b.GoneAfter, problems)
		}
	}
	for _, text := range []string{"d", "-3d", "3", "3s", "3 d", "1.5d", "99999999999w", "4294967295w", `""`, "[3d]", "3D"} {
		if _, problems := readAny("limits: {gone_after: "+text+"}", playbook.Inputs{}); len(problems) != 1 || problems[0].Hint == "" {
			t.Errorf("%s: got %v", text, problems)
		}
	}
}

// TestRead_oneSlipIsOneProblem holds that what a mistake leaves undone is no problem of its own.
func TestRead_oneSlipIsOneProblem(t *testing.T) {
	for name, text := range map[string]string{
		"a misspelt key":                  "plays: {hi: {segmnt: all, trigger: manual, steps: [{send: desk.message, text: hi}]}}",
		"a misspelt key with more in it":  "plays: {hi: {segment: all, trigger: manual, stpes: [{keep: desk.list, name: x}], on_leave: exit}}",
		"a list of keys":                  "plays: {hi: {segment: all, trigger: [entry], backfill: true, steps: [{send: desk.message, text: hi}]}}",
		"a connector without settings":    "connectors: {crm: files}\nplays: {hi: {segment: all, trigger: manual, steps: [{set: crm.company, fields: {a: 1}}]}}",
		"an entity with a bad name":       "entities: {key-person: {file: p.csv, key: id, fields: {a: string}}}\nsegments: {x: {of: key-person, where: 'true'}}",
		"a parent with a bad name":        "entities: {in: {file: p.csv, key: id, fields: {a: string}}, child: {file: c.csv, key: id, parent: in_id -> in, plural: children, fields: {a: string}}}",
		"a segment with a bad name":       "segments: {my segment: {of: account, where: 'true'}}\nplays: {hi: {of: account, segment: 'segment(\"all\")', trigger: manual, steps: [{send: desk.message, text: hi}]}}",
		"a variable without a type":       "variables: {x: {default: 3}}",
		"an unknown parent":               "entities: {child: {file: c.csv, key: id, parent: x -> acount, plural: children, fields: {a: string}}}",
		"an entity that is no mapping":    "entities: {child: c.csv}",
		"a play that is no mapping":       "plays: {hi: [a]}",
		"an exit with a later key":        "plays: {hi: {segment: all, trigger: manual, exit: [{silent: 30d}], steps: [{send: desk.message, text: hi}]}}",
		"a trigger with a later key":      "plays: {hi: {segment: all, trigger: {webhook: x}, steps: [{send: desk.message, text: hi}]}}",
		"a step with a bad id":            "plays: {hi: {segment: all, trigger: manual, steps: [{id: A, send: desk.message, text: hi}, {send: desk.message, text: hi}]}}",
		"a bad name of a field's type":    "entities: {note: {file: n.csv, time: at, fields: {at: datetime}}}",
		"text sent twice":                 "plays: {hi: {segment: all, trigger: manual, steps: [{send: desk.message, text: hi, payload: {text: ho}}]}}",
		"nobody to do it for":             "plays: {hi: {segment: all, trigger: manual, steps: [{send: desk.message, text: hi, for: []}]}}",
		"a collection without a name":     "plays: {hi: {segment: all, trigger: manual, steps: [{add: desk.list, name: ' '}]}}",
		"nothing to set":                  "plays: {hi: {segment: all, trigger: manual, steps: [{set: desk.company, fields: {}}]}}",
		"an environment that is declared": "environments: {a: {variables: 3}}",
	} {
		first, _ := document.Parse("a.yaml", []byte(declared))
		second, _ := document.Parse("b.yaml", []byte(text))
		if _, problems := playbook.Read([]*document.File{first, second}, playbook.Inputs{}); len(problems) != 1 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
