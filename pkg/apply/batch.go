package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// standardBatch is how many items go into one write of a connector that takes any number: small enough to record often.
const standardBatch = 1000

// carryOut does operations in batches of the same verb and place, in the plan's order. It stops between batches.
func (r *runner) carryOut(ctx context.Context, operations []int) error {
	type target struct {
		verb  connector.Verb
		place connector.Place
	}
	var order []target
	groups := map[target][]int{}
	for _, i := range operations {
		o := &r.Plan.Operations[i]
		t := target{o.Verb, o.Place()}
		if groups[t] == nil {
			order = append(order, t)
		}
		groups[t] = append(groups[t], i)
	}
	for _, t := range order {
		for group := groups[t]; len(group) > 0; {
			if r.stopping(ctx) {
				return errStopped
			}
			size := r.Plan.Operations[group[0]].Batch
			if size == 0 {
				size = standardBatch
			}
			size = min(size, len(group))
			if err := r.batch(ctx, group[:size]); err != nil {
				return err
			}
			group = group[size:]
		}
	}
	return nil
}

// batch writes one batch, as far as it is still as the plan saw it: intent before, outcome after.
func (r *runner) batch(ctx context.Context, group []int) error {
	if still := r.unmoved(ctx, group); len(still) > 0 {
		if err := r.writeBatch(ctx, still); err != nil {
			return err
		}
	}
	r.done += len(group)
	r.Session.Progress(fmt.Sprintf("%d of %d operations", r.done, r.total))
	if r.Progress != nil {
		r.Progress(r.done, r.total)
	}
	return nil
}

func (r *runner) writeBatch(ctx context.Context, group []int) error {
	if err := r.intend(ctx, group); err != nil {
		return err
	}
	outcomes, err := r.write(ctx, group)
	var changes transaction
	for n, i := range group {
		r.settle(ctx, &changes, i, outcomes[n], err)
		r.refusal(&changes, i)
	}
	r.journalEnd(&changes, group)
	if err := r.commit(ctx, &changes); err != nil {
		return fmt.Errorf("recording outcomes: %w", err)
	}
	return nil
}

// intend keeps durably what is about to be done: the intent of effects, and that whom it adds is playctl's. Without the latter a crash
// between the write and its record would make a stranger of somebody that playctl put there, whom nothing would ever take out again.
func (r *runner) intend(ctx context.Context, group []int) error {
	var changes transaction
	r.journalIntent(&changes, group)
	for _, i := range group {
		switch o := &r.Plan.Operations[i]; o.Verb {
		case connector.Send, connector.Task:
			r.effects[o.EffectKey]++
			changes.Effects = append(changes.Effects, r.effect(o, state.Intended, connector.Outcome{}))
		case connector.Add:
			r.before[i] = r.mean(&changes, o)
		}
	}
	err := r.commit(ctx, &changes)
	if err == nil || kept(err) {
		for _, i := range group {
			r.intended[i] = true
		}
	}
	if err != nil {
		return fmt.Errorf("recording intents: %w", err)
	}
	return nil
}

func (r *runner) effect(o *plan.Operation, status state.EffectStatus, out connector.Outcome) state.Effect {
	e := state.Effect{Key: o.EffectKey, Play: o.Play, Step: o.Step, Connector: o.Connector, Action: o.Target.Kind, Record: o.Record, Status: status,
		Receipt: out.Receipt, Reason: out.Reason, Attempts: r.effects[o.EffectKey], At: r.Now(), Run: r.Input.Run.ID, Member: o.Member}
	return e
}

// write calls the connector. It always gives one outcome an item.
func (r *runner) write(ctx context.Context, group []int) ([]connector.Outcome, error) {
	first := &r.Plan.Operations[group[0]]
	out := make([]connector.Outcome, len(group))
	writer, ok := connector.As[connector.Writer](r.Connectors[first.Connector])
	if !ok {
		return out, &connector.NotBegunError{Err: fmt.Errorf("connector %s can't write", first.Connector)}
	}
	b := connector.Batch{Verb: first.Verb, Target: first.Target}
	spec := r.Connectors[first.Connector].Describe()
	for _, i := range group {
		o := &r.Plan.Operations[i]
		b.Items = append(b.Items, connector.Item{ID: o.ID, Key: spec.Mark(r.State.Meta.Lineage, o.EffectKey), Fields: o.Fields,
			Source: connector.Source{Play: o.Play, Step: o.Step, Record: o.Record.Key}})
	}
	outcomes, err := leaving(ctx, func() ([]connector.Outcome, error) { return writer.Write(ctx, b) })
	copy(out, outcomes)
	if err == nil && len(outcomes) != len(group) {
		err = fmt.Errorf("connector %s answered for %d of %d items", first.Connector, len(outcomes), len(group))
	}
	return out, err
}

// redact takes out of what a system says what may not be kept.
func (r *runner) redact(text string) string {
	if r.Redact == nil || text == "" {
		return text
	}
	return r.Redact(text)
}

// settle notes what became of one operation, and what is held since.
func (r *runner) settle(ctx context.Context, changes *transaction, i int, out connector.Outcome, err error) {
	o := &r.Plan.Operations[i]
	out.Reason = r.redact(out.Reason)
	result := Outcome{Reason: out.Reason, Receipt: out.Receipt}
	status := state.InDoubt
	switch out.Status {
	case connector.Done:
		result.Status, status = Done, state.Happened
	case connector.Already:
		result.Status, status = Already, state.Happened
	case connector.Rejected:
		result.Status, status = Failed, state.Refused
	case connector.Later:
		result.Status, status = Later, state.Refused
	case connector.InDoubt:
		result.Status = InDoubt
	default:
		var notBegun *connector.NotBegunError
		result.Status = InDoubt
		if errors.As(err, &notBegun) {
			result.Status, result.Unasked, status = Failed, true, state.Refused
			if ctx.Err() != nil {
				result.Status = Skipped
			}
		}
		if err != nil {
			result.Reason = r.redact(err.Error())
			out.Reason = result.Reason
		}
	}
	if status == state.Refused && r.doubted[o.EffectKey] && o.Verb != connector.Cancel { // what became of this try says nothing of the one before
		result = Outcome{Status: InDoubt, Reason: "an earlier try may have done it, and this one did not: " + result.Reason}
		status, out.Reason = state.InDoubt, result.Reason
	}
	r.result.Outcomes[i] = result
	switch o.Verb {
	case connector.Send, connector.Task:
		changes.Effects = append(changes.Effects, r.effect(o, status, out))
		r.keepTask(changes, o, status, out.Receipt)
	case connector.Cancel:
		r.keepTask(changes, o, status, o.Task.Receipt)
	case connector.Add:
		r.settleAdd(changes, i, result.Status)
	default:
		if result.Status == Done || result.Status == Already {
			r.holdAll(changes, o)
		}
	}
}

// keepTask keeps a task that was made or taken back, in the same transaction as that.
func (r *runner) keepTask(changes *transaction, o *plan.Operation, status state.EffectStatus, receipt string) {
	if o.Task == nil || status != state.Happened {
		return
	}
	task := *o.Task
	task.Receipt = receipt
	if o.Verb == connector.Task {
		task.Status = state.TaskOpen
	}
	changes.Tasks = append(changes.Tasks, task)
}

// settleAdd notes whether somebody who was meant to be added is held. One who was there already, and not by an earlier try, is a
// stranger: playctl may keep it, and never takes it out. While the write is in doubt it stays meant.
func (r *runner) settleAdd(changes *transaction, i int, status Status) {
	o, before := &r.Plan.Operations[i], r.before[i]
	delete(r.before, i)
	key := keyOf(&o.Holds[0].Held)
	switch status {
	case Done:
		r.holdAll(changes, o)
	case Already:
		r.holdAll(changes, o)
		if before == nil || !before.Ours {
			h := *r.held[key]
			h.Ours, h.Added = false, false
			r.note(changes, key, &h)
			if len(h.Keepers) == 0 {
				r.note(changes, key, nil)
			}
		}
	case Failed, Later, Skipped:
		r.note(changes, key, before)
	}
}

func (r *runner) holdAll(changes *transaction, o *plan.Operation) {
	for n := range o.Holds {
		r.hold(changes, &o.Holds[n])
	}
}
