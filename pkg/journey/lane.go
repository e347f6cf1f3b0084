package journey

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// each has lanes begin for the related records, and says whether the member goes on: when all of them have ended, the first, or at once.
func (w *walker) each(ctx context.Context, s *step) (on bool, err error) {
	known, err := w.openLanes(ctx, s)
	if err != nil {
		return false, err
	}
	if known != "" {
		w.waits(s, Held, known, time.Time{})
		return false, nil
	}
	ends, needs, running := w.laneEnds(s)
	switch {
	case s.Await == playbook.AwaitAll && running > 0, s.Await == playbook.AwaitFirst && len(ends) == 0 && running > 0:
		w.waits(s, ForLanes, "lanes", time.Time{})
		return false, nil
	case s.Await == playbook.AwaitFirst && len(ends) > 0:
		first := slices.MinFunc(ends, func(a, b laneEnd) int { return a.at.Compare(b.at) })
		w.clock = latest(w.clock, first.at)
		needs = first.needs()
	case s.Await == playbook.AwaitAll:
		for _, e := range ends {
			w.clock = latest(w.clock, e.at)
		}
	default:
		needs = nil
	}
	w.advance(s, state.StepDone{Outcome: done})
	(*w.moves)[len(*w.moves)-1].Needs = needs
	return true, nil
}

// laneEnd is a lane that has ended, or ends in this run.
type laneEnd struct {
	key  string
	at   time.Time
	does bool // by a move of this run
}

func (e laneEnd) needs() []string {
	if e.does {
		return []string{e.key}
	}
	return nil
}

// laneEnds tells which of a step's lanes have ended, which of them by moves of this run, and how many run on. A lane whose record matches no
// more counts in neither.
func (w *walker) laneEnds(s *step) (ends []laneEnd, needs []string, running int) {
	note := func(l *state.Lane, m *LaneMoving) {
		switch {
		case l.Outcome == state.Removed:
		case !l.EndedAt.IsZero():
			ends = append(ends, laneEnd{l.Key(), l.EndedAt, false})
		case m != nil && m.End != nil:
			ends = append(ends, laneEnd{l.Key(), m.End.At, true})
			needs = append(needs, l.Key())
		default:
			running++
		}
	}
	lanes := w.turn.now.Lanes
	for i := range lanes {
		if lanes[i].Of == s.ID {
			note(&lanes[i], w.turn.laneMoving(s.ID, lanes[i].Key()))
		}
	}
	for i := range w.turn.lanes {
		if m := &w.turn.lanes[i]; m.Of == s.ID && m.New != nil {
			note(m.New, m)
		}
	}
	return ends, needs, running
}

func (m *turn) laneMoving(of, key string) *LaneMoving {
	for i := range m.lanes {
		if m.lanes[i].Of == of && m.lanes[i].Lane == key {
			return &m.lanes[i]
		}
	}
	return nil
}

// lanesHold reports whether a step's lanes run on, or keep something; else when the last of them ended.
func (w *walker) lanesHold(s *step) (hold bool, last time.Time) {
	ends, _, running := w.laneEnds(s)
	if running > 0 {
		return true, last
	}
	for _, e := range ends {
		last = latest(last, e.at)
	}
	keeps := slices.ContainsFunc(w.p.inOrder, func(x *step) bool { return x.lane == s && x.Verb == playbook.Keep })
	return keeps && len(ends) > 0, last
}

// openLanes begins lanes for new records of a step, ends those of records that match no more, and walks those that run. why is what is not
// known of whose lanes there are: then they stay as they are.
func (w *walker) openLanes(ctx context.Context, s *step) (why string, err error) {
	if w.turn.opened[s.ID] {
		return "", nil
	}
	matching, err := w.related(ctx, s)
	if why, err = unknownWaits(err); why != "" || err != nil {
		w.freezeLanes(s)
		return why, err
	}
	w.turn.open(s.ID)
	now := map[state.Record]bool{}
	for _, r := range matching {
		now[w.record(r)] = true
	}
	w.turn.matches(s.ID, now)
	w.closeLanes(s, now)
	if err := w.walkLanes(ctx, s); err != nil {
		return "", err
	}
	if len(matching) == 0 {
		w.nobody(s, nil)
	}
	return "", w.beginLanes(ctx, s, matching)
}

// freezeLanes leaves what a step's lanes hold.
func (w *walker) freezeLanes(s *step) {
	for i := range w.turn.now.Lanes {
		l := &w.turn.now.Lanes[i]
		for _, d := range l.Done {
			if l.Of == s.ID {
				w.out.Frozen[state.Keeper{Member: w.turn.now.Key, Step: d.ID, Lane: l.Key()}] = true
			}
		}
	}
}

// closeLanes ends the lanes of records that match no more.
func (w *walker) closeLanes(s *step, matching map[state.Record]bool) {
	lanes := w.turn.now.Lanes
	for i := range lanes {
		if l := &lanes[i]; l.Of == s.ID && l.EndedAt.IsZero() && !matching[l.Record] {
			l.EndedAt, l.Outcome, l.Reason = w.in.Now, state.Removed, "it matches no more"
			w.turn.record = true
		}
	}
}

// walkLanes takes the lanes that run as far as they go.
func (w *walker) walkLanes(ctx context.Context, s *step) error {
	lanes := w.turn.now.Lanes
	for i := range lanes {
		l := &lanes[i]
		if l.Of != s.ID || !l.EndedAt.IsZero() {
			continue
		}
		m := LaneMoving{Lane: l.Key(), Of: s.ID}
		if err := w.walkLane(ctx, l, &m); err != nil {
			return err
		}
		if len(m.Moves) > 0 || m.End != nil {
			w.turn.lanes = append(w.turn.lanes, m)
		}
	}
	return nil
}

func (w *walker) walkLane(ctx context.Context, l *state.Lane, m *LaneMoving) error {
	lane := w.pass.lane(w.turn, l, m)
	defer w.back(lane)
	lane.within(w)
	return lane.walk(ctx)
}

// within has a lane's expressions see the steps that its member has done in this run, and its walk end where its member's does.
func (w *walker) within(own *walker) {
	w.horizon, w.here.own = own.horizon, &own.here
}

// lane makes the walker of one lane; without m one that only looks. It is to be given back.
func (t *pass) lane(m *turn, l *state.Lane, moving *LaneMoving) *walker {
	if moving == nil {
		moving = &LaneMoving{}
	}
	w := t.walker(m)
	w.lane, w.track, w.clock, w.moves, w.end, w.arrived = l, ownTrack(l.Track), l.StepAt, &moving.Moves, &moving.End, t.dropped(&l.Track)
	w.here = spot{pass: t, row: m.row, member: m.now, track: &w.track, stepAt: l.StepAt, lane: l}
	return w
}

// beginLanes begins lanes for records that have none: where the member came to the step by moves of this run, behind the last of them.
func (w *walker) beginLanes(ctx context.Context, s *step, matching []reach) error {
	behind, since := "", w.in.Now
	if n := len(*w.moves); n > 0 && w.arrived {
		behind, since = (*w.moves)[n-1].Step, w.clock
	} else if w.arrived || w.turn.enters() {
		since = w.clock
	}
	for _, r := range matching {
		record := w.record(r)
		if w.hasLane(s, record) || s.lanes.first() == nil {
			continue
		}
		l := state.Lane{Of: s.ID, Record: record, Since: since, Track: state.Track{Step: s.lanes.first().ID, StepAt: since}}
		if err := w.beginLane(ctx, l, behind); err != nil {
			return err
		}
	}
	if behind == "" {
		slices.SortStableFunc(w.turn.now.Lanes, func(a, b state.Lane) int {
			return cmp.Or(strings.Compare(a.Of, b.Of), strings.Compare(a.Record.Entity, b.Record.Entity), strings.Compare(a.Record.Key, b.Record.Key))
		})
	}
	return nil
}

func (w *walker) beginLane(ctx context.Context, l state.Lane, behind string) error {
	m := LaneMoving{Lane: l.Key(), Of: l.Of, Behind: behind}
	into := &l
	if behind == "" {
		now := w.change(w.turn)
		now.Lanes = append(now.Lanes, l)
		into = &now.Lanes[len(now.Lanes)-1]
		w.turn.record = true
	}
	lane := w.pass.lane(w.turn, into, &m)
	defer w.back(lane)
	lane.within(w)
	lane.arrived = true
	if err := lane.walk(ctx); err != nil {
		return err
	}
	if behind != "" {
		m.New = &l
	}
	if len(m.Moves) > 0 || m.End != nil || m.New != nil {
		w.turn.lanes = append(w.turn.lanes, m)
	}
	return nil
}

func (w *walker) hasLane(s *step, r state.Record) bool {
	return slices.ContainsFunc(w.turn.now.Lanes, func(l state.Lane) bool { return l.Of == s.ID && l.Record == r })
}

// keepLanes goes on with the lanes of steps that a member has passed: they live for as long as it is in the play.
func (w *walker) keepLanes(ctx context.Context) error {
	for _, s := range w.p.inOrder {
		if s.Verb != playbook.Each || s.lane != nil || !tookStep(&w.turn.now.Track, s.ID) {
			continue
		}
		why, err := w.openLanes(ctx, s)
		if err != nil {
			return err
		}
		if why != "" {
			w.about.Unknowns["step "+s.ID+": "+why]++
		}
	}
	return nil
}

// open notes that a step's lanes were looked after.
func (m *turn) open(step string) {
	if m.opened == nil {
		m.opened = map[string]bool{}
	}
	m.opened[step] = true
}

// matches notes which records have lanes at a step now.
func (m *turn) matches(step string, records map[state.Record]bool) {
	if m.matching == nil {
		m.matching = map[string]map[state.Record]bool{}
	}
	m.matching[step] = records
}

// isThere reports whether a lane's record is there.
func (t *pass) isThere(l *state.Lane) bool {
	_, ok := t.rowOf(l.Record)
	return ok || l.Record.Entity == t.p.Of
}
