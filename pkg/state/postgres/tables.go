package postgres

import (
	"cmp"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// The tables, as in package sqlite, with the types of Postgres: times are timestamptz, durations nanoseconds, lists JSON.

// meta is the row of the table meta.
type meta struct {
	state.Meta
	commits int64 // grows with every commit but those of a run's record alone: tells whether a backup is of just this
	writes  int64 // grows with every commit: tells whether somebody wrote since
}

var metas = table[meta]{
	name: "meta", key: 1,
	columns: []string{"lineage", "version", "serial", "playbook", "salt", "created", "commits", "writes", "moved_to", "environment"},
	cells: func(m *meta) []any {
		return []any{&m.Lineage, &m.Version, &m.Serial, &m.Playbook, &m.Salt, &m.Created, &m.commits, &m.writes, &m.MovedTo, &m.Environment}
	},
	order: func(a, b *meta) int { return strings.Compare(a.Lineage, b.Lineage) },
}

var plays = table[state.Play]{
	name: "plays", key: 1,
	columns: []string{"name", "first_at", "batch_at", "events_to", "paused_at", "definition"},
	cells: func(p *state.Play) []any {
		return []any{&p.Name, &p.FirstAt, &p.BatchAt, &p.EventsTo, &p.PausedAt, &p.Definition}
	},
	order: func(a, b *state.Play) int { return strings.Compare(a.Name, b.Name) },
}

var members = table[state.Member]{
	name: "members", key: 1,
	columns: []string{"key", "play", "entity", "record", "per", "number", "entered_by", "entered_at", "enrolled_from", "held_out", "step",
		"step_at", "due", "reached", "done", "lanes", "event", "frozen", "resumed_at", "missing_since", "ended_at", "outcome", "reason", "run"},
	cells: func(m *state.Member) []any {
		return []any{&m.Key, &m.Play, &m.Record.Entity, &m.Record.Key, &m.Per, &m.Number, (*string)(&m.By), &m.EnteredAt, &m.From, &m.HeldOut, &m.Step,
			&m.StepAt, &m.Due, &m.Reached, &m.Done, &m.Lanes, &m.Event, &m.Frozen, &m.ResumedAt, &m.MissingSince, &m.EndedAt, (*string)(&m.Outcome), &m.Reason, &m.Run}
	},
	order: state.CompareMembers,
}

var truths = table[state.Truth]{
	name: "truths", key: 2,
	columns: []string{"play", "key"},
	cells:   func(t *state.Truth) []any { return []any{&t.Play, &t.Key} },
	order:   state.CompareTruths,
}

var held = table[state.Held]{
	name: "held", key: 4,
	columns: []string{"connector", "kind", "name", "token", "entity", "record", "ours", "added", "since", "keepers"},
	cells: func(h *state.Held) []any {
		return []any{&h.Connector, &h.Kind, &h.Name, &h.Token, &h.Record.Entity, &h.Record.Key, &h.Ours, &h.Added, &h.Since, &h.Keepers}
	},
	order: state.CompareHeld,
}

var effects = table[state.Effect]{
	name: "effects", key: 1,
	columns: []string{"key", "member", "play", "step", "connector", "action", "entity", "record", "status", "receipt", "reason", "attempts", "at", "run"},
	cells: func(e *state.Effect) []any {
		return []any{&e.Key, &e.Member, &e.Play, &e.Step, &e.Connector, &e.Action, &e.Record.Entity, &e.Record.Key, (*string)(&e.Status), &e.Receipt, &e.Reason,
			&e.Attempts, &e.At, &e.Run}
	},
	order: func(a, b *state.Effect) int { return strings.Compare(a.Key, b.Key) },
}

var tasks = table[state.Task]{
	name: "tasks", key: 1,
	columns: []string{"key", "member", "play", "step", "lane", "connector", "kind", "entity", "record", "role", "assignee", "receipt", "status", "outcome",
		"answers", "assigned", "due_at", "sla_at", "timeout_at", "touched_at", "done_at", "breached_at", "took", "took_working"},
	cells: func(t *state.Task) []any {
		return []any{&t.Key, &t.Member, &t.Play, &t.Step, &t.Lane, &t.Connector, &t.Kind, &t.Record.Entity, &t.Record.Key, &t.Role, &t.Assignee, &t.Receipt,
			(*string)(&t.Status), &t.Outcome, &t.Answers, &t.Assigned, &t.DueAt, &t.SLAAt, &t.TimeoutAt, &t.TouchedAt, &t.DoneAt, &t.Breached, &t.Took, &t.TookWorking}
	},
	order: func(a, b *state.Task) int { return strings.Compare(a.Key, b.Key) },
}

var seen = table[state.Seen]{
	name: "seen", key: 3,
	columns: []string{"entity", "record", "field", "value"},
	cells:   func(s *state.Seen) []any { return []any{&s.Record.Entity, &s.Record.Key, &s.Field, &s.Value} },
	order: func(a, b *state.Seen) int {
		return cmp.Or(state.CompareRecords(a.Record, b.Record), strings.Compare(a.Field, b.Field))
	},
}

var changes = table[state.Change]{
	name: "changes", key: 4,
	columns: []string{"entity", "record", "field", "at", "was", "became"},
	cells: func(c *state.Change) []any {
		return []any{&c.Record.Entity, &c.Record.Key, &c.Field, (*instant)(&c.At), &c.From, &c.To}
	},
	order: func(a, b *state.Change) int {
		return cmp.Or(state.CompareRecords(a.Record, b.Record), strings.Compare(a.Field, b.Field), a.At.Compare(b.At))
	},
}

var failures = table[state.Failure]{
	name: "failures", key: 1,
	columns: []string{"key", "verb", "connector", "kind", "name", "entity", "record", "play", "step", "lane", "member", "reason", "attempts", "first", "last",
		"not_before", "run"},
	cells: func(f *state.Failure) []any {
		return []any{&f.Key, &f.Verb, &f.Connector, &f.Kind, &f.Name, &f.Record.Entity, &f.Record.Key, &f.Play, &f.Step, &f.Lane, &f.Member, &f.Reason, &f.Attempts,
			&f.First, &f.Last, &f.NotBefore, &f.Run}
	},
	order: func(a, b *state.Failure) int { return strings.Compare(a.Key, b.Key) },
}

var erased = table[state.Erasure]{
	name: "erased", key: 1,
	columns: []string{"mark", "at", "run"},
	cells:   func(e *state.Erasure) []any { return []any{&e.Mark, &e.At, &e.Run} },
	order:   func(a, b *state.Erasure) int { return strings.Compare(a.Mark, b.Mark) },
}

var runs = table[state.Run]{
	name: "runs", key: 1,
	columns: []string{"id", "serial", "operation", "environment", "started", "finished", "status", "by", "plan", "digest", "approved", "overrides", "limits",
		"revision", "playbook", "planned", "counts", "read", "message"},
	cells: func(r *state.Run) []any {
		return []any{&r.ID, &r.Serial, (*string)(&r.Operation), &r.Environment, &r.Started, &r.Finished, (*string)(&r.Status), &r.By, &r.Plan, &r.Digest, &r.Approved, &r.Overrides,
			&r.Limits, &r.Revision, &r.Playbook, &r.Planned, &r.Counts, &r.Read, &r.Message}
	},
	order: func(a, b *state.Run) int { return cmp.Or(cmp.Compare(a.Serial, b.Serial), strings.Compare(a.ID, b.ID)) },
}

// sheet is a page of the journal as it is kept.
type sheet struct {
	run  string
	seq  int
	body string // [state.EncodePage]
}

var journals = table[sheet]{
	name: "journal", key: 2,
	columns: []string{"run", "seq", "body"},
	cells:   func(s *sheet) []any { return []any{&s.run, &s.seq, &s.body} },
	order:   func(a, b *sheet) int { return cmp.Or(strings.Compare(a.run, b.run), cmp.Compare(a.seq, b.seq)) },
}

// counted are the tables whose rows are counted and summed up in the table sums.
var counted = []relation{&plays, &members, &truths, &held, &effects, &tasks, &seen, &changes, &failures, &erased, &runs, &journals}
