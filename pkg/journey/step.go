package journey

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// step takes a member as far as it goes now, and has it want again what its done steps hold for as long as it is in the play.
func (t *pass) step(ctx context.Context, m *Moving, row int) error {
	member := &m.After
	if member.HeldOut {
		return nil
	}
	next, err := t.position(member)
	if err != nil {
		return err
	}
	if t.p.Status == playbook.Paused {
		t.waits(member, "", Held, "the play is paused")
		return t.passiveMember(ctx, member)
	}
	at := expr.Row(t.p.Of, row)
	at.Member = t.view(member)
	if err := t.stand(ctx, member, at); err != nil {
		return err
	}
	for _, s := range t.p.steps[next:] {
		if slices.ContainsFunc(member.Done, func(d state.StepDone) bool { return d.ID == s.ID }) {
			continue
		}
		waits, err := t.take(ctx, m, s, at)
		if err != nil {
			return err
		}
		if waits != "" {
			t.waits(member, s.ID, Held, waits)
			t.out.Frozen[state.Keeper{Member: member.Key, Step: s.ID}] = true // what an earlier try took hold of
			return nil
		}
	}
	if !t.holdsOn(m) {
		m.End = &End{Outcome: state.Completed, At: t.in.Now}
	}
	return nil
}

// position finds the step that a member stands on among the steps as they are now.
func (t *pass) position(m *state.Member) (int, error) {
	if m.Step == "" {
		return len(t.p.steps), nil
	}
	for i, s := range t.p.steps {
		if s.ID == m.Step || m.HeldOut { // who is held out stands nowhere
			return i, nil
		}
	}
	return 0, &StepGoneError{Play: t.p.Name, Step: m.Step, Record: m.Record.Key}
}

// StepGoneError says that a step was removed while members stand on it.
type StepGoneError struct{ Play, Step, Record string }

// Error names step and member.
func (e *StepGoneError) Error() string {
	return "step " + e.Step + " is gone from the playbook and members stand on it, such as " + e.Record
}

// holdsOn reports whether a member still holds something past its last step: a keep that it did or does now.
func (t *pass) holdsOn(m *Moving) bool {
	for _, s := range t.p.steps {
		if s.Verb != playbook.Keep {
			continue
		}
		if taken(&m.After, s) {
			return true
		}
		for _, move := range m.Moves {
			if move.Step == s.ID && move.Done.Outcome != skipped {
				return true
			}
		}
	}
	return false
}

// taken reports whether a member took a step, be it that some of it failed and the step said to go on.
func taken(m *state.Member, s *step) bool {
	return slices.ContainsFunc(m.Done, func(d state.StepDone) bool { return d.ID == s.ID && d.Outcome != skipped })
}

// The outcomes of a step.
const (
	done    = "done"
	skipped = "skipped"
)

// take plans one step. It gives a word for what the member waits for, or "". A `when` that is unknown does not hold.
func (t *pass) take(ctx context.Context, m *Moving, s *step, at expr.At) (waits string, err error) {
	move := Move{Step: s.ID, Continue: s.Continue, Done: state.StepDone{ID: s.ID, Outcome: done, At: t.in.Now}, To: state.Track{Step: t.after(m, s), StepAt: t.in.Now}}
	if s.when != nil {
		holds, err := t.holds(ctx, s.when, at, "step "+s.ID+": when is unknown")
		if err != nil {
			return "", err
		}
		if !holds {
			move.Done.Outcome = skipped
			m.Moves = append(m.Moves, move)
			at.Member.Steps[s.ID] = &expr.Step{Data: t.data, Outcome: skipped}
			return "", nil
		}
	}
	wants, keys, err := t.wants(ctx, &m.After, s, at)
	if waits, err = unknownWaits(err); waits != "" || err != nil {
		return waits, err
	}
	for _, w := range wants {
		move.Wants = append(move.Wants, len(t.out.Wants))
		t.out.Wants = append(t.out.Wants, w)
	}
	if len(s.For) > 0 && len(keys) == 0 {
		t.about.Unknowns["step "+s.ID+" reaches nobody"]++
	}
	move.Done.Records = keys
	m.Moves = append(m.Moves, move)
	at.Member.Steps[s.ID] = &expr.Step{Data: t.data, Outcome: done, Entity: s.targets[0].entity, Records: keys}
	return "", nil
}

// unknownWaits takes an unknown for a reason to wait.
func unknownWaits(err error) (string, error) {
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return unknown.What, nil
	}
	return "", err
}

// stand repeats the wants of done steps that hold on: keeps, whose records and names are live, and removes, which stand against other
// plays' keeps. Where they are not known now, what is held stays.
func (t *pass) stand(ctx context.Context, m *state.Member, at expr.At) error {
	for _, s := range t.p.steps {
		if !taken(m, s) || s.Verb != playbook.Remove && s.Verb != playbook.Keep {
			continue
		}
		wants, _, err := t.wants(ctx, m, s, at)
		waits, err := unknownWaits(err)
		if err != nil {
			return err
		}
		if waits != "" {
			t.out.Frozen[state.Keeper{Member: m.Key, Step: s.ID}] = true
			t.about.Unknowns["step "+s.ID+": "+waits]++
			continue
		}
		for _, w := range wants {
			w.Standing = true
			t.out.Wants = append(t.out.Wants, w)
		}
	}
	return nil
}

// wants makes what a step wants for a member: one want for each record and name. keys are those of the records, sorted.
func (t *pass) wants(ctx context.Context, m *state.Member, s *step, at expr.At) ([]Want, []string, error) {
	reached, err := t.reached(ctx, s, at)
	if err != nil {
		return nil, nil, err
	}
	var out []Want
	var keys []string
	for _, r := range reached {
		there := at
		if r.target.rows != nil {
			there = at.With(r.target.entity, r.row)
		}
		wants, err := t.want(ctx, m, s, r, there)
		if err != nil {
			return nil, nil, err
		}
		if len(wants) > 0 {
			keys = append(keys, wants[0].Record.Key)
		}
		out = append(out, wants...)
	}
	slices.Sort(keys)
	return out, slices.Compact(keys), nil
}

// reach is one record that a step acts on.
type reach struct {
	target *target
	row    int
}

// reached gives the records that a step acts on, each once, in the order of its `order`, at most its `limit` in all.
func (t *pass) reached(ctx context.Context, s *step, at expr.At) ([]reach, error) {
	var out []reach
	type record struct {
		entity string
		row    int
	}
	seen := map[record]bool{}
	for i := range s.targets {
		target := &s.targets[i]
		if target.rows == nil {
			return []reach{{target, at.Rows[t.p.Of]}}, nil
		}
		rows, err := target.rows.Rows(ctx, t.data, at)
		if err != nil {
			return nil, err
		}
		slices.Sort(rows)
		for _, row := range rows {
			if r := (record{target.entity, row}); !seen[r] {
				seen[r] = true
				out = append(out, reach{target, row})
			}
		}
	}
	if err := t.rankReached(ctx, s, at, out); err != nil {
		return nil, err
	}
	if s.Limit > 0 && len(out) > s.Limit {
		out = out[:s.Limit]
	}
	return out, nil
}

// rankReached puts records in the order of a step's `order`, which goes with records of one entity.
func (t *pass) rankReached(ctx context.Context, s *step, at expr.At, list []reach) error {
	if s.order == nil {
		return nil
	}
	ranks := make(map[int]any, len(list))
	for _, r := range list {
		v, err := s.order.Value(ctx, t.data, at.With(r.target.entity, r.row))
		if _, err = unknownWaits(err); err != nil {
			return err
		}
		ranks[r.row] = v
	}
	slices.SortStableFunc(list, func(a, b reach) int { return cmp.Or(compareRanks(ranks[a.row], ranks[b.row]), a.row-b.row) })
	return nil
}

// want makes a step's wants for one record: none if its connector can't know the record now, which is counted; what is held for it stays.
func (t *pass) want(ctx context.Context, m *state.Member, s *step, r reach, at expr.At) ([]Want, error) {
	target := r.target
	record := state.Record{Entity: target.entity, Key: t.data.Frame.Table(target.entity).Key(r.row)}
	id, ok := t.identity(ctx, s.Connector, target.entity, r.row)
	if !ok {
		t.about.Unknowns["step "+s.ID+": "+target.entity+" not addressable in "+s.Connector]++
		k := state.Keeper{Member: m.Key, Step: s.ID}
		t.out.Unaddressed[k] = append(t.out.Unaddressed[k], record)
		return nil, nil
	}
	w := Want{Member: m.Key, Play: t.p.Name, Step: s.ID, Priority: t.p.Priority, Connector: s.Connector,
		Target: connector.Collection{Kind: s.Object}, Record: record, ID: id, Overwrite: s.Overwrite, Create: s.Create, Keep: s.Verb == playbook.Keep, Verb: verbs[s.Verb]}
	if len(target.fields) > 0 {
		w.Fields = make(map[string]any, len(target.fields))
	}
	for _, f := range target.fields {
		v, err := f.value.Value(ctx, t.data, at)
		if err != nil {
			return nil, err
		}
		w.Fields[f.name] = v
	}
	if s.Verb == playbook.Send {
		w.Key = state.EffectKey(w.Member, w.Step, w.Record)
	}
	if target.name == nil {
		return []Want{w}, nil
	}
	names, err := target.name.Names(ctx, t.data, at)
	if err != nil {
		return nil, err
	}
	var out []Want
	for _, name := range names {
		w.Target.Name = name
		out = append(out, w)
	}
	return out, nil
}

var verbs = map[playbook.Verb]connector.Verb{playbook.Keep: connector.Add, playbook.Add: connector.Add, playbook.Remove: connector.Remove,
	playbook.Set: connector.Set, playbook.Send: connector.Send}

// Identity gives the id by which a connector knows a record, and whether it is known.
func (ps *Plays) Identity(ctx context.Context, d *expr.Data, connector, entity string, row int) (string, bool) {
	p := ps.identities[entity][connector]
	if p == nil {
		return "", false
	}
	v, err := p.Value(ctx, d, expr.Row(entity, row))
	if err != nil {
		return "", false
	}
	id := strings.TrimSpace(playbook.Text(v))
	return id, id != ""
}

func (t *pass) identity(ctx context.Context, connector, entity string, row int) (string, bool) {
	return t.plays.Identity(ctx, t.data, connector, entity, row)
}

// compareRanks orders values of an order expression: ascending, unknown (nil) last.
func compareRanks(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(btoi(a), btoi(b))
		}
	case nil:
		if b != nil {
			return 1
		}
		return 0
	}
	return -1
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// waits notes what a member waits for.
func (t *pass) waits(m *state.Member, step string, kind WaitKind, why string) {
	t.out.Waits = append(t.out.Waits, Wait{Member: m.Key, Record: m.Record, Play: m.Play, Step: step, Kind: kind, Why: why, Since: m.StepAt})
	for i := range t.about.Waiting {
		if w := &t.about.Waiting[i]; w.Step == step && w.Why == why {
			w.Count++
			return
		}
	}
	t.about.Waiting = append(t.about.Waiting, Waiting{Step: step, Kind: kind, Why: why, Count: 1})
}

// after gives the step after one, past steps that the member has done already.
func (t *pass) after(m *Moving, s *step) string {
	for i, other := range t.p.steps {
		if other != s {
			continue
		}
		for _, next := range t.p.steps[i+1:] {
			if !slices.ContainsFunc(m.After.Done, func(d state.StepDone) bool { return d.ID == next.ID }) {
				return next.ID
			}
		}
	}
	return ""
}
