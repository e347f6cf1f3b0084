package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Report is what became of checking a run.
type Report struct {
	Operations int            `json:"operations"`
	Outcomes   map[string]int `json:"outcomes"` // how many operations, by outcome
	Findings   []Finding      `json:"findings"` // what does not hold; none is what should be
}

// Finding is one thing that does not hold.
type Finding struct {
	Kind string `json:"kind"`           // see the constants
	Key  string `json:"key,omitempty"`  // of an operation, an effect, a member
	Text string `json:"text"`           // in words
	Run  string `json:"run,omitempty"`  // whose journal it is
	Page int    `json:"page,omitempty"` // of the journal, from 0, where it is about one
}

// The kinds of findings about a run.
const (
	Gap        = "gap"         // a page of the journal is missing
	unplanned  = "unplanned"   // something was done that was not planned
	unended    = "unended"     // something was planned of which nothing says what became
	unintended = "unintended"  // something was done without its intent having been recorded before
	twice      = "twice"       // an operation was planned, begun or ended twice
	unwritten  = "unwritten"   // an effect of the run that its journal does not have
	contrary   = "contrary"    // the journal and the state say different things
	miscounted = "miscounted"  // the run's record and its journal count differently
	altered    = "altered"     // what was planned is not what the run's record has the digest of
	noJournal  = "no journal"  // the run says that it planned something, and has no journal
	backward   = "clock wrong" // an end that lies before its intent
)

// tried are the ends that an operation comes to only after its intent was recorded.
var tried = []string{"done", "already so", "failed", InDoubt, "later"}

// checker gathers what does not hold of one run.
type checker struct {
	run    *state.Run
	pages  []state.Page
	known  *state.Snapshot
	report *Report
	cut    bool // the run was cut off: not everything has an end
}

// Run checks one run: everything that was done was planned, and everything planned is accounted for. pages are the run's, known is the state
// as it is now, cut says that the run was cut off before its end. So is one that failed, as far as its last write goes: what that was to record
// is in doubt.
func Run(run *state.Run, pages []state.Page, known *state.Snapshot, cut bool) *Report {
	operations := Operations(pages)
	c := &checker{run: run, pages: pages, known: known, cut: cut || run.Status == state.Failed,
		report: &Report{Operations: len(operations), Outcomes: map[string]int{}, Findings: []Finding{}}}
	c.checkPages()
	for i := range operations {
		o := &operations[i]
		c.report.Outcomes[o.Outcome]++
		c.checkOperation(o)
	}
	c.checkEffects(operations)
	c.checkCounts(operations)
	c.checkDigest(operations)
	return c.report
}

func (c *checker) find(kind, key, format string, args ...any) {
	c.report.Findings = append(c.report.Findings, Finding{Kind: kind, Key: key, Text: fmt.Sprintf(format, args...), Run: c.run.ID})
}

// checkPages finds pages that are missing, and operations that stand in two pages of a kind.
func (c *checker) checkPages() {
	c.report.Findings = append(c.report.Findings, gaps(c.pages)...)
	if len(c.pages) == 0 && sum(c.run.Planned) > 0 {
		c.find(noJournal, "", "it planned %d operations, and its journal is gone", sum(c.run.Planned))
	}
	seen := map[state.PageKind]map[int]bool{}
	for _, p := range c.pages {
		if seen[p.Kind] == nil {
			seen[p.Kind] = map[int]bool{}
		}
		for _, l := range p.Lines {
			if seen[p.Kind][l.N] {
				c.find(twice, l.Key, "operation %d was %s twice", l.N, p.Kind)
			}
			seen[p.Kind][l.N] = true
		}
	}
}

// checkOperation checks that an operation was planned, then intended, and then came to an end.
func (c *checker) checkOperation(o *Operation) {
	switch begun := !o.IntendedAt.IsZero(); {
	case o.PlannedAt.IsZero() && o.Status != "":
		c.find(unplanned, o.Key, "operation %d ended as %q and was never planned", o.N, o.Status)
	case o.PlannedAt.IsZero():
		c.find(unplanned, o.Key, "operation %d was begun and never planned", o.N)
	case o.Status == "" && !c.cut:
		c.find(unended, o.Key, "operation %d, %s, was planned, and nothing says what became of it", o.N, o)
	case !begun && slices.Contains(tried, o.Status):
		c.find(unintended, o.Key, "operation %d, %s, ended as %q without its intent having been recorded before", o.N, o, o.Status)
	case begun && o.Status != "" && c.order(o.N):
		c.find(backward, o.Key, "operation %d, %s, ended before it was begun", o.N, o)
	}
}

// order reports whether the page that has an operation's end comes before the page that has its intent. Times don't tell: clocks go backward.
func (c *checker) order(n int) bool {
	for _, p := range c.pages {
		if p.Kind != state.PlannedPage && slices.ContainsFunc(p.Lines, func(l state.Line) bool { return l.N == n }) {
			return p.Kind == state.EndedPage
		}
	}
	return false
}

// checkEffects holds the state's effects of this run against its journal, and the other way round.
func (c *checker) checkEffects(operations []Operation) {
	written := map[string]*Operation{}
	for i := range operations {
		if o := &operations[i]; o.Effect != "" && effectful(o.Verb) {
			written[o.Effect] = o
		}
	}
	for i := range c.known.Effects {
		e := &c.known.Effects[i]
		o := written[e.Key]
		if o == nil && e.Run == c.run.ID {
			o = c.renamed(e, operations)
		}
		switch {
		case e.Run != c.run.ID:
		case o == nil:
			c.find(unwritten, e.Key, "effect %s, %s.%s for %s, is of this run, and its journal has no line of it", e.Key, e.Connector, e.Action, e.Record)
		case o.IntendedAt.IsZero():
			c.find(contrary, e.Key, "effect %s is %s, and its journal says that it was never begun", e.Key, e.Status)
		case (o.Status == "done" || o.Status == "already so") && e.Status != state.Happened, (o.Status == "failed" || o.Status == "later") && e.Status != state.Refused:
			c.find(contrary, e.Key, "effect %s is %s, and its journal says %q", e.Key, e.Status, o.Status)
		}
		delete(written, e.Key)
	}
	if amended(c.known.Runs, c.run.Serial) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(written)) {
		if o := written[key]; o.Status == "done" {
			c.find(contrary, key, "operation %d, %s, was done, and the state knows of no such effect", o.N, o)
		}
	}
}

// renamed finds the operation of an effect that goes by another key since its record was renamed; nil if there is none.
func (c *checker) renamed(e *state.Effect, operations []Operation) *Operation {
	if !slices.ContainsFunc(c.known.Runs, func(r state.Run) bool { return r.Serial > c.run.Serial && r.Operation == state.OpMv }) {
		return nil
	}
	for i := range operations {
		o := &operations[i]
		if o.Member == e.Member && o.Step == e.Step && o.Connector == e.Connector && o.Kind == e.Action && c.known.Effect(o.Effect) == nil {
			return o
		}
	}
	return nil
}

// effectful reports whether operations of a verb have effects of their own.
func effectful(verb string) bool { return verb == "send" || verb == "task" }

// amended reports whether a run after a serial took rows out of the state on purpose, or put another state in its place.
func amended(runs []state.Run, after int64) bool {
	return slices.ContainsFunc(runs, func(r state.Run) bool {
		return r.Serial > after && r.Operation.Amends()
	})
}

// checkCounts holds what the run's record counts against its journal.
func (c *checker) checkCounts(operations []Operation) {
	planned, ended := map[string]int{}, map[string]int{}
	for i := range operations {
		if o := &operations[i]; !o.PlannedAt.IsZero() {
			planned[o.Verb]++
		}
		if status := operations[i].Status; status != "" {
			ended[status]++
		}
	}
	if len(c.pages) == 0 {
		return // said already, if there should be any
	}
	c.compare(c.run.Planned, planned, "planned")
	if !c.cut {
		c.compare(c.run.Counts, ended, "ended as")
	}
}

func (c *checker) compare(record, journal map[string]int, what string) {
	words := slices.Sorted(maps.Keys(record))
	for word := range journal {
		if _, known := record[word]; !known {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	for _, word := range words {
		if record[word] != journal[word] {
			c.find(miscounted, "", "its record has %d %s %q, its journal %d", record[word], what, word, journal[word])
		}
	}
}

func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// checkDigest holds what the journal says was planned against the digest in the run's record.
func (c *checker) checkDigest(operations []Operation) {
	if len(c.run.Digest) < state.OperationsDigestLength || len(c.pages) == 0 && sum(c.run.Planned) > 0 {
		return // it has none, or its journal is gone, which was said
	}
	of := state.OperationsDigest(func(yield func(string, string) bool) {
		for i := range operations {
			if o := &operations[i]; !o.PlannedAt.IsZero() && !yield(o.Key, o.Digest) {
				return
			}
		}
	})
	if !strings.HasPrefix(c.run.Digest, of) {
		c.find(altered, "", "what its journal says was planned is not what its record has the digest of: one of the two was altered")
	}
}

// gaps finds pages that are missing in journals. pages are by run, then by number.
func gaps(pages []state.Page) []Finding {
	var out []Finding
	run, next := "", 0
	for i := range pages {
		p := &pages[i]
		if p.Run != run || i == 0 {
			run, next = p.Run, 0
		}
		if p.Seq != next {
			text := fmt.Sprintf("page %d of the journal is missing: the next one is %d", next, p.Seq)
			out = append(out, Finding{Kind: Gap, Run: run, Page: next, Text: text})
		}
		next = p.Seq + 1
	}
	return out
}
