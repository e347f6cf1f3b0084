package exprtest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/playctl/playctl/pkg/expr/exprtest"
)

// TestCase_isReadAsItWasWritten holds that a case's file has all that its question depends on: what was right stays so, and what was not is
// found again; and that writing what was read gives the same bytes.
func TestCase_isReadAsItWasWritten(t *testing.T) {
	ctx := context.Background()
	for i := range mutants {
		m := &mutants[i]
		if m.world != 0 || m.pairs > 200 {
			continue // it takes long to find
		}
		run := &exprtest.Run{Engines: []exprtest.Engine{exprtest.Reference{}, m}, Seed: 7, Pairs: m.pairs, World: -1, Smaller: true}
		found, _, err := run.Do(ctx)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", m.name, found, err)
		}
		c, err := found[0].Case(ctx, exprtest.Reference{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := c.Format()
		if err != nil {
			t.Fatal(err)
		}
		again, err := exprtest.ReadCase(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if err := again.Check(ctx, exprtest.Reference{}); err != nil {
			t.Errorf("%s: %v\n%s", m.name, err, text)
		}
		if err := again.Check(ctx, m); err == nil && !found[0].Some {
			t.Errorf("%s: the fault is not in the file\n%s", m.name, text)
		}
		if twice, err := again.Format(); err != nil || string(twice) != string(text) {
			t.Errorf("%s: %v: written anew it is\n%s\nnot\n%s", m.name, err, twice, text)
		}
	}
}

// TestCase_filesAreAsTheyWouldBeWritten holds that every case reads and writes back, strange doubles, times and texts included.
func TestCase_filesAreAsTheyWouldBeWritten(t *testing.T) {
	names, err := filepath.Glob(cases + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := exprtest.ReadCase(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again, err := c.Format(); err != nil || string(again) != string(text) {
			t.Errorf("%s: %v: written anew it is\n%s", name, err, again)
		}
	}
}
