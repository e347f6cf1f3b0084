package sqlite

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// oldest is the oldest form that is read, and upgraded by the first commit:
//
//	1  had no tasks, and of plays and members the columns of plays1 and members1 only
const oldest = 1

// forms are the tables that differ from form to form; nil where a form has none.
type forms struct {
	plays   *table[state.Play]
	members *table[state.Member]
	tasks   *table[state.Task]
}

func formsOf(form int64) forms {
	if form == 1 {
		return forms{plays: &plays1, members: &members1}
	}
	return forms{&plays, &members, &tasks}
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

// upgrade brings a file of an older form to the present one, all of it or nothing. The rows are made anew, since their checksums are over
// every column.
func (c *conn) upgrade(ctx context.Context) error {
	form, err := c.number(ctx, "PRAGMA user_version")
	if err != nil || form == state.Version {
		return err
	}
	return c.transact(ctx, func(ctx context.Context) error { return remake(ctx, c, formsOf(form)) })
}

// remake replaces the tables of an older form, in an open transaction. The members keep the order in which they came.
func remake(ctx context.Context, c *conn, old forms) error {
	keptPlays, err := old.plays.rows(ctx, c)
	if err != nil {
		return err
	}
	keptMembers, err := old.members.rows(ctx, c)
	if err != nil {
		return err
	}
	replace := "DROP TABLE plays; DROP TABLE members;" + playsSchema + membersSchema + tasksSchema
	if err := c.exec(ctx, replace); err != nil {
		return err
	}
	if err := plays.write(ctx, c, keptPlays); err != nil {
		return err
	}
	if err := members.write(ctx, c, keptMembers); err != nil {
		return err
	}
	return c.exec(ctx, fmt.Sprintf("PRAGMA user_version = %d", state.Version))
}
