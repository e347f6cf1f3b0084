package journey

import (
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// pass is one play's turn.
type pass struct {
	*run
	p        *play
	table    *frame.Table
	truth    frame.Verdict // of the segment, and of the trigger's condition
	seg      frame.Verdict
	about    *PlayRun
	known    *state.Play // as kept by the last run; nil if there was none
	kept     state.Play  // as it is to be kept
	first    bool        // the play's first launch, or of its trigger
	passive  bool        // the play is not part of this run
	turns    []*turn     // of the members that are part of this run, and of those who enter
	byRow    map[int]*turn
	rows     frame.Bits // of its members, and of those who may enter
	rowCount int
	waits    []Wait
	entered  map[string]int // entries of this run, by mark
	entries  map[string]int // and by key
	admitted int            // all of them
	grouped  []candidate    // who waits for a seat in the group
	// pending is the time of the earliest event by which somebody still waits to enter.
	pending time.Time
	// turnedBack are candidates that their systems don't know, and lookedAhead those who can't enter now and were asked for: see [ahead].
	turnedBack, lookedAhead int
}

func (r *run) newPass(p *play) *pass {
	t := &pass{run: r, p: p, table: r.data.Frame.Table(p.Of), known: r.ledger.plays[p.Name], passive: !r.targeted(p.Name), byRow: make(map[int]*turn, len(r.ledger.active(p.Name))),
		entered: map[string]int{}, entries: map[string]int{}, about: &PlayRun{Name: p.Name, Of: p.Of, Left: map[string]int{}, Unknowns: map[string]int{}, Standing: map[string]int{}, Priority: p.Priority}}
	if !t.passive {
		r.passes[p.Name] = t
	}
	return t
}

// settleAll settles the play's members, and has those of a play that is not part of this run stay as they are.
func (t *pass) settleAll(ctx context.Context) error {
	if !t.passive {
		if err := t.truths(ctx); err != nil {
			return err
		}
		t.describe()
	}
	active := t.ledger.active(t.p.Name)
	rows := rowsOf(t.table, len(active), func(i int) string { return active[i].Record.Key })
	t.isAbout(rows)
	t.expect(len(active))
	turns := make([]turn, len(active))
	for i, m := range active {
		t.about.Members++
		t.about.Standing[m.Step]++
		if t.passive || !t.concerns(m) {
			if rows[i] >= 0 {
				t.mute(m)
				t.seated(m, rows[i])
			}
			continue
		}
		turns[i] = turn{before: m, now: m, row: rows[i]}
		if err := t.settleMember(ctx, &turns[i]); err != nil {
			return err
		}
	}
	return nil
}

// isAbout notes rows of records that the play's expressions are asked about.
func (t *pass) isAbout(rows []int) {
	if t.rows == nil {
		t.rows = frame.NewBits(t.table.Rows)
	}
	for _, row := range rows {
		if row >= 0 {
			t.rows.Add(row)
		}
	}
	t.rowCount = t.rows.Count()
}

// expect says how many members are about to be asked for what ends them.
func (t *pass) expect(members int) {
	if t.passive || t.limited() {
		return
	}
	t.columns.expect(t.p.goal, members)
	for i := range t.p.exits {
		t.columns.expect(t.p.exits[i].when, members)
	}
}

// stepAll takes the play's members as far as they go now.
func (t *pass) stepAll(ctx context.Context) error {
	if t.passive {
		for _, m := range t.ledger.active(t.p.Name) {
			if err := t.passiveMember(ctx, m); err != nil {
				return err
			}
		}
		return nil
	}
	if t.limited() {
		for _, m := range t.ledger.active(t.p.Name) {
			if !t.concerns(m) {
				if err := t.passiveMember(ctx, m); err != nil {
					return err
				}
			}
		}
	}
	return t.stepTurns(ctx)
}

// stepTurns takes the members that are part of this run as far as they go.
func (t *pass) stepTurns(ctx context.Context) error {
	for i := 0; i < len(t.turns); i++ {
		if err := t.stepTurn(ctx, t.turns[i]); err != nil {
			return err
		}
	}
	return nil
}

// stepSilencing steps the members of a play that silences others before those, so that who leaves it silences nobody any more.
func (t *pass) stepSilencing(ctx context.Context) error {
	if t.passive || len(t.p.Mute) == 0 {
		return nil
	}
	return t.stepTurns(ctx)
}

// finish adds the play's part to the result.
func (t *pass) finish() {
	t.out.Members = slices.Grow(t.out.Members, t.admitted)
	for _, m := range t.turns {
		if len(m.moves) > 0 && !m.enters() {
			t.about.Moving++
		}
		if moving := m.moving(); moving != nil {
			t.out.Members = append(t.out.Members, moving)
		}
	}
	t.about.sortNotKnown()
	if t.passive {
		t.about = &PlayRun{Name: t.p.Name, Change: Untouched}
	} else {
		t.remember()
	}
	t.out.Plays = append(t.out.Plays, *t.about)
}

// truths finds the truth of the play's segment, and of segment and `when` together.
func (t *pass) truths(ctx context.Context) error {
	if t.p.segment == nil {
		t.seg = t.data.Segments[t.p.Named]
	} else {
		v, err := t.columns.whole(ctx, t.p.segment)
		if err != nil {
			return err
		}
		t.seg = v
	}
	t.truth = t.seg
	if t.p.Trigger.Kind == playbook.OnWhen {
		when, err := t.columns.whole(ctx, t.p.trigger)
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
