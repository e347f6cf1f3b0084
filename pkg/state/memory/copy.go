package memory

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// blockSize is how many inner values of a snapshot share an allocation.
const blockSize = 512

// copier makes values that were copied own what they point to: slices and maps. Values that are taken in it also brings to the form in which
// they are given back.
type copier struct {
	taking  bool
	err     error // the first event that is not JSON
	done    []state.StepDone
	texts   []string
	lanes   []state.Lane
	keepers []state.Keeper
}

// taken gives a copy of changes that shares nothing with them.
func taken(c *state.Changes) (*state.Changes, error) {
	own, take := *c, &copier{taking: true}
	own.Plays = all(take, c.Plays, (*copier).play)
	own.Members = all(take, c.Members, (*copier).member)
	own.Held = all(take, c.Held, (*copier).held)
	own.Effects = all(take, c.Effects, (*copier).effect)
	own.Tasks = all(take, c.Tasks, (*copier).task)
	own.Changes = all(take, c.Changes, (*copier).change)
	own.Failures = all(take, c.Failures, (*copier).failure)
	own.Erased = all(take, c.Erased, (*copier).erasure)
	own.Pages = all(take, c.Pages, (*copier).page)
	if c.Run != nil {
		run := *c.Run
		take.run(&run)
		own.Run = &run
	}
	return &own, take.err
}

func all[T any](c *copier, values []T, own func(*copier, *T)) []T {
	values = slices.Clone(values)
	for i := range values {
		own(c, &values[i])
	}
	return values
}

// part copies a slice into a block that many share; nothing that is appended to it later reaches its neighbour. What is taken in shares
// nothing, so that it goes when it is replaced.
func part[T any](c *copier, block *[]T, values []T) []T {
	switch {
	case len(values) == 0:
		return nil
	case c.taking:
		return slices.Clone(values)
	case cap(*block)-len(*block) < len(values):
		*block = make([]T, 0, max(blockSize, len(values)))
	}
	from := len(*block)
	*block = append(*block, values...)
	return (*block)[from:len(*block):len(*block)]
}

// moments brings times to how a store gives them back.
func moments(times ...*time.Time) {
	for _, t := range times {
		*t = utc(*t)
	}
}

// utc gives a time in UTC, at microseconds.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

func (c *copier) play(p *state.Play) {
	if c.taking {
		moments(&p.FirstAt, &p.BatchAt, &p.EventsTo, &p.PausedAt)
	}
}

func (c *copier) member(m *state.Member) {
	if c.taking {
		moments(&m.EnteredAt, &m.ResumedAt, &m.MissingSince, &m.EndedAt)
	}
	c.track(&m.Track)
	m.Event = c.event(m.Event)
	m.Lanes = part(c, &c.lanes, m.Lanes)
	for i := range m.Lanes {
		if c.taking {
			moments(&m.Lanes[i].Since, &m.Lanes[i].EndedAt)
		}
		c.track(&m.Lanes[i].Track)
	}
}

func (c *copier) track(t *state.Track) {
	if c.taking {
		moments(&t.StepAt, &t.Due)
	}
	t.Reached = part(c, &c.texts, t.Reached)
	t.Done = part(c, &c.done, t.Done)
	for i := range t.Done {
		d := &t.Done[i]
		if c.taking {
			moments(&d.At)
		}
		d.Records = part(c, &c.texts, d.Records)
		d.Event, d.Answers = c.event(d.Event), maps.Clone(d.Answers)
	}
}

func (c *copier) truth(*state.Truth) {}

func (c *copier) held(h *state.Held) {
	if c.taking {
		moments(&h.Since)
	}
	h.Keepers = part(c, &c.keepers, h.Keepers)
}

func (c *copier) effect(e *state.Effect) {
	if c.taking {
		moments(&e.At)
	}
}

func (c *copier) task(t *state.Task) {
	if c.taking {
		moments(&t.Assigned, &t.DueAt, &t.SLAAt, &t.TimeoutAt, &t.TouchedAt, &t.DoneAt, &t.Breached)
	}
	t.Answers = maps.Clone(t.Answers)
}

func (c *copier) seen(*state.Seen) {}

func (c *copier) change(v *state.Change) {
	if c.taking {
		moments(&v.At)
	}
}

func (c *copier) run(r *state.Run) {
	if c.taking {
		moments(&r.Started, &r.Finished)
	}
	r.Playbook, r.Planned, r.Counts, r.Read = maps.Clone(r.Playbook), maps.Clone(r.Planned), maps.Clone(r.Counts), maps.Clone(r.Read)
	r.Overrides, r.Limits = slices.Clone(r.Overrides), slices.Clone(r.Limits)
}

func (c *copier) failure(f *state.Failure) {
	if c.taking {
		moments(&f.First, &f.Last, &f.NotBefore)
	}
}

func (c *copier) erasure(e *state.Erasure) {
	if c.taking {
		moments(&e.At)
	}
}

func (c *copier) page(p *state.Page) {
	if c.taking {
		moments(&p.At)
	}
	p.Lines = slices.Clone(p.Lines)
}

// event copies an event. One that is taken in becomes what JSON makes of it, unless it is that already.
func (c *copier) event(e state.Event) state.Event {
	if len(e) == 0 {
		return nil
	}
	if !c.taking || plain(e) {
		return copied(map[string]any(e)).(map[string]any)
	}
	text, err := json.Marshal(e)
	var made state.Event
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	if err != nil && c.err == nil {
		c.err = err
	}
	return made
}

// plain reports whether an event has only values that JSON leaves as they are.
func plain(e state.Event) bool {
	for _, v := range e {
		switch v := v.(type) {
		case nil, string, bool:
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// copied gives a deep copy of a value that JSON made.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		own := make(map[string]any, len(v))
		for key, inner := range v {
			own[key] = copied(inner)
		}
		return own
	case []any:
		own := make([]any, len(v))
		for i, inner := range v {
			own[i] = copied(inner)
		}
		return own
	}
	return v
}
