package flow_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/faulty"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// faultAll passes the guards, also the one that refuses a clock that goes back: what is tested is what becomes of it where somebody says so.
var faultAll = flow.Options{Allowed: []string{"removals", "clock"}}

// faultNames are the names of the systems of a house, in their order.
var faultNames = []string{"desk", "other", "blind"}

// faulting is a random book that is run twice: undisturbed, and with calls that fail.
type faulting struct {
	*machine
	calm *house
	// never has effects at other that can't be looked up and are never repeated of themselves: somebody must tell what became of them.
	never bool
	sum   *faultSum
}

// faultSum is how much a test saw of what it is about.
type faultSum struct{ books, runs, writes, failed, effects, refusals, doubts int }

// faults checks a law over random books in which everything that is wanted is done sooner or later, whatever the order and the time: see
// [machineBook.timeless].
func faults(t *testing.T, check func(*faulting)) {
	steady(t, 30)
	sum := &faultSum{}
	defer func() { t.Logf("%+v", *sum) }()
	machines(t, machineKind{steady: true, calm: true}, func(m *machine) {
		m.book.timeless()
		m.plays(m.book.String())
		f := &faulting{machine: m, calm: newHouseIn(m.rt, m.dir, m.book.String()), never: m.oneIn(3), sum: sum}
		m.write("nouns.yaml", machineNouns)
		m.set()
		check(f)
		sum.books++
		sum.effects += len(f.snapshot().Effects)
	})
	if !t.Failed() && (sum.failed < sum.books/2 || sum.effects < sum.books || sum.refusals*sum.doubts == 0) {
		t.Errorf("hardly anything failed: %+v", *sum)
	}
}

// What a fault delays can come out otherwise where something else is waited for, or used up, meanwhile. That is as it should be, and it is
// taken out of the books here.
var (
	faultSince   = regexp.MustCompile(`missing since [0-9-]+`)
	faultCaps    = regexp.MustCompile(`(?m)^caps: .*\n`)
	faultList    = regexp.MustCompile(`name: [ABC]`)
	faultAny     = regexp.MustCompile(`allow: \["[^"]*"\]`)
	faultSet     = regexp.MustCompile(`fields: \{(stage|owner)`)
	faultTimeout = regexp.MustCompile(`, (window: default|timeout: (\{[^}]*\}|[0-9a-z ]+)|escalate: \[\{[^}]*\}\]|await: [a-z]+)`)
	faultTrigger = regexp.MustCompile(`^trigger: (manual|\{(on|cron).*)`)
	faultSteps   = regexp.MustCompile(`steps\.(s[0-9]+)\.outcome (== "[^"]*"|in \[[^]]*\])`)
	faultReentry = regexp.MustCompile(`^reentry: (always|\{after.*|\{max.*|.*, max: 2\})$`)
)

// timeless leaves of a book what comes out the same however late each of its parts is done.
func (b *machineBook) timeless() {
	b.guards = faultCaps.ReplaceAllString(b.guards, "")
	for _, p := range b.plays {
		p.goal, p.exits = "", nil
		for i, key := range p.keys {
			if faultTrigger.MatchString(key) {
				p.keys[i] = "trigger: entry"
			}
			if key == "backfill: false" {
				p.keys[i] = "backfill: true"
			}
			if faultReentry.MatchString(key) {
				p.keys[i] = "reentry: never"
			}
		}
		for _, s := range p.all() {
			s.timeless(p.name)
		}
		p.forget()
	}
}

// forget has nobody speak of steps that are gone.
func (p *machinePlay) forget() {
	there := map[string]bool{}
	for _, s := range p.all() {
		there[s.id] = true
	}
	mend := func(text *string) {
		*text = faultSteps.ReplaceAllStringFunc(*text, func(found string) string {
			if there[faultSteps.FindStringSubmatch(found)[1]] {
				return found
			}
			return "1 == 1"
		})
	}
	for _, s := range p.all() {
		mend(&s.text)
		for i := range s.branches {
			mend(&s.branches[i].head)
		}
	}
}

// timeless has a step wait for nothing but the time to pass, take out of other lists than others put into, and set a field of its own.
func (s *machineStep) timeless(play string) {
	when := ""
	if at := strings.Index(s.text, ", when: "); at >= 0 && s.verb != "exit" && len(s.branches) == 0 {
		s.text, when = s.text[:at], s.text[at:]
	}
	s.late, s.goesOn = nil, false
	s.text = faultTimeout.ReplaceAllString(s.text, "")
	switch s.verb {
	case "keep", "add":
		s.text = faultList.ReplaceAllString(s.text, "name: A")
	case "remove":
		s.text = faultList.ReplaceAllString(s.text, "name: C")
	case "remove_any":
		s.text = faultAny.ReplaceAllString(s.text, `allow: ["C*"]`)
	case "set":
		s.text = faultSet.ReplaceAllString(s.text, "fields: {"+play+s.id)
	case "wait_for", "wait_until", "wait":
		s.verb, s.text = "wait", "wait: 6h"
	case "task":
		s.text += ", await: none"
	case "lanes":
		s.text += ", await: all"
	}
	s.text += when
}

// armWith has the calls of the disturbed house meet scripts.
func (f *faulting) armWith(scripts map[string]*faulty.Script) {
	for i, name := range faultNames {
		var c connector.Connector = f.system(name)
		if name == "blind" {
			c = f.blind.WriteOnly()
		}
		f.drivers[i].Open = func(connector.Options) (connector.Connector, error) {
			return faulty.Wrap(f.asked(name, c), scripts[name])
		}
	}
}

// asked gives a connector as this house has it.
func (f *faulting) asked(name string, c connector.Connector) connector.Connector {
	if name != "other" || !f.never {
		return c
	}
	m := f.other
	return struct {
		connector.Connector
		connector.Writer
		connector.MemberReader
		connector.FieldReader
		connector.Creator
		connector.Normalizer
		connector.TaskReader
		connector.MembershipReader
		connector.Lister
		connector.MembershipFieldReader
	}{m, m, m, m, m, m, m, m, m, m}
}

// scripts draws what the calls of one run meet. hangUp ends the run's context when a write is about to hang.
func (f *faulting) scripts(hangUp func()) map[string]*faulty.Script {
	out := map[string]*faulty.Script{}
	for _, name := range faultNames {
		s := &faulty.Script{Writes: map[int]faulty.Fault{}, Reads: map[int]faulty.Fault{}, Lookups: map[int]faulty.Fault{}, Batch: f.upTo(3)}
		hangs := map[int]bool{}
		for range 1 + f.upTo(2) {
			nth := 1 + f.upTo(2)
			fault, what := f.fault()
			s.Writes[nth], hangs[nth] = fault, strings.HasPrefix(what, "hangs")
			f.tell("write %d of %s %s", nth, name, what)
		}
		if f.oneIn(4) {
			f.deafen(name, s)
		}
		if f.oneIn(4) {
			list := connector.Collection{Kind: "list", Name: f.one("A", "C")}
			s.Collections = map[connector.Collection]faulty.Fault{list: faulty.CutBefore()}
			f.tell("the readings of %s at %s are cut", list, name)
		}
		if f.oneIn(4) {
			s.Lookups[1] = faulty.CutBefore()
			f.tell("the look-up at %s is cut", name)
		}
		s.OnWrite = func(_ connector.Batch, after bool) {
			if n, _, _ := s.Calls(); !after && hangs[n] {
				hangUp()
			}
		}
		out[name] = s
	}
	return out
}

// deafen has a system tell nothing.
func (f *faulting) deafen(name string, s *faulty.Script) {
	for nth := range 100 {
		s.Reads[nth] = faulty.CutBefore()
	}
	f.tell("the readings of %s are cut", name)
}

// fault draws what a write meets. Answers that change places are not among it: nobody can notice them.
func (f *faulting) fault() (fault faulty.Fault, what string) {
	i, j := f.upTo(2), f.upTo(2)
	type drawn struct {
		fault faulty.Fault
		what  string
	}
	x := rapid.SampledFrom([]drawn{
		{faulty.Reject(i), fmt.Sprintf("refuses item %d", i)}, {faulty.Reject(), "refuses everything"}, {faulty.Later(i), fmt.Sprintf("puts off item %d", i)},
		{faulty.Later(), "puts off everything"}, {faulty.NotBegun(), "is not begun"}, {faulty.CutBefore(), "is cut before"}, {faulty.CutAfter(), "is cut after"},
		{faulty.CutIn(i, j), fmt.Sprintf("is cut after %d items and tells of %d", i, j)}, {faulty.Doubt(true, i), fmt.Sprintf("does item %d and doubts", i)},
		{faulty.Doubt(false, i), fmt.Sprintf("doubts item %d and does it not", i)}, {faulty.TooFew(), "answers too few"}, {faulty.TooMany(), "answers too many"},
		{faulty.Unknown(), "answers nonsense"}, {faulty.Hang(true), "hangs after"}, {faulty.Hang(false), "hangs before"},
	}).Draw(f.rt, "fault")
	return x.fault, x.what
}

// disturbed has a run whose calls fail.
func (f *faulting) disturbed() {
	f.Helper()
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	scripts := f.scripts(hangUp)
	f.armWith(scripts)
	f.ctx = ctx
	_, r := f.attempt(faultAll, "")
	f.ctx = context.Background()
	f.count(scripts, r)
	f.tell("%s: %v, %v", r.Run.Status, r.Run.Counts, r.Err)
	if r.Err != nil {
		f.Fatalf("a connector's fault is an error of the state: %v", r.Err)
	}
	f.once()
	f.onceInAPlay()
	f.accounted(r.Run.ID)
}

// count adds a run to what the test saw.
func (f *faulting) count(scripts map[string]*faulty.Script, r *apply.Result) {
	f.sum.runs++
	for _, s := range scripts {
		writes, _, _ := s.Calls()
		f.sum.writes += writes
		for n := range s.Writes {
			if n <= writes {
				f.sum.failed++
			}
		}
	}
	f.sum.refusals += r.Count(apply.Failed)
	f.sum.doubts += r.Count(apply.InDoubt)
}

// accounted holds that of everything planned by a run that ended the journal tells the end, and that nothing ended that was not planned.
func (f *faulting) accounted(run string) {
	f.Helper()
	pages, err := f.store.Journal(context.Background(), run)
	if err != nil {
		f.Fatal(err)
	}
	lines := map[state.PageKind]map[int]int{state.PlannedPage: {}, state.IntendedPage: {}, state.EndedPage: {}}
	for _, p := range pages {
		for _, l := range p.Lines {
			lines[p.Kind][l.N]++
		}
	}
	for n, times := range lines[state.EndedPage] {
		if times != 1 || lines[state.PlannedPage][n] != 1 {
			f.Errorf("operation %d of %s ended %d times and was planned %d times", n, run, times, lines[state.PlannedPage][n])
		}
	}
	if planned, ended := len(lines[state.PlannedPage]), len(lines[state.EndedPage]); planned != ended {
		f.Errorf("%d operations of %s were planned, and %d ended", planned, run, ended)
	}
	for n := range lines[state.IntendedPage] {
		if lines[state.PlannedPage][n] != 1 {
			f.Errorf("operation %d of %s was begun and never planned", n, run)
		}
	}
}

// undisturbed has everything work again.
func (f *faulting) undisturbed() {
	none := map[string]*faulty.Script{}
	for _, name := range faultNames {
		none[name] = &faulty.Script{}
	}
	f.armWith(none)
}

// recovered runs without faults, later and later, until there is nothing more to do and nobody waits: what was refused is tried again when its
// time has come, or once somebody says so, and what is in doubt at a system that can't be asked is settled by what is true there.
func (f *faulting) recovered() {
	f.Helper()
	f.undisturbed()
	for range 60 {
		f.retry()
		f.resolve()
		_, r := f.attempt(faultAll, "")
		f.accounted(r.Run.ID)
		if s := f.snapshot(); r.Complete() && len(s.Failures) == 0 && !f.doubts(s) && f.atRest(f.house) {
			return
		}
		f.wait(5 * time.Hour) // longer than the longest back-off
	}
	f.Fatalf("it never comes to an end:\n%s\n%+v", words(f.plan(faultAll).Plan), f.snapshot().Failures)
}

// atRest reports whether there is nothing more to do, ever, unless something happens.
func (f *faulting) atRest(h *house) bool {
	f.Helper()
	p := h.plan(faultAll)
	return p.Plan.Empty() && p.Next.IsZero()
}

// doubts reports whether any effect is in doubt.
func (f *faulting) doubts(s *state.Snapshot) bool {
	return slices.ContainsFunc(s.Effects, func(e state.Effect) bool { return e.Status == state.InDoubt || e.Status == state.Intended })
}

// commit changes the state as the commands about the state do.
func (f *faulting) commit(c *state.Changes) {
	f.Helper()
	ctx := context.Background()
	session, err := f.store.Lock(ctx, state.Holder{Who: "tester"})
	if err != nil {
		f.Fatal(err)
	}
	if err := session.Commit(ctx, c); err != nil {
		f.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		f.Fatal(err)
	}
}

// retry has operations that were given up tried by the next run.
func (f *faulting) retry() {
	f.Helper()
	var gone []string
	for _, x := range f.snapshot().Failures {
		if x.Quarantined() {
			gone = append(gone, x.Key)
		}
	}
	if len(gone) > 0 {
		f.tell("retry %d", len(gone))
		f.commit(&state.Changes{FailuresGone: gone})
	}
}

// resolve tells of what is in doubt at systems that can't be asked whether it happened.
func (f *faulting) resolve() {
	f.Helper()
	var changes state.Changes
	for _, e := range f.snapshot().Effects {
		if e.Status != state.InDoubt && e.Status != state.Intended || e.Connector == "desk" || e.Connector == "other" && !f.never {
			continue
		}
		e.Status, e.Reason = state.Refused, ""
		if receipt := f.receipt(f.system(e.Connector), e.Key); receipt != "" {
			e.Status, e.Receipt = state.Happened, receipt
		}
		f.tell("resolve %s.%s of %s: %s", e.Play, e.Step, e.Record, e.Status)
		changes.Effects = append(changes.Effects, e)
	}
	if len(changes.Effects) > 0 {
		f.commit(&changes)
	}
}

// receipt gives the receipt of an effect that happened, "" of one that did not.
func (f *faulting) receipt(m *memory.System, key string) string {
	c := m.Contents()
	for _, e := range c.Events {
		if e.Item.Key == key {
			return e.Receipt
		}
	}
	for _, t := range c.Tasks {
		if t.Item.Key == key {
			return t.Receipt
		}
	}
	return ""
}

// ends is the bottom line of a house and all that its systems hold; not how often something was tried, nor receipts, which say in which order.
func (f *faulting) ends(h *house) []string {
	h.Helper()
	out := machineEnds(h)
	for i, line := range out {
		out[i] = faultSince.ReplaceAllString(line, "missing since then")     // the day of the run that saw it
		out[i] = strings.ReplaceAll(out[i], "not re-eligible", "already in") // who had left again, or not, before another play enrolled them
	}
	for _, name := range faultNames {
		for _, r := range h.system(name).Contents().Records {
			for _, field := range slices.Sorted(maps.Keys(r.Fields)) {
				out = append(out, fmt.Sprintf("%s %s %s: %s is %s", name, r.Object, r.ID, field, r.Fields[field]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// known holds that the state knows of everything that was sent and of every task that was given, as done or in doubt.
func (f *faulting) known() {
	f.Helper()
	status := map[string]state.EffectStatus{}
	for _, e := range f.snapshot().Effects {
		status[e.Key] = e.Status
	}
	for _, name := range faultNames {
		c := f.system(name).Contents()
		for _, e := range c.Events {
			if s := status[e.Item.Key]; s == "" || s == state.Refused {
				f.Errorf("%s was sent %v, and the state says: %q", name, e.Item, s)
			}
		}
		for _, t := range c.Tasks {
			if s := status[t.Item.Key]; s == "" || s == state.Refused {
				f.Errorf("%s was given %v, and the state says: %q", name, t.Item, s)
			}
		}
	}
}

// leap moves the clock, also back, to where all that has happened so far is past.
func (f *faulting) leap(since time.Time) {
	f.now, f.ticks = since.Add(time.Duration(f.upTo(40)-8)*time.Hour), 0
}

// refill puts records into the lists from which the books take out.
func (f *faulting) refill() {
	ids := []string{"a", "b", "c", "p@x", "q@x", "r@x"}[:f.upTo(6)]
	for _, name := range []string{"desk", "other"} {
		for _, h := range []*house{f.house, f.calm} {
			h.system(name).Put(connector.Collection{Kind: "list", Name: "C"}, ids...)
		}
	}
}

// TestFaults_endAsIfThereHadBeenNone has calls fail in every way, run after run, while the clock leaps forward and back. After enough runs
// without faults everything is as in a house where none ever failed; no effect happened twice, and none that the state does not know of.
func TestFaults_endAsIfThereHadBeenNone(t *testing.T) {
	faults(t, func(f *faulting) {
		for chapter := range 1 + f.upTo(2) {
			at := f.now
			f.refill()
			f.calm.now, f.calm.ticks = at, 0
			f.settle(f.calm)
			for range 1 + f.upTo(4) {
				f.leap(at)
				f.disturbed()
				f.known()
			}
			f.now, f.ticks = at, 0
			f.recovered()
			if d := cmp.Diff(f.ends(f.calm), f.ends(f.house)); d != "" {
				f.tell("the calm one:\n%s", strings.Join(f.calm.story, "\n"))
				f.Fatalf("chapter %d ends otherwise (-calm +disturbed):\n%s", chapter, d)
			}
			f.once()
			f.known()
			f.now = slices.MaxFunc([]time.Time{f.now, f.calm.now}, time.Time.Compare)
			f.drift()
			f.work(f.calm)
			f.wait(5 * 24 * time.Hour)
		}
	})
}

// settle applies in the calm house until there is nothing more to do and nobody waits.
func (f *faulting) settle(h *house) {
	f.Helper()
	for range 60 {
		_, r := h.attempt(faultAll, "")
		if r.Complete() && f.atRest(h) {
			return
		}
		h.wait(5 * time.Hour)
	}
	f.Fatalf("the calm house never comes to an end:\n%s", words(h.plan(faultAll).Plan))
}
