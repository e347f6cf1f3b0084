package journey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/state"
)

// run is one pass over all plays.
type run struct {
	in     *Input
	plays  *Plays
	data   *expr.Data
	ledger *ledger
	out    *Result
	passes map[string]*pass // of the plays of this run, by name

	columns  *columns
	settled  map[string]*state.Effect // effects, by key, as the look-ups of this run left them
	tasks    []state.Task             // as connectors tell of them now, by key
	taskList map[string][]*state.Task // by enrollment key
	members  map[string]*state.Member // by enrollment key, as this run settled them
	quit     map[string]bool          // members that left by their steps in this run, before these were all done
	spare    []*walker
	blocked  []blocked
	muted    map[state.Record][]muting
	touches  map[capKey][]time.Time
	seats    map[[2]string]int    // group and record → members
	freed    map[[2]string][]*Ref // the moves that freed seats in this run
	bounds   []bound
	asked    map[Identity]bool  // that wants and entries stand on, of connectors with ids of their own
	over     map[[3]string]bool // lanes, by member, key and their step, in which nothing is done any more
}

// Advance settles, launches and steps the members of every play, plays of higher priority first. Everybody is settled before anybody is
// launched, and launched before anybody is stepped, those aside whose plays silence others; who is enrolled while stepping is stepped in the same run.
func (ps *Plays) Advance(ctx context.Context, in *Input) (*Result, error) {
	r, err := ps.newRun(ctx, in)
	if err != nil {
		return nil, err
	}
	var passes []*pass
	for _, p := range ps.inOrder() {
		passes = append(passes, r.newPass(p))
	}
	for _, stage := range []func(*pass, context.Context) error{(*pass).settleAll, (*pass).stepSilencing, (*pass).launchAll, (*pass).stepAll} {
		for _, t := range passes {
			if err := stage(t, ctx); err != nil {
				return nil, fmt.Errorf("play %s: %w", t.p.Name, err)
			}
		}
	}
	if err := r.stepEnrolled(ctx, passes); err != nil {
		return nil, err
	}
	if err := r.fillSeats(ctx, passes); err != nil {
		return nil, err
	}
	for _, t := range passes {
		t.finish()
	}
	r.allWaits(passes)
	r.removedPlays()
	r.cancels()
	r.drop(r.futile)
	r.sort()
	r.out.State, r.out.Next, r.out.Asked = r.in.State, r.next(), r.asks()
	return r.out, nil
}

func (ps *Plays) newRun(ctx context.Context, in *Input) (*run, error) {
	r := &run{in: in, plays: ps, data: in.Data, out: &Result{Frozen: map[state.Keeper]bool{}, Unaddressed: map[state.Keeper][]state.Record{}},
		passes: map[string]*pass{}, settled: map[string]*state.Effect{}, quit: map[string]bool{},
		muted: map[state.Record][]muting{}, touches: map[capKey][]time.Time{}, seats: map[[2]string]int{}, freed: map[[2]string][]*Ref{}, over: map[[3]string]bool{}, asked: map[Identity]bool{}}
	if err := r.relocate(); err != nil {
		return nil, err
	}
	r.settleEffects()
	r.ledger = newLedger(r.in.State)
	r.data.Plays = r.ledger
	r.columns = newColumns(r.data, in.Engine, r.in != in)
	for i := range r.out.Transitions.Effects {
		r.settled[r.out.Transitions.Effects[i].Key] = &r.out.Transitions.Effects[i]
	}
	r.members = make(map[string]*state.Member, len(r.in.State.Members))
	for i := range r.in.State.Members {
		r.members[r.in.State.Members[i].Key] = &r.in.State.Members[i]
	}
	keeps := 0
	for i := range r.in.State.Held {
		keeps += len(r.in.State.Held[i].Keepers)
	}
	r.out.Wants = make([]Want, 0, keeps+keeps/4)
	r.poll()
	r.touched()
	return r, r.suppress(ctx)
}

// stepEnrolled steps those who were enrolled while others stepped, and whom they enroll.
func (r *run) stepEnrolled(ctx context.Context, passes []*pass) error {
	for again := true; again; {
		again = false
		for _, t := range passes {
			for _, m := range t.turns {
				if m.stepped {
					continue
				}
				again = true
				if err := t.stepTurn(ctx, m); err != nil {
					return fmt.Errorf("play %s: %w", t.p.Name, err)
				}
			}
		}
	}
	return nil
}

// fillSeats lets in who waited for a seat of a group that members freed by their steps, and steps them, until no seat is taken any more.
func (r *run) fillSeats(ctx context.Context, passes []*pass) error {
	for again := true; again; {
		again = false
		for _, t := range passes {
			filled, err := t.fillSeats(ctx)
			if err != nil {
				return fmt.Errorf("play %s: %w", t.p.Name, err)
			}
			again = again || filled
		}
		if err := r.stepEnrolled(ctx, passes); err != nil {
			return err
		}
	}
	return nil
}

// allWaits puts together what the members of all plays wait for, by play and record.
func (r *run) allWaits(passes []*pass) {
	order := func(a, b Wait) int {
		return cmp.Or(strings.Compare(a.Record.Key, b.Record.Key), strings.Compare(a.Lane, b.Lane), strings.Compare(a.Step, b.Step))
	}
	n := 0
	for _, t := range passes {
		n += len(t.waits)
		if !slices.IsSortedFunc(t.waits, order) {
			slices.SortStableFunc(t.waits, order)
		}
	}
	r.out.Waits = make([]Wait, 0, n)
	for _, t := range slices.SortedFunc(slices.Values(passes), func(a, b *pass) int { return strings.Compare(a.p.Name, b.p.Name) }) {
		r.out.Waits = append(r.out.Waits, t.waits...)
		t.waits = nil
	}
}

// next gives the first time at which something is due by itself.
func (r *run) next() time.Time {
	var first time.Time
	soonest := func(at time.Time) {
		if at.After(r.in.Now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for i := range r.out.Waits {
		soonest(r.out.Waits[i].Due)
	}
	for _, b := range r.bounds {
		if !b.at.After(r.in.Now) || !first.IsZero() && !b.at.Before(first) {
			continue
		}
		if m := r.members[b.member]; m == nil || m.Active() {
			soonest(b.at)
		}
	}
	return first
}

// sort puts the result in its order.
func (r *run) sort() {
	slices.SortFunc(r.out.Plays, func(a, b PlayRun) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.out.Members, func(a, b *Moving) int {
		return cmp.Or(strings.Compare(a.After.Play, b.After.Play), strings.Compare(a.After.Record.Key, b.After.Record.Key),
			strings.Compare(a.After.Per, b.After.Per), a.After.Number-b.After.Number)
	})
	slices.SortFunc(r.out.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Play, b.Play), strings.Compare(a.Step, b.Step), strings.Compare(a.Why, b.Why))
	})
	for i := range r.out.Plays {
		slices.SortFunc(r.out.Plays[i].Waiting, func(a, b Waiting) int {
			return cmp.Or(b.Count-a.Count, strings.Compare(a.Step, b.Step), strings.Compare(a.Why, b.Why))
		})
	}
}

// drop takes wants out of the result.
func (r *run) drop(gone func(*Want) bool) {
	position := make([]int, len(r.out.Wants))
	kept := 0
	for i := range r.out.Wants {
		if gone(&r.out.Wants[i]) {
			position[i] = -1
			continue
		}
		if position[i] = kept; i > kept {
			r.out.Wants[kept] = r.out.Wants[i]
		}
		kept++
	}
	if kept == len(position) {
		return
	}
	clear(r.out.Wants[kept:])
	r.out.Wants = r.out.Wants[:kept]
	renumber := func(moves []Move) {
		for i := range moves {
			var wants []int
			for _, w := range moves[i].Wants {
				if position[w] >= 0 {
					wants = append(wants, position[w])
				}
			}
			moves[i].Wants = wants
		}
	}
	for _, m := range r.out.Members {
		renumber(m.Moves)
		for i := range m.Lanes {
			renumber(m.Lanes[i].Moves)
		}
	}
}

// futile reports whether a want is of no use: a keep that another play silences, or what a member that leaves by its steps in this run would keep,
// or have done in its lanes.
func (r *run) futile(w *Want) bool {
	if w.Verb == connector.Cancel {
		return false
	}
	return w.Keep && r.isMuted(w) || (w.Keep || w.Standing) && r.quit[w.Member] || w.Lane != "" && r.over[[3]string{w.Member, w.Lane, r.laneStep(w)}]
}

// laneStep gives the step in whose lanes a want's step is.
func (r *run) laneStep(w *Want) string {
	if p := r.plays.find(w.Play); p != nil && p.steps[w.Step] != nil {
		return p.steps[w.Step].lane.id()
	}
	return ""
}

// isMuted reports whether another play silences a keep.
func (r *run) isMuted(w *Want) bool {
	if len(r.muted) == 0 {
		return false
	}
	p := r.plays.find(w.Play)
	row, ok := r.data.Frame.Table(w.Record.Entity).Row(w.Record.Key)
	if p == nil || p.steps[w.Step] == nil || !ok {
		return false
	}
	t := &pass{run: r, p: p}
	return t.mutedBy(p.steps[w.Step], w.Record.Entity, row) != ""
}

// inOrder gives the plays by priority, then name.
func (ps *Plays) inOrder() []*play {
	out := slices.Clone(ps.list)
	slices.SortStableFunc(out, func(a, b *play) int { return cmp.Or(b.Priority-a.Priority, strings.Compare(a.Name, b.Name)) })
	return out
}

// targeted reports whether a play is part of this run.
func (r *run) targeted(play string) bool {
	return (len(r.in.Target) == 0 || slices.Contains(r.in.Target, play)) && !slices.Contains(r.in.Exclude, play)
}

// only reports whether a record is part of this run.
func (r *run) only(key string) bool { return len(r.in.Only) == 0 || slices.Contains(r.in.Only, key) }

// limited reports whether the run is about some records or members only, so that plays don't move on.
func (r *run) limited() bool { return len(r.in.Only) > 0 || r.in.Eject != nil }

// concerns reports whether a member is part of this run.
func (r *run) concerns(m *state.Member) bool {
	if r.in.Eject == nil {
		return r.only(m.Record.Key)
	}
	_, out := r.ejected(m)
	return out
}

// ejected tells how a member ends that leaves before anything else is asked: it is made to, or its record was erased.
func (r *run) ejected(m *state.Member) (Ejection, bool) {
	if r.erased(m.Record) {
		return Ejection{Outcome: state.Erased, Reason: "the record was forgotten"}, true
	}
	e, out := r.in.Eject[m.Key]
	return e, out
}

// erased reports whether a record was forgotten.
func (r *run) erased(record state.Record) bool { return r.in.Erased != nil && r.in.Erased(record) }

// wanted reports whether one more reason is told.
func (r *run) wanted(told []Reason) bool { return r.tells(len(told)) }

// tells reports whether so many told are not enough.
func (r *run) tells(told int) bool { return r.in.Samples < 0 || told < cmp.Or(r.in.Samples, 10) }

func (t *pass) told(list *[]Reason, why Reason) {
	if t.wanted(*list) {
		*list = append(*list, why)
		return
	}
	t.about.Omitted++
}

// removedPlays lets the members of plays leave that are no longer in the playbook.
func (r *run) removedPlays() {
	for _, name := range r.ledger.playNames() {
		switch {
		case r.plays.book.Play(name) != nil:
		case r.targeted(name):
			r.removed(name)
		default:
			r.out.Plays = append(r.out.Plays, PlayRun{Name: name, Change: Untouched})
			for _, m := range r.ledger.active(name) {
				r.freeze(m)
			}
		}
	}
}

// removed lets a removed play's members leave, and forgets the play once all of them have.
func (r *run) removed(name string) {
	about := PlayRun{Name: name, Change: Gone, Left: map[string]int{}}
	for _, m := range r.ledger.active(name) {
		about.Members++
		about.Of = m.Record.Entity
		if !r.concerns(m) {
			r.freeze(m)
			continue
		}
		e, out := r.ejected(m)
		if !out {
			e = Ejection{Outcome: state.PlayRemoved, Reason: "the play was removed from the playbook"}
		}
		after := endedAs(*m, r.in.Now, e.Outcome, e.Reason)
		about.left(after)
		r.members[after.Key] = &after
		r.out.Members = append(r.out.Members, &Moving{Before: m, After: after, Leaves: true, Record: true})
	}
	if r.limited() {
		about.Change = Same
	} else {
		r.out.Transitions.PlaysGone = append(r.out.Transitions.PlaysGone, name)
		r.out.Transitions.TruthsGone = append(r.out.Transitions.TruthsGone, r.ledger.truths[name]...)
	}
	r.out.Plays = append(r.out.Plays, about)
}

// settleEffects has what was found out about effects in doubt kept.
func (r *run) settleEffects() {
	for i := range r.in.State.Effects {
		e := r.in.State.Effects[i]
		found, ok := r.in.Settled[e.Key]
		if !ok || e.Status != state.Intended && e.Status != state.InDoubt {
			continue
		}
		e.At = r.in.Now
		if e.Status, e.Receipt = state.Refused, found.Receipt; found.Happened {
			e.Status, e.Reason = state.Happened, ""
		} else {
			e.Reason = "looked up: it never happened"
		}
		r.out.Transitions.Effects = append(r.out.Transitions.Effects, e)
	}
}
