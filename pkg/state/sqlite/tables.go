package sqlite

import (
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// meta is the row of the table meta.
type meta struct {
	state.Meta
	commits int64
	counts  counts
}

var metas = table[meta]{
	name: "meta",
	key:  []string{"lineage"},
	rest: []string{"serial", "playbook", "salt", "created", "commits", "counts", "moved_to", "environment"},
	id:   func(e *encoder, m *meta) { e.text(m.Lineage) },
	body: func(e *encoder, m *meta) {
		e.number(m.Serial)
		e.text(m.Playbook)
		e.text(m.Salt)
		e.moment(m.Created)
		e.number(m.commits)
		e.object(len(m.counts), m.counts.object())
		e.optional(m.MovedTo)
		e.optional(m.Environment)
	},
	get: func(d *decoder) meta {
		m := state.Meta{Version: state.Version, Lineage: d.text(), Serial: d.number(), Playbook: d.text(), Salt: d.text(), Created: d.moment()}
		out := meta{Meta: m, commits: d.number(), counts: d.counts()}
		out.MovedTo, out.Environment = d.optional(), d.optional()
		return out
	},
}

var plays = table[state.Play]{
	name: "plays",
	key:  []string{"name"},
	rest: []string{"first_at", "batch_at", "events_to", "paused_at", "definition"},
	id:   func(e *encoder, p *state.Play) { e.text(p.Name) },
	body: func(e *encoder, p *state.Play) {
		e.moment(p.FirstAt)
		e.moment(p.BatchAt)
		e.moment(p.EventsTo)
		e.moment(p.PausedAt)
		e.text(p.Definition)
	},
	get: func(d *decoder) state.Play {
		return state.Play{Name: d.text(), FirstAt: d.moment(), BatchAt: d.moment(), EventsTo: d.moment(), PausedAt: d.moment(), Definition: d.text()}
	},
}

var members = table[state.Member]{
	name: "members",
	key:  []string{"key"},
	rest: []string{"play", "entity", "record", "per", "number", "entered_by", "entered_at", "enrolled_from", "held_out", "step",
		"step_at", "due", "reached", "done", "lanes", "event", "frozen", "resumed_at", "missing_since", "ended_at", "outcome", "reason", "run"},
	id:   func(e *encoder, m *state.Member) { e.text(m.Key) },
	body: encodeMember,
	get:  decodeMember,
	sort: state.CompareMembers,
}

func encodeMember(e *encoder, m *state.Member) {
	e.text(m.Play)
	e.record(m.Record)
	e.optional(m.Per)
	e.number(int64(m.Number))
	e.text(string(m.By))
	e.moment(m.EnteredAt)
	e.optional(m.From)
	e.flag(m.HeldOut)
	e.optional(m.Step)
	e.moment(m.StepAt)
	e.moment(m.Due)
	e.list(len(m.Reached), func(b []byte) []byte { return appendTexts(b, m.Reached) })
	e.list(len(m.Done), func(b []byte) []byte { return e.appendDone(b, m.Done) })
	e.list(len(m.Lanes), func(b []byte) []byte { return e.appendLanes(b, m.Lanes) })
	e.object(len(m.Event), m.Event)
	e.duration(m.Frozen)
	e.moment(m.ResumedAt)
	e.moment(m.MissingSince)
	e.moment(m.EndedAt)
	e.optional(string(m.Outcome))
	e.optional(m.Reason)
	e.optional(m.Run)
}

func decodeMember(d *decoder) state.Member {
	m := decodeMember2(d)
	m.Run = d.optionalWord()
	return m
}

// decodeMember2 reads the columns that a member has in form 2 too.
func decodeMember2(d *decoder) state.Member {
	m := state.Member{Key: d.text(), Play: d.word(), Record: d.record(), Per: d.optional(), Number: int(d.number()), By: state.Entry(d.word()),
		EnteredAt: d.moment(), From: d.optional(), HeldOut: d.flag()}
	m.Step, m.StepAt, m.Due, m.Reached, m.Done = d.optionalWord(), d.moment(), d.moment(), d.reached(), d.done()
	m.Lanes = d.lanes()
	d.object(&m.Event)
	m.Frozen, m.ResumedAt, m.MissingSince = d.duration(), d.moment(), d.moment()
	m.EndedAt, m.Outcome, m.Reason = d.moment(), state.Outcome(d.optionalWord()), d.optionalWord()
	return m
}

var truths = table[state.Truth]{
	name: "truths",
	key:  []string{"play", "key"},
	id: func(e *encoder, t *state.Truth) {
		e.text(t.Play)
		e.text(t.Key)
	},
	body: func(*encoder, *state.Truth) {},
	get:  func(d *decoder) state.Truth { return state.Truth{Play: d.word(), Key: d.text()} },
}

var held = table[state.Held]{
	name: "held",
	key:  []string{"connector", "kind", "name", "token"},
	rest: []string{"entity", "record", "ours", "added", "since", "keepers"},
	id: func(e *encoder, h *state.Held) {
		e.text(h.Connector)
		e.text(h.Kind)
		e.text(h.Name)
		e.text(h.Token)
	},
	body: func(e *encoder, h *state.Held) {
		e.record(h.Record)
		e.flag(h.Ours)
		e.flag(h.Added)
		e.moment(h.Since)
		e.list(len(h.Keepers), func(b []byte) []byte { return appendKeepers(b, h.Keepers) })
	},
	get: func(d *decoder) state.Held {
		return state.Held{Connector: d.word(), Kind: d.word(), Name: d.word(), Token: d.text(), Record: d.record(), Ours: d.flag(),
			Added: d.flag(), Since: d.moment(), Keepers: d.keptFor()}
	},
}

var effects = table[state.Effect]{
	name: "effects",
	key:  []string{"key"},
	rest: []string{"member", "play", "step", "connector", "action", "entity", "record", "status", "receipt", "reason", "attempts", "at", "run"},
	id:   func(e *encoder, f *state.Effect) { e.text(f.Key) },
	body: func(e *encoder, f *state.Effect) {
		e.text(f.Member)
		e.text(f.Play)
		e.text(f.Step)
		e.text(f.Connector)
		e.text(f.Action)
		e.record(f.Record)
		e.text(string(f.Status))
		e.optional(f.Receipt)
		e.optional(f.Reason)
		e.number(int64(f.Attempts))
		e.moment(f.At)
		e.text(f.Run)
	},
	get: func(d *decoder) state.Effect {
		return state.Effect{Key: d.text(), Member: d.text(), Play: d.word(), Step: d.word(), Connector: d.word(), Action: d.word(),
			Record: d.record(), Status: state.EffectStatus(d.word()), Receipt: d.optional(), Reason: d.optional(), Attempts: int(d.number()),
			At: d.moment(), Run: d.word()}
	},
	sort: func(a, b *state.Effect) int { return strings.Compare(a.Key, b.Key) },
}

var tasks = table[state.Task]{
	name: "tasks",
	key:  []string{"key"},
	rest: []string{"member", "play", "step", "lane", "connector", "kind", "entity", "record", "role", "assignee", "receipt", "status", "outcome",
		"answers", "assigned", "due_at", "sla_at", "timeout_at", "touched_at", "done_at", "breached_at", "took", "took_working"},
	id:   func(e *encoder, t *state.Task) { e.text(t.Key) },
	body: encodeTask,
	get:  decodeTask,
	sort: func(a, b *state.Task) int { return strings.Compare(a.Key, b.Key) },
}

func encodeTask(e *encoder, t *state.Task) {
	e.text(t.Member)
	e.text(t.Play)
	e.text(t.Step)
	e.optional(t.Lane)
	e.text(t.Connector)
	e.text(t.Kind)
	e.record(t.Record)
	e.optional(t.Role)
	e.optional(t.Assignee)
	e.optional(t.Receipt)
	e.text(string(t.Status))
	e.optional(t.Outcome)
	e.object(len(t.Answers), t.Answers)
	for _, at := range []time.Time{t.Assigned, t.DueAt, t.SLAAt, t.TimeoutAt, t.TouchedAt, t.DoneAt, t.Breached} {
		e.moment(at)
	}
	e.duration(t.Took)
	e.duration(t.TookWorking)
}

func decodeTask(d *decoder) state.Task {
	t := state.Task{Key: d.text(), Member: d.text(), Play: d.word(), Step: d.word(), Lane: d.optional(), Connector: d.word(), Kind: d.word(),
		Record: d.record(), Role: d.optionalWord(), Assignee: d.optionalWord(), Receipt: d.optional(),
		Status: state.TaskStatus(d.word()), Outcome: d.optionalWord()}
	d.object(&t.Answers)
	for _, at := range []*time.Time{&t.Assigned, &t.DueAt, &t.SLAAt, &t.TimeoutAt, &t.TouchedAt, &t.DoneAt, &t.Breached} {
		*at = d.moment()
	}
	t.Took, t.TookWorking = d.duration(), d.duration()
	return t
}

var seen = table[state.Seen]{
	name: "seen",
	key:  []string{"entity", "record", "field"},
	rest: []string{"value"},
	id: func(e *encoder, s *state.Seen) {
		e.record(s.Record)
		e.text(s.Field)
	},
	body: func(e *encoder, s *state.Seen) { e.text(s.Value) },
	get:  func(d *decoder) state.Seen { return state.Seen{Record: d.record(), Field: d.word(), Value: d.text()} },
}

var changes = table[state.Change]{
	name: "changes",
	key:  []string{"entity", "record", "field", "at"},
	rest: []string{"was", "became"},
	id: func(e *encoder, c *state.Change) {
		e.record(c.Record)
		e.text(c.Field)
		e.instant(c.At)
	},
	body: func(e *encoder, c *state.Change) {
		e.text(c.From)
		e.text(c.To)
	},
	get: func(d *decoder) state.Change {
		c := state.Change{Record: d.record(), Field: d.word(), At: d.instant()}
		c.From, c.To = d.text(), d.text()
		return c
	},
}
