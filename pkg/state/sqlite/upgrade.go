package sqlite

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// oldest is the oldest form that is read, and upgraded by the first commit:
//
//	1  had no tasks, and of plays and members the columns of plays1 and members1 only
//	2  had no failures, nothing erased, no journal, and of meta, members and runs the columns of metas2, members2 and runs2 only
const oldest = 1

// withJournal is the first form with a journal.
const withJournal = 3

// forms are the tables that differ from form to form; nil where a form has none.
type forms struct {
	metas    *table[meta]
	plays    *table[state.Play]
	members  *table[state.Member]
	tasks    *table[state.Task]
	runs     *table[state.Run]
	failures *table[state.Failure]
	erased   *table[state.Erasure]
}

func formsOf(form int64) forms {
	switch form {
	case 1:
		return forms{metas: &metas2, plays: &plays1, members: &members1, runs: &runs2}
	case 2:
		return forms{metas: &metas2, plays: &plays, members: &members2, tasks: &tasks, runs: &runs2}
	}
	return forms{&metas, &plays, &members, &tasks, &runs, &failures, &erased}
}

var metas2 = table[meta]{
	name: metas.name,
	key:  metas.key,
	rest: []string{"serial", "playbook", "salt", "created", "commits"},
	get: func(d *decoder) meta {
		m := state.Meta{Version: state.Version, Lineage: d.text(), Serial: d.number(), Playbook: d.text(), Salt: d.text(), Created: d.moment()}
		return meta{Meta: m, commits: d.number()}
	},
}

var runs2 = table[state.Run]{
	name: runs.name,
	key:  runs.key,
	rest: []string{"serial", "started", "finished", "status", "by", "plan", "playbook", "counts", "message"},
	get: func(d *decoder) state.Run {
		r := state.Run{ID: d.text(), Serial: d.number(), Started: d.moment(), Finished: d.moment(), Status: state.RunStatus(d.word()),
			By: d.optional(), Plan: d.optional()}
		d.object(&r.Playbook)
		d.object(&r.Counts)
		r.Message = d.optional()
		return r
	},
	sort: compareRuns,
}

var plays1 = table[state.Play]{
	name: plays.name,
	key:  plays.key,
	rest: []string{"first_at", "batch_at", "events_to", "definition"},
	get: func(d *decoder) state.Play {
		return state.Play{Name: d.text(), FirstAt: d.moment(), BatchAt: d.moment(), EventsTo: d.moment(), Definition: d.text()}
	},
}

var members1 = table[state.Member]{
	name: members.name,
	key:  members.key,
	rest: []string{"play", "entity", "record", "per", "number", "entered_by", "entered_at", "held_out", "step", "step_at", "done", "event",
		"missing_since", "ended_at", "outcome", "reason"},
	get: func(d *decoder) state.Member {
		m := state.Member{Key: d.text(), Play: d.word(), Record: d.record(), Per: d.optional(), Number: int(d.number()),
			By: state.Entry(d.word()), EnteredAt: d.moment(), HeldOut: d.flag()}
		m.Step, m.StepAt, m.Done = d.optionalWord(), d.moment(), d.done()
		d.object(&m.Event)
		m.MissingSince, m.EndedAt = d.moment(), d.moment()
		m.Outcome, m.Reason = state.Outcome(d.optionalWord()), d.optionalWord()
		return m
	},
	sort: state.CompareMembers,
}

var members2 = table[state.Member]{
	name: members.name,
	key:  members.key,
	rest: members.rest[:len(members.rest)-1],
	get:  decodeMember2,
	sort: state.CompareMembers,
}

// upgrade brings a file of an older form to the present one, all of it or nothing. The rows are made anew, since their checksums are over
// every column.
func (c *conn) upgrade(ctx context.Context) error {
	form, err := c.number(ctx, "PRAGMA user_version")
	if err != nil || form == state.Version {
		return err
	}
	err = c.transact(ctx, func(ctx context.Context) error { return remake(ctx, c, form) })
	if err == nil {
		c.form = state.Version
	}
	return err
}

// remake replaces the tables of an older form, in an open transaction. The members keep the order in which they came.
func remake(ctx context.Context, c *conn, form int64) error {
	old := formsOf(form)
	steps := []func() error{
		func() error { return move(ctx, c, old.runs, &runs, runsSchema) },
		func() error { return move(ctx, c, old.members, &members, membersSchema) },
	}
	if form == 1 {
		steps = append(steps, func() error { return move(ctx, c, old.plays, &plays, playsSchema) },
			func() error { return c.exec(ctx, tasksSchema) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if err := c.exec(ctx, newSchema+fmt.Sprintf("PRAGMA user_version = %d", state.Version)); err != nil {
		return err
	}
	if err := move(ctx, c, old.metas, &metas, metaSchema); err != nil {
		return err
	}
	m, err := metas.rows(ctx, c)
	if err == nil && len(m) == 1 {
		m[0].counts, err = c.count(ctx)
	}
	if err != nil {
		return err
	}
	return metas.write(ctx, c, m)
}

// move makes a table anew in its present form.
func move[T any](ctx context.Context, c *conn, old, now *table[T], schema string) error {
	kept, err := old.rows(ctx, c)
	if err != nil {
		return err
	}
	if err := c.exec(ctx, "DROP TABLE "+now.name+";"+schema); err != nil {
		return err
	}
	return now.write(ctx, c, kept)
}
