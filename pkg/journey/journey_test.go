package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// read reads a play of a playbook that need not be whole.
func read(t *testing.T, text string) *playbook.Play {
	t.Helper()
	file, problems := document.Parse("play.yaml", []byte("plays:\n  p:\n"+text))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	book, _ := playbook.Read([]*document.File{file}, playbook.Inputs{})
	return book.Play("p")
}

func TestDefinition_isWhatAPlayDoesAndNotHowItIsWritten(t *testing.T) {
	one := read(t, `
    segment: account.size > 1
    of: account
    trigger: {cron: "0 8 * * *"}
    steps:
      - send: desk.message
        text: hi
        payload: {a: 1, b: [x, "${account.name}"]}
`)
	two := read(t, `
    title: other words for people
    owner: somebody
    steps: [{id: send_desk_message, send: desk.message, payload: {b: [x, "${account.name}"], a: 1}, text: hi}]
    trigger:
      timezone: UTC
      cron: "0 8 * * *"
    of: account # a comment
    segment: >-
      account.size
      > 1
`)
	if d := cmp.Diff(Definition(one), Definition(two)); d != "" {
		t.Error(d)
	}
	if got := definedTrigger(Definition(one)); got != triggerText(one) || got != "cron 0 8 * * * in UTC" {
		t.Errorf("its trigger is %q", got)
	}
}

func TestCompareDefinitions_tellsEveryKey(t *testing.T) {
	base := "    segment: s\n    steps: [{keep: desk.list, name: A}]\n"
	for more, want := range map[string]string{
		"    trigger: entry":               "trigger: manual → entry",
		"    on_leave: exit":               "on_leave: stay → exit",
		"    priority: 3":                  "priority: 3",
		"    limit: 5":                     "limit: 5",
		"    holdout: 10%":                 "holdout: 10%",
		"    status: paused":               "status: active → paused",
		"    goal: x":                      "goal: x",
		"    exit: [{when: x, reason: r}]": "exit: r: x",
		"    reentry: {after: 30d}":        "reentry: after 720h0m0s",
		"    exit: [{when: x, reason: r}, {when: y, reason: r}]": "exit: r: x; y",
		"    reentry: {per: x, max: 3}":                          "reentry: per x max 3",
	} {
		if got := compareDefinitions(Definition(read(t, base)), Definition(read(t, base+more+"\n"))); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", more, got)
		}
	}
}

func TestHeldOut_choosesTheShare(t *testing.T) {
	n := 0
	for i := range 20_000 {
		r := state.Record{Entity: "account", Key: fmt.Sprint(i)}
		if heldOut("p", r, 0.1) {
			n++
			if !heldOut("p", r, 0.2) {
				t.Fatal("who is held out of a share is held out of a greater one")
			}
		}
	}
	if n < 1850 || n > 2150 {
		t.Errorf("%d of 20000 are held out at 10%%", n)
	}
	if heldOut("p", state.Record{Key: "x"}, 0) {
		t.Error("held out of nothing")
	}
}

func TestLedger_countsEntriesWithEveryPer(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	m := func(per string, number int, days int, ended bool) state.Member {
		m := state.Member{Play: "p", Record: state.Record{Entity: "account", Key: "a"}, Per: per, Number: number, EnteredAt: at.AddDate(0, 0, days)}
		if ended {
			m.EndedAt, m.Outcome = at, state.Converted
		}
		return m
	}
	l := newLedger(&state.Snapshot{Members: []state.Member{m("", 1, 0, true), m("x", 1, 2, true), m("x", 2, 1, true), m("y", 1, 0, false)}})
	if e := l.entries("p", "a", ""); e.count != 4 || !e.active || !e.last.Equal(at.AddDate(0, 0, 2)) {
		t.Errorf("in all: %+v", e)
	}
	if e := l.entries("p", "a", "x"); e.count != 2 || e.active || e.number != 2 {
		t.Errorf("per x: %+v", e)
	}
	if !l.Enrolled("p", "a") || l.Enrolled("p", "b") || !l.Finished("p", "converted", "a") || !l.Finished("p", "*", "a") || l.Finished("p", "exited", "a") {
		t.Error("it does not know where the record stands")
	}
}

func TestMarks(t *testing.T) {
	l := newLedger(&state.Snapshot{Truths: []state.Truth{{Play: "p", Key: state.TruthKey("a", "")}, {Play: "p", Key: state.TruthKey("a", "2026")}, {Play: "p", Key: state.TruthKey("ab", "2027")}}})
	m := l.truths["p"]
	of := func(record string) (keys []string) {
		for _, x := range m.of(record) {
			keys = append(keys, x.Key)
		}
		return keys
	}
	if !m.has("a") || m.has("ab") || !m.has(state.TruthKey("ab", "2027")) || !slices.Equal(of("a"), []string{"a", "a\x002026"}) || !slices.Equal(of("ab"), []string{"ab\x002027"}) || of("b") != nil {
		t.Errorf("marks: %+v", m)
	}
	if none := l.truths["q"]; none.has("a") || len(none.of("a")) > 0 || len(none) > 0 {
		t.Error("a play without marks has some")
	}
}

func TestRelocate_keepsTheOrderOfASnapshotWherePlaysMerge(t *testing.T) {
	r := state.Record{Entity: "account", Key: "a"}
	s := &state.Snapshot{Members: []state.Member{{Key: "1", Play: "old", Record: r, Number: 2}, {Key: "2", Play: "p", Record: r, Number: 1, Per: "y"},
		{Key: "3", Play: "p", Record: r, Number: 3}, {Key: "4", Play: "very old", Record: r, Number: 1, Per: "x"}},
		Truths: []state.Truth{{Play: "old", Key: "b"}, {Play: "p", Key: "a"}, {Play: "very old", Key: "b"}}}
	book := &playbook.Book{Plays: []*playbook.Play{{Name: "p"}}, Moved: []playbook.Moved{{From: playbook.Path{Play: "old"}, To: playbook.Path{Play: "p"}},
		{From: playbook.Path{Play: "very old"}, To: playbook.Path{Play: "p"}}}}
	run := &run{plays: &Plays{book: book}, in: &Input{State: s}, out: &Result{}}
	if err := run.relocate(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range run.in.State.Members {
		keys = append(keys, m.Play+" "+m.Key)
	}
	if want := []string{"p 4", "p 2", "p 1", "p 3"}; !slices.Equal(keys, want) {
		t.Errorf("members %q, want %q", keys, want)
	}
	if want := []state.Truth{{Play: "p", Key: "a"}, {Play: "p", Key: "b"}}; !slices.Equal(run.in.State.Truths, want) {
		t.Errorf("truths %v, want %v", run.in.State.Truths, want)
	}
}

func TestRowsOf_findsEachKeyWhereItStands(t *testing.T) {
	b := &frame.Builder{Entity: "account", Key: frame.NewColumn("id", frame.Type{Kind: frame.String})}
	b.Columns = []*frame.Column{b.Key}
	for i := range 300 {
		b.Key.AppendString(fmt.Sprintf("k%03d", 2*i))
	}
	table := frame.Link([]*frame.Builder{b}).Table("account")
	keys := []string{"", "k000", "k001", "k002", "k002", "k300", "k301", "k598", "k599", "k004", "k006"} // the last two of another entity
	rows := rowsOf(table, len(keys), func(i int) string { return keys[i] })
	for i, key := range keys {
		if row, there := table.Row(key); there != (rows[i] >= 0) || there && row != rows[i] {
			t.Errorf("%q stands at %d, %v; found %d", key, row, there, rows[i])
		}
	}
}

func TestCompareRanks_unknownIsLast(t *testing.T) {
	ranks := []any{nil, int64(2), int64(1), nil, int64(3)}
	slices.SortStableFunc(ranks, compareRanks)
	if d := cmp.Diff([]any{int64(1), int64(2), int64(3), nil, nil}, ranks); d != "" {
		t.Error(d)
	}
	for _, pair := range [][2]any{{1.5, 2.5}, {"a", "b"}, {false, true}, {time.Unix(1, 0), time.Unix(2, 0)}} {
		if compareRanks(pair[0], pair[1]) >= 0 || compareRanks(pair[1], pair[0]) <= 0 || compareRanks(pair[0], pair[0]) != 0 {
			t.Errorf("%v before %v", pair[0], pair[1])
		}
	}
}
