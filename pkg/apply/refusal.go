package apply

import "github.com/playctl/playctl/pkg/state"

// refusal keeps that an operation was refused, or forgets it once it was done. What counts is that the system was asked and refuses this
// item: one that asks to come again, or could not be asked, says nothing about it. A step that goes on without what was refused does not
// try again.
func (r *runner) refusal(changes *transaction, n int) {
	o, out := &r.Plan.Operations[n], &r.result.Outcomes[n]
	known := r.failures[o.Key]
	switch {
	case out.Status == Failed && !out.Unasked && !r.goesOn[n]:
		f := state.Failure{Key: o.Key, Verb: o.Verb.String(), Connector: o.Connector, Kind: o.Target.Kind, Name: o.Target.Name, Record: o.Record, Play: o.Play,
			Step: o.Step, Lane: o.Lane, Member: o.Member}
		if known != nil {
			f.Attempts, f.First = known.Attempts, known.First
		}
		f.Refuse(out.Reason, r.Input.Run.ID, r.Plan.At) // by the clock by which the next run asks whether it is due
		changes.Failures = append(changes.Failures, f)
	case known != nil && (out.Status == Done || out.Status == Already || out.Status == Failed && r.goesOn[n]):
		changes.FailuresGone = append(changes.FailuresGone, o.Key)
	}
}

// going tells which operations belong to steps that go on without them.
func (r *runner) going() map[int]bool {
	out := map[int]bool{}
	for move := range r.Plan.Moves() {
		for _, n := range move.Operations {
			if move.Continue {
				out[n] = true
			}
		}
	}
	return out
}
