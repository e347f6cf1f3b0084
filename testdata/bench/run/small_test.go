//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLookAt_tellsWhatAnApplyWrote(t *testing.T) {
	dir, err := newTestBench(t).assembleSmall("small", 40)
	if err != nil {
		t.Fatal(err)
	}
	var seen []*seenFolder
	for range 3 {
		if code := command([]string{"apply", "-C", dir, "--yes", "--quiet"}); code != 0 {
			t.Fatalf("apply ends with %d", code)
		}
		s, err := lookAt(dir)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, s)
	}
	if len(seen[0].rows["members"]) != 20 {
		t.Errorf("%d members, want 20", len(seen[0].rows["members"]))
	}
	tables := changedRows(seen[1].rows, seen[2].rows)
	if !slices.ContainsFunc(tables, func(s string) bool { return strings.HasPrefix(s, "runs +1") }) {
		t.Errorf("the third run wrote %v; want a run's record", tables)
	}
	if files := changed(seen[1].files, seen[2].files); !slices.Contains(files, stateFile) {
		t.Errorf("the third run wrote %v; want the state", files)
	}
}

func TestReportIdle_wantsExactlyOneRunsRecord(t *testing.T) {
	records := func(n int) *seenFolder {
		runs := map[string]bool{}
		for i := range n {
			runs[fmt.Sprint(i)] = true
		}
		return &seenFolder{rows: map[string]map[string]bool{"runs": runs}}
	}
	for added, want := range map[int]string{0: "**missed**", 1: "held", 2: "**missed**"} {
		b := newTestBench(t)
		b.reportIdle(child{}, records(3), records(3+added))
		if c := b.report.checks[1]; c.verdict() != want || c.shown != fmt.Sprint(added) || c.says != "1" {
			t.Errorf("%d records added: %s, shown as %s beside %s; want %s", added, c.verdict(), c.shown, c.says, want)
		}
	}
}

func TestChanged_namesFilesThatAreNewGoneOrWritten(t *testing.T) {
	got := changed(map[string]string{"a": "1", "b": "1", "c": "1"}, map[string]string{"a": "1", "b": "2", "d": "1"})
	if want := []string{"b", "c", "d"}; !slices.Equal(got, want) {
		t.Errorf("changed are %v, want %v", got, want)
	}
}

func TestBetter_isTheLeastTimeAndTheMostMemory(t *testing.T) {
	var c cost
	for _, turn := range []cost{{CPU: 3, Wall: 4, Peak: 10}, {CPU: 2, Wall: 6, Peak: 30}, {CPU: 5, Wall: 5, Peak: 20}} {
		c = c.better(turn)
	}
	if want := (cost{CPU: 2, Wall: 4, Peak: 30}); c != want {
		t.Errorf("of three turns %+v, want %+v", c, want)
	}
}

func TestRunChild_tellsTheEndOfWhatItSaid(t *testing.T) {
	_, err := runChild(context.Background(), newChild(context.Background(), t.TempDir(), "sh", "-c", "echo no >&2; exit 3"))
	if err == nil || !strings.Contains(err.Error(), "exit status 3: no") {
		t.Errorf("exit 3: %v", err)
	}
	out, err := runChild(context.Background(), newChild(context.Background(), t.TempDir(), "sh", "-c", "echo yes; exit 2"), 2)
	if err != nil || out.output != "yes\n" || out.Peak == 0 {
		t.Errorf("exit 2, which is fine: %+v, %v", out, err)
	}
}

func TestRunChild_endsWithItsContextAndAllThatItStarted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	go func() {
		for !exists(filepath.Join(dir, "begun")) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := runChild(ctx, newChild(ctx, dir, "sh", "-c", "touch begun; sleep 600 & wait")); err == nil {
		t.Error("a child that was ended ends well")
	}
}

func TestTerraformState_isOneThatTerraformReads(t *testing.T) {
	text, err := terraformState(2)
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Version   int
		Resources []struct{ Instances []map[string]any }
	}
	if err := json.Unmarshal(text, &state); err != nil || state.Version != 4 || len(state.Resources[0].Instances) != 2 {
		t.Errorf("%s: %v", text, err)
	}
}

func TestQuickest_aDisturbedPlanTakesNothingOffTheApply(t *testing.T) {
	turns := []child{{cost: cost{Wall: 9 * time.Second}}, {cost: cost{Wall: 5 * time.Second}}, {cost: cost{Wall: 7 * time.Second}}}
	var planning cost
	for _, took := range []time.Duration{8 * time.Second, 2 * time.Second, time.Second} { // the first one was disturbed
		planning = planning.better(cost{Wall: took})
	}
	if got := quickest(turns, planning); got.alone != 4*time.Second || got.Wall != 5*time.Second {
		t.Errorf("apply alone is %s of %s, want 4 s of 5 s", got.alone, got.Wall)
	}
}

func TestFew_isThreeOfFiveRounds(t *testing.T) {
	for rounds, want := range map[int]int{1: 1, 2: 1, 3: 2, 5: 3} {
		if got := (&bench{options: &options{rounds: rounds}}).few(); got != want {
			t.Errorf("of %d rounds %d, want %d", rounds, got, want)
		}
	}
}

func TestRecordedTerraform_isLessForFewerResources(t *testing.T) {
	tests := []struct {
		created, unchanged int
		want               terraformCost
	}{
		{20_000, 10_000, terraformCost{created: 22 * time.Second, unchanged: 97400 * time.Millisecond}},
		{2_000, 1_000, terraformCost{created: 2200 * time.Millisecond, unchanged: 974 * time.Millisecond}},
	}
	for _, tt := range tests {
		got := recordedTerraform(tt.created, tt.unchanged)
		if scaled := strings.Contains(got.note, "less for fewer"); scaled != (tt.created < 20_000) {
			t.Errorf("%d resources: the note says%s", tt.created, got.note)
		}
		if got.note = ""; *got != tt.want {
			t.Errorf("%d new, %d unchanged: %+v, want %+v", tt.created, tt.unchanged, *got, tt.want)
		}
	}
}

func TestWatchIO_countsWhatAChildWrote(t *testing.T) {
	want := int64(100_000)
	if !exists("/proc/self/io") {
		want = 0 // this system does not count
	}
	out, err := runChild(context.Background(), newChild(context.Background(), t.TempDir(), "sh", "-c", "head -c 100000 /dev/zero > file"))
	if err != nil || out.wrote.calls < want {
		t.Errorf("it wrote %d bytes by calls, %v; want %d", out.wrote.calls, err, want)
	}
}
