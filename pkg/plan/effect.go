package plan

import (
	"fmt"
	"maps"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// effects plans what is to be sent and what people are to be given to do: never what has happened. Tasks that nobody needs any more are
// taken back.
func (b *builder) effects() {
	lost := map[string]int{} // tasks to be taken back, by a connector that is not there
	for i := range b.wants {
		w := &b.wants[i]
		switch {
		case !b.active(i) || w.Passive:
		case w.Verb == connector.Send || w.Verb == connector.Task:
			b.effect(i)
		case w.Verb == connector.Cancel && b.Connectors[w.Connector] == nil:
			lost[w.Connector]++
		case w.Verb == connector.Cancel:
			b.cancel(i)
		}
	}
	for name, n := range lost {
		b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf("%d open tasks can't be taken back: connector %s is not in the playbook", n, name))
	}
}

// effect plans one thing that happens once.
func (b *builder) effect(i int) {
	w := &b.wants[i]
	attempts := 0
	if e := b.effectOf(w.Key); e != nil {
		if e.Status == state.Happened {
			b.plan.NoOps++
			b.adopt(i, e)
			return
		}
		attempts = e.Attempts
	}
	place := placeOf(w)
	b.add(i, Operation{Verb: w.Verb, Connector: w.Connector, Target: place.Collection, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step,
		Lane: w.Lane, Certainty: Known, Fields: w.Fields, Member: w.Member, EffectKey: w.Key, Attempts: attempts, Attached: w.Attached,
		Task: w.Task, Key: OperationKey(w.Verb, place, w.Record, w.Key), Digest: b.digest(w.Verb.String(), place.String(), w.ID, content(w))})
}

// content is what of an effect a saved plan approves. When a task is due is counted from when it is made, and not approved.
func content(w *journey.Want) string {
	if _, due := w.Fields[connector.TaskDue]; w.Verb != connector.Task || !due {
		return payload(w.Fields)
	}
	fields := maps.Clone(w.Fields)
	delete(fields, connector.TaskDue)
	return payload(fields)
}

// adopt has a task kept with its move that an earlier run made and did not come to record.
func (b *builder) adopt(i int, made *state.Effect) {
	w, move := &b.wants[i], b.ties[i]
	if w.Task == nil || move == nil || b.taskOf(w.Key) != nil {
		return
	}
	task := *w.Task
	task.Status, task.Receipt = state.TaskOpen, made.Receipt
	move.Tasks = append(move.Tasks, task)
}

// cancel plans to take back a task, unless it is open no more.
func (b *builder) cancel(i int) {
	w := &b.wants[i]
	open := b.taskOf(w.Key)
	if open == nil || open.Status != state.TaskOpen {
		b.plan.NoOps++
		return
	}
	if b.stuck[w.Member] {
		return // it has not left
	}
	var parting []string
	if b.parting[w.Member] {
		parting = []string{w.Member}
	}
	task, place := *open, placeOf(w)
	task.Status, task.DoneAt = state.TaskCancelled, b.At
	b.add(i, Operation{Verb: connector.Cancel, Connector: w.Connector, Target: place.Collection, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step,
		Lane: w.Lane, Certainty: Known, Member: w.Member, EffectKey: w.Key, Task: &task, Parting: parting, Key: OperationKey(connector.Cancel, place, w.Record, w.Key),
		Digest: b.digest("cancel", place.String(), w.Key)})
}

// Title gives the text of a task's title; "" for other verbs.
func (o *Operation) Title() string {
	if o.Verb != connector.Task {
		return ""
	}
	return connector.Text(o.Fields[connector.TaskTitle])
}

// Label names what the operation acts on, in words: ads.audience "Early intent", crm.company, crm.task "Call Acme".
func (o *Operation) Label() string {
	if title := o.Title(); title != "" {
		return o.Place().Title() + ` "` + title + `"`
	}
	return o.Place().Title()
}

// Assignee gives who is to do a task, as its role says; "" for nobody and for other verbs.
func (o *Operation) Assignee() string {
	if o.Verb != connector.Task {
		return ""
	}
	return connector.Text(o.Fields[connector.TaskAssignee])
}

// Role gives the name of the role that is to do a task.
func (o *Operation) Role() string {
	if o.Verb != connector.Task {
		return ""
	}
	return connector.Text(o.Fields[connector.TaskRole])
}
