package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Input is what a plan is built from.
type Input struct {
	Book       *playbook.Book
	State      *state.Snapshot
	Journey    *journey.Result
	Facts      *connector.Facts
	Connectors map[string]connector.Connector
	// Identify gives the id by which a connector knows a record now, and whether it is known.
	Identify func(connector string, r state.Record) (string, bool)
	Allowed  []string // guards that may be passed
	At       time.Time
}

// builder is a plan being built.
type builder struct {
	*Input
	plan      *Plan
	specs     map[string]connector.Spec // by connector
	held      map[heldKey]*state.Held
	known     map[string]*state.Effect // effects by key, as the look-ups of this run left them
	plays     map[string]string        // of members, by key
	slots     map[slotKey]*slot
	conflicts map[[3]string]int          // places, winners and losers → position in the plan
	moves     [][2]int                   // for each want: its member and move, -1 for standing ones
	dropped   map[int]bool               // wants of moves from a blocked one on
	orders    map[string]int             // play.step → position
	letGo     map[heldKey][]state.Keeper // keepers that want it no more
	ending    map[string]bool            // members that complete their play in this run
	taken     map[heldKey]bool           // holdings that somebody takes over or takes out, so that there is nothing to release
}

type heldKey struct{ connector, kind, name, token string }

// MissingCollectionError says that steps name collections that do not exist.
type MissingCollectionError struct {
	Places map[connector.Place][]string // → the steps that name it
	Why    map[connector.Place]error
}

// Error lists the collections.
func (e *MissingCollectionError) Error() string {
	var lines []string
	for p, steps := range e.Places {
		lines = append(lines, fmt.Sprintf("%s does not exist (%s): %s", p, strings.Join(steps, ", "), e.Why[p]))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Build compares wants with facts.
func Build(in *Input) (*Plan, error) {
	b := &builder{Input: in, specs: map[string]connector.Spec{}, held: map[heldKey]*state.Held{}, known: map[string]*state.Effect{},
		plays: map[string]string{}, slots: map[slotKey]*slot{}, conflicts: map[[3]string]int{}, dropped: map[int]bool{}, orders: map[string]int{},
		letGo: map[heldKey][]state.Keeper{}, taken: map[heldKey]bool{}, ending: map[string]bool{}}
	b.plan = &Plan{Playbook: in.Book.Name, Environment: in.Book.Environment, Files: in.Book.Files, Lineage: in.State.Meta.Lineage,
		Serial: in.State.Meta.Serial, At: in.At, Plays: in.Journey.Plays, Transitions: in.Journey.Transitions,
		Warnings: slices.Clone(in.Journey.Warnings)}
	b.index()
	if err := b.missing(); err != nil {
		return nil, err
	}
	b.members()
	b.block()
	b.collect()
	b.lettingGo()
	b.memberships()
	b.fields()
	b.effects()
	b.releases()
	b.finish()
	b.plan.Verdicts = judge(b.plan, in.Allowed)
	return b.plan, nil
}

// index prepares look-ups.
func (b *builder) index() {
	for name, c := range b.Connectors {
		b.specs[name] = c.Describe()
	}
	for i := range b.State.Held {
		h := &b.State.Held[i]
		b.held[heldKey{h.Connector, h.Kind, h.Name, h.Token}] = h
		if len(h.Keepers) > 0 || h.Added {
			b.plan.HeldTotal++
		}
	}
	for i := range b.State.Members {
		b.plays[b.State.Members[i].Key] = b.State.Members[i].Play
	}
	for _, effects := range [][]state.Effect{b.State.Effects, b.plan.Transitions.Effects} { // what a look-up settled has the last word
		for i := range effects {
			b.known[effects[i].Key] = &effects[i]
		}
	}
	for _, p := range b.Book.Plays {
		for i, s := range p.AllSteps() {
			b.orders[p.Name+"."+s.ID] = i
		}
	}
	b.moves = make([][2]int, len(b.Journey.Wants))
	for i := range b.moves {
		b.moves[i] = [2]int{-1, -1}
	}
	for m, moving := range b.Journey.Members {
		for n, move := range moving.Moves {
			for _, w := range move.Wants {
				b.moves[w] = [2]int{m, n}
			}
		}
	}
}

// missing refuses collections that do not exist and that no step creates.
func (b *builder) missing() error {
	e := &MissingCollectionError{Places: map[connector.Place][]string{}, Why: b.Facts.Missing}
	created := map[connector.Place]bool{}
	for i := range b.Journey.Wants {
		w := &b.Journey.Wants[i]
		p := placeOf(w)
		if b.Facts.Missing[p] == nil || !w.Verb.Membership() || w.Passive {
			continue
		}
		step := w.Play + "." + w.Step
		switch {
		case w.Create && !created[p]:
			created[p] = true
			b.plan.Creates = append(b.plan.Creates, Create{Place: p, Step: step})
		case !slices.Contains(e.Places[p], step):
			e.Places[p] = append(e.Places[p], step)
		}
	}
	for p := range created {
		delete(e.Places, p)
	}
	slices.SortFunc(b.plan.Creates, func(x, y Create) int { return strings.Compare(x.Place.String(), y.Place.String()) })
	if len(e.Places) > 0 {
		return e
	}
	return nil
}

func placeOf(w *journey.Want) connector.Place {
	p := connector.Place{Connector: w.Connector, Collection: w.Target}
	if !w.Verb.Membership() {
		p.Name = ""
	}
	return p
}

// members copies who moves; their operations come later.
func (b *builder) members() {
	for _, m := range b.Journey.Members {
		out := Member{Before: m.Before, After: m.After, Record: m.Record, Enters: m.Enters, Leaves: m.Leaves, Moves: moves(m.Moves), End: m.End, Needs: m.Needs}
		for _, l := range m.Lanes {
			out.Lanes = append(out.Lanes, LaneMoves{Lane: l.Lane, Of: l.Of, Moves: moves(l.Moves), End: l.End})
		}
		b.plan.Members = append(b.plan.Members, out)
	}
}

func moves(list []journey.Move) []Move {
	out := make([]Move, 0, len(list))
	for _, m := range list {
		out = append(out, Move{Step: m.Step, Continue: m.Continue, Done: m.Done, To: m.To, Stays: m.Stays, Needs: m.Needs})
	}
	return out
}

// block finds the wants that can't be planned now, and has their members wait before that step: later moves are dropped.
func (b *builder) block() {
	counts := map[Blocked]int{}
	for m, moving := range b.Journey.Members {
		for n, move := range moving.Moves {
			why := ""
			for _, w := range move.Wants {
				if reason := b.blockedBy(&b.Journey.Wants[w]); why == "" {
					why = reason
				}
			}
			if why == "" {
				continue
			}
			for _, later := range moving.Moves[n:] {
				for _, w := range later.Wants {
					b.dropped[w] = true
				}
			}
			member := &b.plan.Members[m]
			member.Moves, member.End = member.Moves[:n], nil
			counts[Blocked{Play: moving.After.Play, Step: move.Step, Why: why}]++
			break
		}
	}
	for bl, n := range counts {
		bl.Count = n
		b.plan.Blocked = append(b.plan.Blocked, bl)
	}
	for i := range b.plan.Members {
		b.ending[b.plan.Members[i].After.Key] = b.plan.Members[i].End != nil
	}
	slices.SortFunc(b.plan.Blocked, func(x, y Blocked) int {
		return cmp.Or(strings.Compare(x.Play, y.Play), strings.Compare(x.Step, y.Step), strings.Compare(x.Why, y.Why))
	})
}

// blockedBy says why a want can't be planned now, or "".
func (b *builder) blockedBy(w *journey.Want) string {
	place := placeOf(w)
	switch {
	case w.Verb == connector.Send:
		e := b.known[w.Key]
		if e != nil && (e.Status == state.InDoubt || e.Status == state.Intended) && b.retry(w) != connector.ByKey && b.retry(w) != connector.Safe {
			return "an earlier try is in doubt: it may have happened (playctl state show " + e.Member + ")"
		}
	case b.Facts.Failed[place] != nil:
		return b.Facts.Failed[place].Error()
	case w.Verb == connector.Set && !w.Overwrite && b.Facts.Blind[place]:
		return place.Title() + " can't be read back, so that overwrite: false can't be kept"
	}
	return ""
}

func (b *builder) retry(w *journey.Want) connector.Retry {
	kind, _ := b.specs[w.Connector].Action(w.Target.Kind)
	return kind.Retry
}

// add appends an operation for a want and ties it to the want's move.
func (b *builder) add(w int, o Operation) {
	o.Batch = b.specs[o.Connector].Batch
	at := len(b.plan.Operations)
	b.plan.Operations = append(b.plan.Operations, o)
	b.tie(w, at)
}

func (b *builder) tie(w, operation int) {
	if w < 0 {
		return
	}
	if m := b.moves[w]; m[0] >= 0 {
		move := &b.plan.Members[m[0]].Moves[m[1]]
		move.Operations = append(move.Operations, operation)
	}
}

// active reports whether a want takes part: not dropped.
func (b *builder) active(w int) bool { return !b.dropped[w] }

// finish drops members for whom nothing is left to do, and puts operations in order.
func (b *builder) finish() {
	kept := b.plan.Members[:0]
	for _, m := range b.plan.Members {
		if m.Record || m.Enters || m.Leaves || m.moves() {
			kept = append(kept, m)
		}
	}
	b.plan.Members = kept
	b.sortOperations()
}

func comparePlaces(x, y connector.Place) int {
	return cmp.Or(strings.Compare(x.Connector, y.Connector), strings.Compare(x.Kind, y.Kind), strings.Compare(x.Name, y.Name))
}

// sortOperations orders by play, step, verb, target and record, so that the same inputs give the same bytes.
func (b *builder) sortOperations() {
	ops := b.plan.Operations
	index, orders := make([]int, len(ops)), make([]int, len(ops))
	for i := range ops {
		index[i], orders[i] = i, b.orders[ops[i].Play+"."+ops[i].Step]
	}
	slices.SortFunc(index, func(i, j int) int {
		x, y := &ops[i], &ops[j]
		return cmp.Or(strings.Compare(x.Play, y.Play), orders[i]-orders[j], strings.Compare(x.Step, y.Step), int(x.Verb)-int(y.Verb),
			comparePlaces(x.Place(), y.Place()), strings.Compare(x.Record.Entity, y.Record.Entity), strings.Compare(x.Record.Key, y.Record.Key),
			strings.Compare(x.Key, y.Key), i-j)
	})
	sorted := make([]Operation, len(ops))
	position := make([]int, len(ops))
	for to, from := range index {
		sorted[to], position[from] = ops[from], to
	}
	b.plan.Operations = sorted
	for i := range b.plan.Members {
		for j := range b.plan.Members[i].Moves {
			operations := b.plan.Members[i].Moves[j].Operations
			for k := range operations {
				operations[k] = position[operations[k]]
			}
			slices.Sort(operations)
		}
	}
}
