package plan

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Input is what a plan is built from.
type Input struct {
	Book       *playbook.Book
	State      *state.Snapshot // as the journey has it: plays and steps go by the names that they have now
	Journey    *journey.Result
	Facts      *connector.Facts
	Connectors map[string]connector.Connector
	// Identify gives the id by which a connector knows a record now, and whether it is known.
	Identify func(connector string, r state.Record) (string, bool)
	// Erased reports whether a record was forgotten; nil where none was.
	Erased func(state.Record) bool
	// Insist has operations tried that their systems refused before, due or given up: somebody asks for them by name.
	Insist  bool
	Limited bool // the run is limited to some plays or records
	At      time.Time
}

// builder is a plan being built.
type builder struct {
	*Input
	plan      *Plan
	wants     []journey.Want            // those of the journey, and after them what those for any collection come to
	specs     map[string]connector.Spec // by connector
	hasher    *state.Hasher
	sites     []*site // by place
	byPlace   map[connector.Place]*site
	last      *site                    // that was asked for
	contend   []int                    // see contenders
	members   map[string]*state.Member // before this run, by key: see member
	settled   map[string]*state.Effect // by the look-ups of this run, by key
	told      map[string]*state.Task   // of which this run was told something, by key
	conflicts map[[3]string]int        // places, winners and losers → position in the plan
	blocks    map[Blocked]int
	cut       *cutting
	ties      []*Move         // for each want: the move that waits for it, nil for none
	dropped   []bool          // wants of moves from a blocked one on
	orders    map[ofPlay]int  // positions of steps
	parting   map[string]bool // members that let go of something, and whose outcome only their moves bring
	stuck     map[string]bool // members that would end in this run, and are held up by what is blocked
	ending    map[string]bool // members that end in this run

	wanted []*slot          // for all that is held: who wants something of it, nil for nobody
	letGo  [][]state.Keeper // the keepers that want it no more
	taken  []bool           // somebody takes it over or takes it out, so that there is nothing to release
}

// ofPlay names a step.
type ofPlay struct{ play, step string }

// Build compares wants with facts.
func Build(in *Input) (*Plan, error) {
	b := newBuilder(in)
	b.plan = &Plan{Playbook: in.Book.Name, Environment: in.Book.Environment, Files: in.Book.Files, Lineage: in.State.Meta.Lineage,
		Serial: in.State.Meta.Serial, At: in.At, Plays: in.Journey.Plays, Transitions: in.Journey.Transitions, Problems: in.Journey.Problems,
		Waits: in.Journey.Waits, Warnings: slices.Clone(in.Journey.Warnings)}
	b.index()
	if err := b.missing(); err != nil {
		return nil, err
	}
	b.moving()
	b.claim(0)
	b.block()
	b.tie()
	b.lettingGo()
	b.anywhere()
	b.memberships()
	b.fields()
	b.effects()
	b.releases()
	b.unread()
	b.finish()
	b.refusals()
	return b.plan, nil
}

// newBuilder makes the builder of a plan.
func newBuilder(in *Input) *builder {
	held := len(in.State.Held)
	return &builder{Input: in, wants: slices.Clip(in.Journey.Wants), specs: map[string]connector.Spec{}, hasher: in.State.Meta.Hasher(),
		settled: map[string]*state.Effect{}, told: map[string]*state.Task{}, byPlace: map[connector.Place]*site{}, conflicts: map[[3]string]int{}, blocks: map[Blocked]int{}, dropped: make([]bool, len(in.Journey.Wants)),
		orders: map[ofPlay]int{}, ending: map[string]bool{}, parting: map[string]bool{}, stuck: map[string]bool{},
		wanted: make([]*slot, held), letGo: make([][]state.Keeper, held), taken: make([]bool, held)}
}

// index prepares look-ups.
func (b *builder) index() {
	for name, c := range b.Connectors {
		b.specs[name] = c.Describe()
	}
	for i := range b.plan.Transitions.Effects {
		b.settled[b.plan.Transitions.Effects[i].Key] = &b.plan.Transitions.Effects[i]
	}
	for i := range b.plan.Transitions.Tasks {
		b.told[b.plan.Transitions.Tasks[i].Key] = &b.plan.Transitions.Tasks[i]
	}
	fresh := 0
	for i := range b.wants {
		if !b.wants[i].Standing {
			fresh++
		}
	}
	b.plan.Operations = make([]Operation, 0, fresh)
	for i := range b.State.Held {
		if h := &b.State.Held[i]; len(h.Keepers) > 0 || h.Added || h.Loose() {
			b.plan.HeldTotal++
		}
	}
	for _, p := range b.Book.Plays {
		for i, s := range p.AllSteps() {
			b.orders[ofPlay{p.Name, s.ID}] = i
		}
	}
}

// order gives the position of a want's step in its play.
func (b *builder) order(w *journey.Want) int { return b.orders[ofPlay{w.Play, w.Step}] }

// effectOf gives what is known of an effect, as the look-ups of this run left it; nil for nothing.
func (b *builder) effectOf(key string) *state.Effect {
	if settled := b.settled[key]; settled != nil {
		return settled
	}
	return b.State.Effect(key)
}

// taskOf gives what is known of a task, as the reports of this run left it; nil for nothing.
func (b *builder) taskOf(key string) *state.Task {
	if told := b.told[key]; told != nil {
		return told
	}
	return b.State.Task(key)
}

// member gives a member that was there before this run; nil for one that was not.
func (b *builder) member(key string) *state.Member {
	if b.members == nil {
		b.members = make(map[string]*state.Member, len(b.State.Members))
		for i := range b.State.Members {
			b.members[b.State.Members[i].Key] = &b.State.Members[i]
		}
	}
	return b.members[key]
}

// play gives the play of a member that was there before this run, "" for one that was not.
func (b *builder) play(member string) string {
	if m := b.member(member); m != nil {
		return m.Play
	}
	return ""
}

// moving copies who moves; their operations come later.
func (b *builder) moving() {
	b.plan.Members = make([]Member, 0, len(b.Journey.Members))
	for _, m := range b.Journey.Members {
		out := Member{Before: m.Before, After: m.After, Record: m.Record, Enters: m.Enters, Leaves: m.Leaves, Moves: movesOf(m.Moves), End: m.End, Needs: m.Needs}
		for _, l := range m.Lanes {
			out.Lanes = append(out.Lanes, LaneMoves{Lane: l.Lane, Of: l.Of, New: l.New, Behind: l.Behind, Moves: movesOf(l.Moves), End: l.End})
		}
		b.plan.Members = append(b.plan.Members, out)
	}
}

func movesOf(list []journey.Move) []Move {
	out := make([]Move, 0, len(list))
	for _, m := range list {
		out = append(out, Move{Step: m.Step, Continue: m.Continue, Done: m.Done, To: m.To, Stays: m.Stays, Needs: m.Needs})
	}
	return out
}

// tie ties wants to the moves that wait for them, and drops those of moves that were cut off and of members to whom nothing happens.
func (b *builder) tie() {
	b.ties = make([]*Move, len(b.wants))
	for m, moving := range b.Journey.Members {
		member := &b.plan.Members[m]
		b.tieMoves(moving.Moves, member.Moves)
		for l, lane := range moving.Lanes {
			b.tieMoves(lane.Moves, member.Lanes[l].Moves)
		}
		switch {
		case member.End != nil:
			b.ending[member.After.Key], b.parting[member.After.Key] = true, member.After.Outcome == ""
		case moving.End != nil && member.After.Outcome == "":
			b.stuck[member.After.Key] = true
		}
	}
	if slices.Contains(b.cut.gone, true) {
		for i := range b.wants {
			if m, known := b.cut.index[b.wants[i].Member]; known && b.cut.gone[m] {
				b.dropped[i] = true
			}
		}
	}
	b.dropDoubted()
}

// tieMoves ties the wants of those moves that are still planned, and drops the others'.
func (b *builder) tieMoves(all []journey.Move, planned []Move) {
	for n := range all {
		for _, w := range all[n].Wants {
			if n < len(planned) {
				b.ties[w] = &planned[n]
			} else {
				b.dropped[w] = true
			}
		}
	}
}

// dropDoubted drops effects that no move waits for and that may have happened already, or can't be planned now.
func (b *builder) dropDoubted() {
	for i := range b.wants {
		w := &b.wants[i]
		if b.ties[i] != nil || b.dropped[i] || w.Verb != connector.Send && w.Verb != connector.Task {
			continue
		}
		if why := b.uncertain(w); why != "" {
			b.dropped[i] = true
			b.blocks[Blocked{Play: w.Play, Step: w.Step, Why: why}]++
		}
	}
}

// add appends an operation for a want and has the want's move wait for it.
func (b *builder) add(w int, o Operation) {
	o.Batch = b.specs[o.Connector].BatchOf(o.Verb, o.Target.Kind)
	at := len(b.plan.Operations)
	b.plan.Operations = append(b.plan.Operations, o)
	if w >= 0 {
		b.await(w, at)
	}
}

// await has a want's move wait for an operation.
func (b *builder) await(w, operation int) {
	if move := b.ties[w]; move != nil {
		move.Operations = append(move.Operations, operation)
	}
}

// active reports whether a want takes part: not dropped.
func (b *builder) active(w int) bool { return !b.dropped[w] }

// finish drops members for whom nothing is left to do, and puts operations in order.
func (b *builder) finish() {
	b.uncount()
	b.cut.clear()
	for i := range b.plan.Members {
		b.plan.Members[i].dropStill()
	}
	b.plan.Members = slices.DeleteFunc(b.plan.Members, func(m Member) bool { return !m.Record && !m.Enters && !m.Leaves && !m.moves() })
	b.sortBlocked()
	b.sortOperations()
	b.renamings()
}

// uncount takes those out of the counts of entries who were to be enrolled by a step that can't be taken now.
func (b *builder) uncount() {
	if !slices.Contains(b.cut.gone, true) {
		return
	}
	b.plan.Plays = slices.Clone(b.plan.Plays)
	for i, gone := range b.cut.gone {
		m := &b.plan.Members[i]
		at := slices.IndexFunc(b.plan.Plays, func(r journey.PlayRun) bool { return r.Name == m.After.Play })
		if !gone || !m.Enters || at < 0 {
			continue
		}
		run := &b.plan.Plays[at]
		run.Funnel.Enrolled--
		run.Funnel.Enters--
		run.Enters = slices.DeleteFunc(slices.Clone(run.Enters), func(r journey.Reason) bool { return r.Key == m.After.Record.Key })
	}
}
