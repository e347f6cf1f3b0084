package flow

import (
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// adder is an add step that was done for a record. An empty name may be any, and so may an empty connector: what a play did that is in the
// playbook no more.
type adder struct{ connector, kind, name, record string }

// adders are who was added for good by whose steps, which what is held does not tell.
type adders map[adder]bool

// note adds what a member's steps did. play is nil for one that is gone.
func (a adders) note(play *playbook.Play, m *state.Member) {
	a.track(play, m.Done, m.Record.Key)
	for i := range m.Lanes {
		a.track(play, m.Lanes[i].Done, m.Lanes[i].Record.Key)
	}
}

func (a adders) track(play *playbook.Play, done []state.StepDone, own string) {
	for i := range done {
		at := adder{}
		if play != nil {
			s := play.Step(done[i].ID)
			if s == nil || s.Verb != playbook.Add {
				continue
			}
			at.connector, at.kind = s.Connector, s.Object
			at.name, _ = s.Name.Constant()
		}
		records := done[i].Records
		if len(records) == 0 {
			records = []string{own}
		}
		for _, key := range records {
			at.record = key
			a[at] = true
		}
	}
}

// may reports whether one of the steps may have added an operation's record to its collection.
func (a adders) may(o *audit.Operation) bool {
	key := o.Record.Key
	return a[adder{o.Connector, o.Kind, o.Name, key}] || a[adder{o.Connector, o.Kind, "", key}] || a[adder{record: key}]
}
