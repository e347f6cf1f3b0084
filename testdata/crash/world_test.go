package crash

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// fact is one thing that is so in the world. Text tells all of it, times aside.
type fact struct {
	text   string
	verbs  []string // that could have made it so
	kind   string   // of the collection, object or action
	name   string   // of the collection
	record string   // key of the record it is about
	effect string   // key, of what is done once
}

// world gives what is so in the systems of a house, sorted, with repeats.
func (h *house) world(t testing.TB) []fact {
	t.Helper()
	out := h.inDatabase(t)
	for _, dir := range []string{"desk", "post", "gifts"} {
		root := filepath.Join(h.dir, dir)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == root {
				return nil
			}
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			facts, err := factsOf(path, dir)
			out = append(out, facts...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(out, func(a, b fact) int { return strings.Compare(a.text, b.text) })
	return out
}

// factsOf reads one file of a system.
func factsOf(path, system string) ([]fact, error) {
	base := filepath.Base(path)
	name := strings.TrimSuffix(strings.TrimSuffix(base, ".csv"), ".jsonl")
	switch folder := filepath.Base(filepath.Dir(path)); {
	case strings.HasSuffix(base, ".jsonl"):
		return sentIn(path, system, name)
	case folder == "lists":
		return membersIn(path, system, "list", name)
	case folder == "audiences":
		return membersIn(path, system, "audience", name)
	case base == "task.csv":
		return tasksIn(path, system)
	}
	return fieldsIn(path, system, name)
}

func sentIn(path, system, action string) ([]fact, error) {
	letters, err := lettersIn(path)
	var out []fact
	for _, l := range letters {
		out = append(out, fact{text: fmt.Sprintf("%s %s to %s, %s", system, action, l.ID, l.Key), verbs: []string{"send"}, kind: action, record: recordOf(l.ID), effect: l.Key})
	}
	return out, err
}

// recordOf gives the key of the record that a system knows by an id.
func recordOf(id string) string {
	key, _, _ := strings.Cut(id, "@")
	return key
}

// rows gives the rows of a CSV file by their columns. What a crash left of an append, which the connector does not count, is left out.
func rows(path string) ([]map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	whole, _, _ := strings.Cut(string(text), "\x00")
	cells, err := csv.NewReader(strings.NewReader(whole)).ReadAll()
	if err != nil || len(cells) == 0 {
		return nil, err
	}
	var out []map[string]string
	for _, line := range cells[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[cells[0][i]] = cell
		}
		out = append(out, row)
	}
	return out, nil
}

func membersIn(path, system, kind, name string) ([]fact, error) {
	all, err := rows(path)
	var out []fact
	for _, row := range all {
		out = append(out, fact{text: fmt.Sprintf("%s in %s %s %s", row["id"], system, kind, name), verbs: []string{"add", "remove"}, kind: kind, name: name, record: recordOf(row["id"])})
	}
	return out, err
}

func tasksIn(path, system string) ([]fact, error) {
	all, err := rows(path)
	var out []fact
	for _, row := range all {
		text := fmt.Sprintf("%s task %s %s for %s: %s", system, row["id"], row["title"], row["record"], row["status"])
		out = append(out, fact{text: text, verbs: []string{"task", "cancel"}, kind: "task", record: recordOf(row["record_id"]), effect: row["key"]})
	}
	return out, err
}

func fieldsIn(path, system, object string) ([]fact, error) {
	all, err := rows(path)
	var out []fact
	for _, row := range all {
		out = append(out, fact{text: fmt.Sprintf("%s %s %s: %s", system, object, row["id"], row["stage"]), verbs: []string{"set"}, kind: object, record: recordOf(row["id"])})
	}
	return out, err
}

// verdict is what is wrong with a world.
type verdict struct{ duplicates, lost, foreign, unrecorded []string }

// wrong reports whether anything is.
func (v *verdict) wrong() bool {
	return len(v.duplicates)+len(v.lost)+len(v.foreign)+len(v.unrecorded) > 0
}

func (v *verdict) String() string {
	short := func(list []string) string { return strings.Join(list[:min(len(list), 5)], "\n  ") }
	return fmt.Sprintf("%d duplicates\n  %s\n%d lost\n  %s\n%d that should not be\n  %s\n%d unrecorded\n  %s", len(v.duplicates), short(v.duplicates), len(v.lost),
		short(v.lost), len(v.foreign), short(v.foreign), len(v.unrecorded), short(v.unrecorded))
}

// compare holds a world against the one that nobody disturbed.
func (v *verdict) compare(calm, got []fact) {
	want := map[string]bool{}
	for _, f := range calm {
		want[f.text] = true
	}
	there := map[string]bool{}
	for _, f := range got {
		switch {
		case there[f.text]:
			v.duplicates = append(v.duplicates, f.text)
		case !want[f.text]:
			v.foreign = append(v.foreign, f.text)
		}
		there[f.text] = true
	}
	for _, f := range calm {
		if !there[f.text] {
			v.lost = append(v.lost, f.text)
		}
	}
}

// recorded holds that whatever differs between two worlds was intended by an operation that is in the journal.
func (v *verdict) recorded(before, after []fact, journal []state.Page) {
	intended := intentions(journal)
	was, is := map[string]bool{}, map[string]bool{}
	for _, f := range before {
		was[f.text] = true
	}
	for _, f := range after {
		is[f.text] = true
	}
	check := func(list []fact, other map[string]bool) {
		for _, f := range list {
			if !other[f.text] && !slices.ContainsFunc(f.verbs, func(verb string) bool { return intended[f.operation(verb)] }) {
				v.unrecorded = append(v.unrecorded, f.text)
			}
		}
	}
	check(after, was)
	check(before, is)
}

// operation names what made a fact so.
func (f *fact) operation(verb string) string {
	if verb == "send" || verb == "task" {
		return verb + " " + f.effect
	}
	return strings.Join([]string{verb, f.kind, f.name, f.record}, " ")
}

// intentions are the operations that the journal says were begun.
func intentions(journal []state.Page) map[string]bool {
	planned := map[string]map[int]*state.Line{}
	out := map[string]bool{}
	for i := range journal {
		p := &journal[i]
		if planned[p.Run] == nil {
			planned[p.Run] = map[int]*state.Line{}
		}
		for n := range p.Lines {
			l := &p.Lines[n]
			switch p.Kind {
			case state.PlannedPage:
				planned[p.Run][l.N] = l
			case state.IntendedPage:
				if o := planned[p.Run][l.N]; o != nil {
					f := fact{kind: o.Kind, name: o.Name, record: o.Record.Key, effect: o.Effect}
					out[f.operation(o.Verb)] = true
				}
			}
		}
	}
	return out
}

// encoded gives a value as JSON.
func encoded(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
