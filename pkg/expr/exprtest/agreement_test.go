package exprtest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/expr/exprtest"
)

var (
	pairs = flag.Int("pairs", 5000, "how many pairs of an expression and a world the engines are put before")
	seed  = flag.Uint64("seed", 4, "of what the pairs follow")
	world = flag.Int("world", -1, "only the world of that number, to find a disagreement again")
	keep  = flag.String("keep", "", "a folder to write disagreements into, as cases")
)

// cases is the folder of every disagreement ever found, and of what is easily got wrong.
const cases = "testdata/cases"

// engines are all that must agree; the first is right.
func engines() []exprtest.Engine {
	return []exprtest.Engine{exprtest.Reference{}, columnEngine{}, savedEngine{}}
}

// TestAgreement_ofRandomPairs holds that the engines say the same of every record, the same unknown ones included. Fresh pairs:
//
//	go test ./pkg/expr/exprtest -run Agreement -v -timeout 0 -pairs 200000 -seed N
func TestAgreement_ofRandomPairs(t *testing.T) {
	var names []string
	for _, e := range engines() {
		names = append(names, e.Name())
	}
	t.Logf("seed %d; %s", *seed, strings.Join(names, " against "))
	run := &exprtest.Run{Engines: engines(), Seed: *seed, Pairs: *pairs, World: *world, Smaller: true, Most: 20}
	found, tally, err := run.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range found {
		t.Error(d)
		if *keep != "" {
			write(t, i, d)
		}
	}
	t.Logf("%d disagreements\n%s", len(found), tally)
	allAnswered(t, tally)
	if *world < 0 && *pairs >= 5000 {
		for kind, perMille := range enough {
			for _, name := range names {
				if got, want := tally.Answers[name+": "+kind], tally.Pairs*perMille/1000; got < want && !(name == names[0] && strings.HasSuffix(kind, " on some rows")) {
					t.Errorf("%s: %d %s, want %d of %d pairs at the least", name, got, kind, want, tally.Pairs)
				}
			}
		}
	}
}

// enough is how many of a thousand pairs must be asked in each way, about half of what are: the first engine is asked of all rows only.
var enough = map[string]int{"conditions": 600, "conditions on some rows": 130, "records": 35, "records on some rows": 9, "each of records": 22, "each of records on some rows": 6}

// allAnswered holds that no engine passed on a question, which would count as agreed, and that one told what it handed to another.
func allAnswered(t *testing.T, tally *exprtest.Tally) {
	t.Helper()
	if len(tally.Unanswered) > 0 {
		t.Errorf("not answered at all: %v", tally.Unanswered)
	}
	if told := tally.Columns + tally.Partly; told != tally.Pairs {
		t.Errorf("of %d questions of %d it is told who answered them", told, tally.Pairs)
	}
}

// write keeps a disagreement as a case.
func write(t *testing.T, i int, d *exprtest.Disagreement) {
	t.Helper()
	c, err := d.Case(context.Background(), exprtest.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.Format()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*keep, d.Name(i)), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAgreement_onCases holds that the engines, the reference too, still say of every case what is written in it.
func TestAgreement_onCases(t *testing.T) {
	n, err := exprtest.CheckCases(context.Background(), os.DirFS(cases), engines()...)
	if err != nil {
		t.Error(err)
	}
	if n == 0 {
		t.Error("there are no cases")
	}
	t.Logf("%d cases", n)
}
