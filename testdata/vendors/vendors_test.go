// Package vendors_test runs a play over five vendors: HubSpot, Marketo, LinkedIn, Outreach and Slack, each behind the simulator of its manifest, by the
// command line as users have it. Whatever goes wrong on the way, it ends where it ends when nothing does, and nothing is done twice.
package vendors_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector/simulate"
)

// days are when playctl runs, and which accounts are in market then. What was refused is tried again later and later: the last ones are for that.
var days = []struct {
	after       time.Duration
	until, from int
}{{0, accounts - 2, 0}, {36 * time.Hour, accounts, 0}, {72 * time.Hour, accounts, 4}, {20 * 24 * time.Hour, accounts, 4}, {22 * 24 * time.Hour, accounts, 4}, {30 * 24 * time.Hour, accounts, 4}}

func TestVendors_endInTheSamePlaceWhateverGoesWrong(t *testing.T) {
	calm := newWorld(t, nil, 0)
	calm.live(1)
	want := calm.place()
	if len(want) < 3*accounts {
		t.Fatalf("too little happened:\n%s", strings.Join(want, "\n"))
	}
	for seed := range int64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			rough := newWorld(t, simulate.Faults{"429": {Every: 7}, "503": {Every: 11}, "500": {Every: 13}, "cut-before": {Every: 17}, "cut-after": {Every: 9}, "expire": {Every: 19}}, seed)
			rough.live(12)
			if diff := cmp.Diff(want, rough.place()); diff != "" {
				t.Errorf("it ended elsewhere (-calm +rough):\n%s", diff)
			}
			rough.wantOnce()
			rough.wantFaults("429", "503", "500", "cut-before", "cut-after", "expire")
		})
	}
}

// live runs playctl day by day, each day until it has nothing more to do.
func (w *world) live(tries int) {
	w.Helper()
	begin := w.now
	for _, day := range days {
		w.now = begin.Add(day.after)
		w.records(day.until, day.from)
		for try := 1; ; try++ {
			_, applied := w.run("apply", "--yes", "--allow", "removals")
			code, planned := w.run("plan", "--detailed-exitcode")
			if w.resolve(planned) == 0 && code == 0 {
				break
			}
			if try >= tries {
				w.Fatalf("after %d tries on %s there is something to do (%d):\n%s\n%s", try, w.now.Format(time.DateOnly), code, applied, planned)
			}
			w.now = w.now.Add(time.Minute)
		}
	}
}

var doubts = regexp.MustCompile(`playctl resolve ([0-9a-f]+)`)

// resolve decides what is in doubt as a person would: by looking whether the message is there.
func (w *world) resolve(planned string) int {
	w.Helper()
	found := doubts.FindAllStringSubmatch(planned, -1)
	for _, m := range found {
		how := "--retry"
		if w.sent(m[1]) {
			how = "--done"
		}
		if code, out := w.run("resolve", m[1], how, "--yes"); code != 0 {
			w.Fatalf("resolve %s %s: %d\n%s", m[1], how, code, out)
		}
	}
	return len(found)
}

// sent reports whether a vendor has an effect with a key.
func (w *world) sent(key string) bool {
	for _, v := range w.vendors {
		var r report
		v.get(w.T, "effects", &r)
		for _, e := range r.Effects {
			if strings.HasPrefix(e.Key, key) || strings.Contains(fmt.Sprint(e.Fields), key) {
				return true
			}
		}
	}
	return false
}

func (w *world) wantOnce() {
	w.Helper()
	for name, v := range w.vendors {
		var r report
		v.get(w.T, "effects", &r)
		if len(r.Twice) > 0 {
			w.Errorf("%s has effects twice: %v", name, r.Twice)
		}
	}
}

// wantFaults holds that faults were met at all.
func (w *world) wantFaults(names ...string) {
	w.Helper()
	met := map[string]int{}
	for _, v := range w.vendors {
		var r report
		v.get(w.T, "effects", &r)
		for name, n := range r.Faults {
			met[name] += n
		}
	}
	for _, name := range names {
		if met[name] == 0 {
			w.Errorf("nothing met %s: %v", name, met)
		}
	}
}

func TestVendors_linkedInIsAssumed(t *testing.T) {
	w := newWorld(t, nil, 0)
	if code, out := w.run("apply", "--yes"); code != 0 {
		t.Fatalf("%d\n%s", code, out)
	}
	w.now = w.now.Add(time.Hour)
	w.records(accounts, 3)
	_, out := w.run("plan")
	found := false
	for line := range strings.Lines(out) {
		if strings.Contains(line, "Early intent") {
			found = true
		}
	}
	if !found || !strings.Contains(out, "assumed") {
		t.Errorf("the plan does not say that LinkedIn's lines are assumed:\n%s", out)
	}
}
