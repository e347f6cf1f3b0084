package journey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// run is one pass over all plays.
type run struct {
	in     *Input
	plays  *Plays
	data   *expr.Data
	ledger *ledger
	out    *Result
}

// Advance settles, launches and steps the members of every play, plays of higher priority first.
func (ps *Plays) Advance(ctx context.Context, in *Input) (*Result, error) {
	r := &run{in: in, plays: ps, data: in.Data, ledger: newLedger(in.State), out: &Result{Frozen: map[state.Keeper]bool{},
		Unaddressed: map[state.Keeper][]state.Record{}}}
	r.data.Plays = r.ledger
	for _, p := range ps.inOrder() {
		turn := r.play
		if !r.targeted(p.Name) {
			turn = r.passive
		}
		if err := turn(ctx, p); err != nil {
			return nil, fmt.Errorf("play %s: %w", p.Name, err)
		}
	}
	r.removedPlays()
	r.settleEffects()
	slices.SortFunc(r.out.Plays, func(a, b PlayRun) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.out.Members, func(a, b *Moving) int {
		return cmp.Or(strings.Compare(a.After.Play, b.After.Play), strings.Compare(a.After.Record.Key, b.After.Record.Key),
			strings.Compare(a.After.Per, b.After.Per), a.After.Number-b.After.Number)
	})
	return r.out, nil
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

// passive leaves everything that a play's members hold as it is, and lets what they want count against the plays of this run: a part of the
// plays must not do what all of them would undo.
func (r *run) passive(ctx context.Context, p *play) error {
	r.out.Plays = append(r.out.Plays, PlayRun{Name: p.Name, Change: Untouched})
	t := &pass{run: r, p: p, table: r.data.Frame.Table(p.Of), about: &PlayRun{Unknowns: map[string]int{}}} // nothing is told of it
	for _, m := range r.ledger.active[p.Name] {
		if err := t.passiveMember(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// passiveMember leaves everything that a member holds as it is, and makes its standing wants.
func (t *pass) passiveMember(ctx context.Context, m *state.Member) error {
	t.freeze(m)
	row, there := t.table.Row(m.Record.Key)
	if !there || m.HeldOut {
		return nil
	}
	at := expr.Row(t.p.Of, row)
	at.Member = t.view(m)
	first := len(t.out.Wants)
	err := t.stand(ctx, m, at)
	for i := range t.out.Wants[first:] {
		t.out.Wants[first+i].Passive = true
	}
	return err
}

// freeze leaves everything that a member holds as it is.
func (r *run) freeze(m *state.Member) {
	for _, d := range m.Done {
		r.out.Frozen[state.Keeper{Member: m.Key, Step: d.ID}] = true
	}
	r.out.Frozen[state.Keeper{Member: m.Key, Step: m.Step}] = true
}

// pass is one play's turn.
type pass struct {
	*run
	p     *play
	table *frame.Table
	truth frame.Verdict // of the segment, and of the trigger's condition
	seg   frame.Verdict
	about *PlayRun
	known *state.Play // as kept by the last run; nil if there was none
	kept  state.Play  // as it is to be kept
	first bool        // the play's first launch, or of its trigger
	// pending is the time of the earliest event by which somebody still waits to enter.
	pending time.Time
}

func (r *run) play(ctx context.Context, p *play) error {
	t := &pass{run: r, p: p, table: r.data.Frame.Table(p.Of), known: r.ledger.plays[p.Name]}
	r.out.Plays = append(r.out.Plays, PlayRun{Name: p.Name, Of: p.Of, Left: map[string]int{}, Unknowns: map[string]int{}, Priority: p.Priority})
	t.about = &r.out.Plays[len(r.out.Plays)-1]
	if err := t.truths(ctx); err != nil {
		return err
	}
	t.describe()
	for _, m := range r.ledger.active[p.Name] {
		t.about.Members++
		if err := t.member(ctx, m); err != nil {
			return err
		}
	}
	if err := t.launch(ctx); err != nil {
		return err
	}
	t.remember()
	return nil
}

// truths finds the truth of the play's segment, and of segment and `when` together.
func (t *pass) truths(ctx context.Context) error {
	if t.p.segment == nil {
		t.seg = t.data.Segments[t.p.Named]
	} else {
		v, err := t.p.segment.Verdict(ctx, t.data)
		if err != nil {
			return err
		}
		t.seg = v
	}
	t.truth = t.seg
	if t.p.Trigger.Kind == playbook.OnWhen {
		when, err := t.p.trigger.Verdict(ctx, t.data)
		if err != nil {
			return err
		}
		t.truth = and(t.seg, when)
	}
	t.about.Funnel.InSegment, t.about.Funnel.Unknown = t.truth.True.Count(), t.truth.Unknown.Count()
	return nil
}

// and is three-valued: false beats unknown.
func and(a, b frame.Verdict) frame.Verdict {
	out := frame.Verdict{True: slices.Clone(a.True), Unknown: slices.Clone(a.Unknown)}
	for i := range out.True {
		possibleA, possibleB := a.True[i]|a.Unknown[i], b.True[i]|b.Unknown[i]
		out.True[i] = a.True[i] & b.True[i]
		out.Unknown[i] = possibleA & possibleB &^ out.True[i]
	}
	return out
}

// describe compares the play's definition with the one last applied. A run that is limited to some records leaves it for a later one.
func (t *pass) describe() {
	t.kept = state.Play{Name: t.p.Name, Definition: Definition(t.p.Play)}
	t.first = t.known == nil
	t.about.Funnel.First = t.first
	if t.known != nil {
		t.kept.FirstAt, t.kept.BatchAt, t.kept.EventsTo = t.known.FirstAt, t.known.BatchAt, t.known.EventsTo
		t.first = t.known.FirstAt.IsZero() || t.retriggered()
	}
	if len(t.in.Only) > 0 {
		return
	}
	if t.known == nil {
		t.about.Change = New
	} else if t.about.Diff = compareDefinitions(t.known.Definition, t.kept.Definition); len(t.about.Diff) > 0 {
		t.about.Change = Changed
	}
}

// retriggered reports whether the trigger was edited into one that has nothing to go on from: it begins with a first launch of its own.
// Entry and when go on from each other's truths.
func (t *pass) retriggered() bool {
	before, now := definedTrigger(t.known.Definition), triggerText(t.p.Play)
	if before == now || isEdge(before) && isEdge(now) {
		return false
	}
	for _, m := range t.ledger.truths[t.p.Name].keys() {
		t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, state.Truth{Play: t.p.Name, Key: m})
	}
	delete(t.ledger.truths, t.p.Name)
	return true
}

func isEdge(trigger string) bool { return trigger == "entry" || strings.HasPrefix(trigger, "when ") }

// remember has what is kept of the play moved on by this launch. While it is paused it stands still, and where it never launched the next
// run is its first. A run that is limited to some records moves nothing: the others' turn is still to come.
func (t *pass) remember() {
	if len(t.in.Only) > 0 {
		return
	}
	if t.first {
		t.kept.FirstAt, t.kept.BatchAt, t.kept.EventsTo = time.Time{}, time.Time{}, time.Time{}
	}
	if t.p.Status != playbook.Paused {
		t.moveOn()
	}
	if t.known == nil || !samePlay(*t.known, t.kept) {
		t.out.Transitions.Plays = append(t.out.Transitions.Plays, t.kept)
	}
}

// moveOn moves the play's times to this launch.
func (t *pass) moveOn() {
	if t.first {
		t.kept.FirstAt = t.in.Now
	}
	switch t.p.Trigger.Kind {
	case playbook.OnBatches:
		if due, ok := t.due(); ok {
			t.kept.BatchAt = due
		} else if t.first {
			t.kept.BatchAt = t.in.Now
		}
	case playbook.OnEvents:
		t.kept.EventsTo = t.eventsTo()
	}
}

func samePlay(a, b state.Play) bool {
	return a.FirstAt.Equal(b.FirstAt) && a.BatchAt.Equal(b.BatchAt) && a.EventsTo.Equal(b.EventsTo) && a.Definition == b.Definition
}

// member settles one active member, and steps it if it stays.
func (t *pass) member(ctx context.Context, m *state.Member) error {
	row, there := t.table.Row(m.Record.Key)
	if !t.only(m.Record.Key) {
		return t.passiveMember(ctx, m)
	}
	if !there {
		return t.missing(m)
	}
	after := *m
	after.MissingSince = time.Time{}
	outcome, reason, err := t.settle(ctx, m, row)
	if err != nil {
		return err
	}
	if outcome != "" {
		t.leave(ctx, m, after, row, outcome, reason)
		return nil
	}
	if t.p.OnLeave == playbook.Stay && !t.seg.True.Has(row) && !t.seg.Unknown.Has(row) {
		t.about.Away++
	}
	moving := &Moving{Before: m, After: after, Record: !after.MissingSince.Equal(m.MissingSince)}
	if err := t.step(ctx, moving, row); err != nil {
		return err
	}
	if len(moving.Moves) > 0 || moving.End != nil || !after.MissingSince.Equal(m.MissingSince) {
		t.out.Members = append(t.out.Members, moving)
	}
	if len(moving.Moves) > 0 {
		t.about.Moving++
	}
	return nil
}

// missing handles a member whose record a full read did not have: no effects, keeps stay, until it has been so for `gone_after`.
func (t *pass) missing(m *state.Member) error {
	after := *m
	if after.MissingSince.IsZero() {
		after.MissingSince = t.in.Now
	}
	if t.in.Now.Sub(after.MissingSince) >= t.plays.book.GoneAfter {
		after.EndedAt, after.Outcome, after.Reason = t.in.Now, state.Removed, "the record has been missing since "+after.MissingSince.UTC().Format(time.DateOnly)
		t.out.Members = append(t.out.Members, &Moving{Before: m, After: after, Leaves: true, Record: true})
		t.about.left(after)
		t.told(&t.about.Leaves, Reason{Key: m.Record.Key, Outcome: "removed", Because: []string{after.Reason}})
		return nil
	}
	t.about.Missing++
	t.freeze(m)
	if !after.MissingSince.Equal(m.MissingSince) {
		t.out.Members = append(t.out.Members, &Moving{Before: m, After: after, Record: true})
	}
	_, err := t.position(m)
	return err
}

func (t *pass) leave(ctx context.Context, m *state.Member, after state.Member, row int, outcome state.Outcome, reason string) {
	after.EndedAt, after.Outcome, after.Reason = t.in.Now, outcome, reason
	t.out.Members = append(t.out.Members, &Moving{Before: m, After: after, Leaves: true, Record: true})
	t.about.left(after)
	why := Reason{Key: m.Record.Key, Outcome: string(outcome)}
	switch {
	case reason == leftSegment && t.wanted(t.about.Leaves):
		why.Because = t.because(ctx, t.p, row, false)
	case reason != "":
		why.Because = []string{reason}
	}
	t.told(&t.about.Leaves, why)
}

// left counts a member that leaves.
func (p *PlayRun) left(m state.Member) {
	label := string(m.Outcome)
	if m.Outcome == state.Exited {
		label = m.Reason
	}
	p.Left[label]++
}

// wanted reports whether one more reason is told.
func (r *run) wanted(told []Reason) bool {
	return r.in.Samples < 0 || len(told) < cmp.Or(r.in.Samples, 10)
}

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
			for _, m := range r.ledger.active[name] {
				r.freeze(m)
			}
		}
	}
}

// removed lets a removed play's members leave, and forgets the play once all of them have.
func (r *run) removed(name string) {
	about := PlayRun{Name: name, Change: Gone, Left: map[string]int{}}
	for _, m := range r.ledger.active[name] {
		about.Members++
		about.Of = m.Record.Entity
		if !r.only(m.Record.Key) {
			r.freeze(m)
			continue
		}
		after := *m
		after.EndedAt, after.Outcome, after.Reason = r.in.Now, state.PlayRemoved, "the play was removed from the playbook"
		about.left(after)
		r.out.Members = append(r.out.Members, &Moving{Before: m, After: after, Leaves: true, Record: true})
	}
	if len(r.in.Only) > 0 {
		about.Change = Same
	} else {
		r.out.Transitions.PlaysGone = append(r.out.Transitions.PlaysGone, name)
		for _, m := range r.ledger.truths[name].keys() {
			r.out.Transitions.TruthsGone = append(r.out.Transitions.TruthsGone, state.Truth{Play: name, Key: m})
		}
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
