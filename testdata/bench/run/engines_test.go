//go:build unix

package main

import (
	"context"
	"testing"
)

// deskOver is a desk that has read a small world by the playbook of a folder.
func deskOver(t *testing.T, folders ...string) *desk {
	t.Helper()
	b, d := newTestBench(t), newDesk()
	dir, err := b.assemble("engines", testWorld(t), folders...)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.load(context.Background(), ask{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSegments_enginesFindTheSameAccounts(t *testing.T) {
	d := deskOver(t)
	for s, f := range theFive {
		found := map[string]map[string]int64{}
		for _, engine := range []string{columnsEngine, referenceEngine, naiveEngine} {
			told, err := d.do(context.Background(), ask{Do: "segment", Engine: engine, Segment: s})
			if err != nil {
				t.Fatal(err)
			}
			found[engine] = told.Rows
		}
		want := found[referenceEngine]
		if want["matched"] == 0 || want["accounts"] != 1000 {
			t.Errorf("segment %s finds %v: nothing to compare", f.name, want)
		}
		if got := found[columnsEngine]; got["matched"] != want["matched"] || got["unknown"] != want["unknown"] {
			t.Errorf("segment %s: by columns %v, by the reference %v", f.name, got, want)
		}
		if got := found[naiveEngine]; got["matched"] != want["matched"] {
			t.Errorf("segment %s: by maps %v, by the reference %v", f.name, got, want)
		}
	}
}

func TestAgree_tellsWhichEngineDiffers(t *testing.T) {
	same := func(name string, n int64) *engine {
		e := &engine{name: name}
		for s := range e.found {
			e.found[s] = map[string]int64{"matched": n}
		}
		return e
	}
	if err := agree([]*engine{same("a", 3), same("b", 3)}); err != nil {
		t.Error(err)
	}
	if err := agree([]*engine{same("a", 3), same("b", 4)}); err == nil {
		t.Error("engines that found 3 and 4 accounts agree")
	}
	if err := agree([]*engine{same("a", 3), {name: "small", small: true}}); err != nil {
		t.Error(err)
	}
}

func TestGraph_isEvaluatedAndEverySegmentTold(t *testing.T) {
	told, err := deskOver(t, "p2").do(context.Background(), ask{Do: "evaluate", Loops: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := told.Rows["whitespace"]; !ok || len(told.Rows) != 50+5 || told.CPU <= 0 {
		t.Errorf("told %v in %v; want 50 segments and 5 stages", told.Rows, told.CPU)
	}
}

func TestRead_entitiesComeWithThoseAboveThem(t *testing.T) {
	d := deskOver(t)
	tests := map[string]int{"account": 1, "person": 2, "opportunity": 2, "activity": 3, everything: 4}
	for entity, want := range tests {
		told, err := d.do(context.Background(), ask{Do: "read", Entity: entity})
		if err != nil {
			t.Fatal(err)
		}
		if len(told.Rows) != want {
			t.Errorf("reading %q reads %v; want %d entities", entity, told.Rows, want)
		}
	}
}
