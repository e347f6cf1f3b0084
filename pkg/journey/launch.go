package journey

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// candidate is a record that could enter now.
type candidate struct {
	row   int
	key   string
	per   string
	by    state.Entry
	event state.Event
	at    time.Time // when it enters: of the event, or of the step that enrolls it; zero for now
	from  *Ref      // the step that enrolls it
	moves bool      // that step is a move of this run
	marks []string  // its edges, spent when it enters or is turned away for good
	rank  any       // of the play's order; nil if unknown
}

// admission is what became of a candidate.
type admission uint8

const (
	turnedAway admission = iota // for good
	mustWait                    // its turn may come
	entered
)

// launchAll lets records enter: those whose edge, event, batch or manual launch has come, through the funnel. In a paused play everything
// waits; in a draining one what comes is spent, so that nobody rushes in when it is active again.
func (t *pass) launchAll(ctx context.Context) error {
	if t.passive || t.in.Eject != nil {
		return nil
	}
	if t.p.Status != playbook.Running && t.launched() {
		t.out.Warnings = append(t.out.Warnings, "play "+t.p.Name+" is paused or draining, so that nobody enters it")
	}
	if t.p.Status == playbook.Paused {
		return nil
	}
	found, err := t.candidates(ctx)
	if err != nil {
		return err
	}
	if t.p.Status == playbook.Draining {
		for _, c := range found {
			t.spend(c)
		}
		return nil
	}
	t.about.Funnel.Matched = len(found)
	rows := make([]int, len(found))
	for i := range found {
		rows[i] = found[i].row
	}
	t.isAbout(rows)
	t.out.Wants, t.turns = slices.Grow(t.out.Wants, len(found)), slices.Grow(t.turns, len(found))
	if err := t.rank(ctx, found); err != nil {
		return err
	}
	waiting := map[string]bool{}
	for _, c := range found {
		if waiting[c.key] { // an earlier event of it waits: this one comes after it
			t.about.Funnel.Matched--
			t.waitsFor(c)
			continue
		}
		if c.by == state.ByEvent {
			if err := t.stepBefore(ctx, c); err != nil {
				return err
			}
		}
		took, _, err := t.admit(ctx, c)
		if err != nil {
			return err
		}
		waiting[c.key] = took == mustWait
	}
	return nil
}

// stepBefore steps the record's member, if there is one, since it may end before the candidate's event.
func (t *pass) stepBefore(ctx context.Context, c candidate) error {
	if m := t.turnOf(c); m != nil {
		return t.stepTurn(ctx, m)
	}
	return nil
}

// rank puts the candidates in the play's order: ascending by its expression, unknown last, then by key.
func (t *pass) rank(ctx context.Context, found []candidate) error {
	if t.p.order != nil {
		for i := range found {
			v, err := t.p.order.Value(ctx, t.data, expr.Row(t.p.Of, found[i].row))
			var unknown *expr.Unknown
			if err != nil && !errors.As(err, &unknown) {
				return err
			}
			found[i].rank = v
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if d := compareRanks(a.rank, b.rank); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
	return nil
}

// admit takes one candidate through the funnel. An edge that is turned away for good is spent; one that only has to wait stays pending
// while the record qualifies. The words say why it did not enter.
func (t *pass) admit(ctx context.Context, c candidate) (admission, string, error) {
	e, before := t.history(c)
	if e.active {
		t.about.Funnel.AlreadyIn++
		t.spend(c)
		return turnedAway, "already in", nil
	}
	if !t.eligible(c, e) {
		t.about.Funnel.NotReeligible++
		t.spend(c)
		return turnedAway, "not re-eligible", nil
	}
	m := t.enrollment(c, e.number+1)
	why, err := t.refused(ctx, m, c)
	if err != nil {
		return turnedAway, "", err
	}
	if why != "" {
		t.spend(c)
		return turnedAway, why, nil
	}
	if took, why := t.room(ctx, c); took != entered {
		return took, why, nil
	}
	t.spend(c)
	return entered, "", t.enter(ctx, c, m, before)
}

func (t *pass) enrollment(c candidate, number int) *state.Member {
	at := t.time(c)
	m := &state.Member{Play: t.p.Name, Record: state.Record{Entity: t.p.Of, Key: c.key}, Per: c.per, Number: number, By: c.by, EnteredAt: at,
		Event: c.event, Track: state.Track{Step: t.p.main.first().id(), StepAt: at}}
	if c.from != nil {
		m.From = c.from.Member
	}
	key := func() string { return state.EnrollmentKey(m.Play, m.Record, m.Per, m.Number) }
	for m.Key = key(); t.members[m.Key] != nil; m.Key = key() {
		m.Number++ // a play that had this name moved to another one with its members, who keep their keys
	}
	return m
}

// time gives when a candidate enters.
func (t *pass) time(c candidate) time.Time {
	if c.at.IsZero() {
		return t.in.Now
	}
	return c.at
}

// refused says why a candidate does not enter for good; "" if nothing is against it.
func (t *pass) refused(ctx context.Context, m *state.Member, c candidate) (string, error) {
	f, at := &t.about.Funnel, t.spotOf(m, c.row)
	if t.p.goal != nil && t.p.goal.Entity() == "" {
		met, err := t.holds(ctx, t.p.goal, at, "goal is unknown")
		if err != nil || met {
			f.GoalMet++
			return "goal already met", err
		}
	}
	if leaves, err := t.exitsNow(ctx, at); err != nil || leaves {
		f.ExitHolds++
		return "an exit rule holds", err
	}
	if t.suppressed(c.row) {
		f.Suppressed++
		return "suppressed", nil
	}
	return "", nil
}

// suppressed reports whether a suppression keeps a record out of the play: one that is about anything that the play does.
func (t *pass) suppressed(row int) bool {
	return slices.ContainsFunc(t.p.inOrder, func(s *step) bool {
		return s.Verb.Outward() && t.suppressedBy(s.Verb, t.p.Of, row) != ""
	})
}

// room reports whether a candidate can enter now, or has to wait for it.
func (t *pass) room(ctx context.Context, c candidate) (admission, string) {
	f := &t.about.Funnel
	switch {
	case !t.addressable(ctx, c):
		f.NotAddressable++
	case t.crowded(c):
		f.Grouped++
		if t.group().Skip {
			t.spend(c)
			return turnedAway, "blocked by group " + t.p.Group
		}
		t.waitsFor(c)
		if c.from == nil {
			t.grouped = append(t.grouped, c)
		}
		return mustWait, "group " + t.p.Group + " is taken"
	case t.p.Limit > 0 && t.admitted >= t.p.Limit:
		f.Limited++
		t.waitsFor(c)
		return mustWait, "its limit is reached"
	default:
		return entered, ""
	}
	t.waitsFor(c)
	return mustWait, "not addressable"
}

// waitsFor leaves a candidate's edge pending.
func (t *pass) waitsFor(c candidate) {
	if c.by == state.ByEvent && (t.pending.IsZero() || c.at.Before(t.pending)) {
		t.pending = c.at
	}
}

// enter makes a member of a candidate. before is the turn of its membership that ends in this run, if one does.
func (t *pass) enter(ctx context.Context, c candidate, m *state.Member, before *turn) error {
	moving := &turn{now: m, row: c.row, record: true}
	switch {
	case c.moves:
		moving.needs = c.from
	case before != nil:
		moving.needs = before.lastMove()
	case t.p.Group != "":
		moving.needs = t.freedBy(c.row)
	}
	t.members[m.Key] = moving.now
	t.entered[state.TruthKey(c.key, c.per)]++
	t.entries[c.key]++
	t.admitted++
	t.add(moving)
	if t.p.Holdout > 0 && heldOut(t.p.Name, m.Record, t.p.Holdout) {
		moving.now.HeldOut = true
		t.about.Funnel.HeldOut++
		if c.at.IsZero() {
			return nil
		}
		return t.settleTurn(ctx, moving)
	}
	t.about.Funnel.Enters++
	t.mute(moving.now)
	t.seated(moving.now, c.row)
	why := Reason{Key: c.key}
	if t.wanted(t.about.Enters) {
		why.Because = t.because(ctx, t.p, c.row, true)
	}
	t.told(&t.about.Enters, why)
	if c.at.IsZero() {
		return nil
	}
	if err := t.settleTurn(ctx, moving); err != nil || c.by != state.ByEvent { // it entered in the past, and that may be over already
		return err
	}
	return t.stepTurn(ctx, moving)
}

// eligible reports whether the play's re-entry rule lets a record enter (again).
func (t *pass) eligible(c candidate, e entries) bool {
	rule := t.p.Reentry
	if all := t.ledger.entries(t.p.Name, c.key, "").count + t.entries[c.key]; rule.Max > 0 && all >= rule.Max {
		return false
	}
	if e.count == 0 {
		return rule.Mode != playbook.Per || c.per != "" // an unknown value can't tell one entry from the next
	}
	switch rule.Mode {
	case playbook.Always:
		return true
	case playbook.After:
		return !t.time(c).Before(e.last.Add(rule.After))
	}
	return false // never; or per, and this value had its entry
}

// history is a record's entries into the play, those of this run included, as of when a candidate would enter. ending is the turn of the one that
// ends in this run before that, if one does.
func (t *pass) history(c candidate) (e entries, ending *turn) {
	e = t.ledger.entries(t.p.Name, c.key, c.per)
	e.count += t.entered[state.TruthKey(c.key, c.per)]
	m := t.turnOf(c)
	if m == nil {
		return e, nil
	}
	if m.enters() {
		e.number = max(e.number, m.now.Number)
		e.last = latest(e.last, m.now.EnteredAt)
	}
	e.active = true
	now := t.members[m.now.Key]
	over := !now.Active() && (c.by == state.ByEvent && now.EndedAt.Before(c.at) || c.by == state.ByPlay && !now.EndedAt.After(c.at))
	if over {
		e.active = false
		return e, m
	}
	return e, nil
}

// addressable reports whether any step can reach the record: a step with `for` may, as may one that is about nobody outside; others need an
// identity, and to be known by it. Who is not known is named.
func (t *pass) addressable(ctx context.Context, c candidate) bool {
	in, reason, ask := "", "", t.asksFor()
	for _, s := range t.p.inOrder {
		if !s.Verb.Outward() || s.anonymous() {
			return true
		}
		for i := range s.targets {
			target := &s.targets[i]
			if target.rows != nil {
				return true
			}
			_, why, ok := t.address(ctx, s, target, c.row, ask)
			if ok {
				return true
			}
			if reason == "" {
				in, reason = s.Connector, why
			}
		}
	}
	if reason != "" {
		t.turnedBack++
		t.nameNotKnown("", in, state.Record{Entity: t.p.Of, Key: c.key}, reason)
	}
	return false
}

// heldOut chooses by a hash of play and record, so that the same record always falls the same way.
func heldOut(play string, r state.Record, share float64) bool {
	return fraction("holdout", play, r.Entity, r.Key) < share
}
