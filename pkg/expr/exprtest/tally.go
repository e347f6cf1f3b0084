package exprtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Tally counts what was put to engines.
type Tally struct {
	Worlds  int
	Pairs   int // of a question and a world
	Refused int // expressions that did not compile
	// Rows are how many records conditions were known true of, known false of, and unknown of.
	Rows [3]int
	// Kinds counts conditions by what came out for their rows: only true, only false, only unknown, some of each, no rows.
	Kinds      map[string]int
	Constructs map[string]int // questions with each construct
	// Answers counts what engines said, by engine and what was asked, as in "columns: conditions on some rows"; Unanswered counts what they were
	// asked and do not answer at all, which is no disagreement.
	Answers, Unanswered map[string]int
	Columns             int            // questions that the first engine which tells so answered wholly by itself
	Partly              int            // questions of which it handed something to another
	Excuses             map[string]int // questions by why
}

// NewTally makes an empty one.
func NewTally() *Tally {
	return &Tally{Kinds: map[string]int{}, Constructs: map[string]int{}, Excuses: map[string]int{}, Answers: map[string]int{}, Unanswered: map[string]int{}}
}

// count notes a question and what is right.
func (t *Tally) count(q *Compiled, right *answer) {
	if t == nil {
		return
	}
	t.Pairs++
	for _, name := range q.constructs() {
		t.Constructs[name]++
	}
	if !right.condition || right.wrong != "" {
		t.Kinds["records"]++
		return
	}
	yes, unknown := right.verdict.True.Count(), right.verdict.Unknown.Count()
	no := right.rows - yes - unknown
	t.Rows[0], t.Rows[1], t.Rows[2] = t.Rows[0]+yes, t.Rows[1]+no, t.Rows[2]+unknown
	kind := "mixed"
	switch right.rows {
	case 0:
		kind = "no rows"
	case yes:
		kind = "all true"
	case no:
		kind = "all false"
	case unknown:
		kind = "all unknown"
	}
	t.Kinds[kind]++
}

// answered notes what an engine said to a question, and whether it said anything.
func (t *Tally) answered(e Engine, q *Compiled, some bool, a *answer) {
	if t == nil {
		return
	}
	what := e.Name() + ": " + q.kind()
	if some {
		what += " on some rows"
	}
	if a.none {
		t.Unanswered[what]++
		return
	}
	t.Answers[what]++
}

// slow notes of which questions the first engine that tells so handed something to another.
func (t *Tally) slow(sessions []Session, list []*Compiled) {
	i := slices.IndexFunc(sessions, func(s Session) bool { _, ok := s.(Excuser); return ok })
	if t == nil || i < 0 {
		return
	}
	slow := sessions[i].(Excuser).Slow()
	for _, q := range list {
		why := slow[q.Program]
		if q.Each != nil {
			why = append(why, slow[q.Each.When]...)
		}
		if len(why) == 0 {
			t.Columns++
			continue
		}
		t.Partly++
		slices.Sort(why)
		for _, w := range slices.Compact(why) {
			t.Excuses[w]++
		}
	}
}

// String tells the counts, the constructs last.
func (t *Tally) String() string {
	var b strings.Builder
	share := func(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(of, 1))) }
	fmt.Fprintf(&b, "%d pairs of an expression and a world, of %d worlds; %d expressions did not compile (%s)\n", t.Pairs, t.Worlds, t.Refused, share(t.Refused, t.Pairs+t.Refused))
	rows := t.Rows[0] + t.Rows[1] + t.Rows[2]
	fmt.Fprintf(&b, "%d records judged: true %s, false %s, unknown %s\n", rows, share(t.Rows[0], rows), share(t.Rows[1], rows), share(t.Rows[2], rows))
	for _, kind := range sorted(t.Kinds) {
		fmt.Fprintf(&b, "  %-12s %s\n", kind, share(t.Kinds[kind], t.Pairs))
	}
	if t.Columns+t.Partly > 0 {
		fmt.Fprintf(&b, "wholly by columns %d (%s), partly by another engine %d\n", t.Columns, share(t.Columns, t.Columns+t.Partly), t.Partly)
	}
	list := func(what string, counts map[string]int) {
		if len(counts) > 0 {
			b.WriteString(what + ":\n")
		}
		for _, name := range sorted(counts) {
			fmt.Fprintf(&b, "  %-54s %6d  %s\n", name, counts[name], share(counts[name], t.Pairs))
		}
	}
	list("answers", t.Answers)
	list("not answered at all", t.Unanswered)
	list("why another engine had to help, by share of expressions", t.Excuses)
	list("share of expressions with each construct", t.Constructs)
	return b.String()
}

// sorted gives the keys, the most frequent first.
func sorted(counts map[string]int) []string {
	out := make([]string, 0, len(counts))
	for name := range counts {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	return out
}
