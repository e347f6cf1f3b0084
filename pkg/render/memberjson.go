package render

import (
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

type memberDocument struct {
	Member   string         `json:"member"`
	Play     string         `json:"play"`
	Entity   string         `json:"entity"`
	Record   string         `json:"record"`
	Change   string         `json:"change"` // enters, leaves, moves, stays
	By       string         `json:"by,omitempty"`
	From     string         `json:"from,omitempty"` // the play that enrolls it
	HeldOut  bool           `json:"held_out,omitempty"`
	Outcome  string         `json:"outcome,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Steps    []string       `json:"steps,omitempty"`     // that it takes
	Skips    []string       `json:"skips,omitempty"`     // whose condition does not hold
	Timeouts []string       `json:"timeouts,omitempty"`  // that timed out
	Ends     *endDocument   `json:"ends,omitempty"`      // how it ends once its steps are taken
	Complete bool           `json:"completes,omitempty"` // that is by coming to the end of them
	Lanes    []laneDocument `json:"lanes,omitempty"`
}

// laneDocument is what happens to a lane.
type laneDocument struct {
	Lane   string       `json:"lane"` // entity:key of its record
	Of     string       `json:"of"`   // the step that has the lanes
	Begins bool         `json:"begins,omitempty"`
	Steps  []string     `json:"steps,omitempty"`
	Ends   *endDocument `json:"ends,omitempty"`
}

type endDocument struct {
	Outcome string `json:"outcome"` // "" where it was settled before, and what follows it has come to its end
	Reason  string `json:"reason,omitempty"`
	At      string `json:"at"`
}

// memberDocuments gives who enters, leaves or moves. One that stays has been missed or found again.
func memberDocuments(p *plan.Plan) []memberDocument {
	playOf := playsOfMembers(p)
	out := []memberDocument{}
	for i := range p.Members {
		m := &p.Members[i]
		a := &m.After
		d := memberDocument{Member: a.Key, Play: a.Play, Entity: a.Record.Entity, Record: a.Record.Key, HeldOut: a.HeldOut, Change: "stays",
			Ends: endOf(m.End), Complete: m.End != nil && m.End.Outcome == state.Completed, Lanes: laneDocuments(m)}
		switch {
		case m.Enters:
			d.Change, d.By = "enters", string(a.By)
		case m.Leaves:
			d.Change, d.Outcome, d.Reason = "leaves", string(a.Outcome), a.Reason
		case len(m.Moves) > 0 || m.End != nil || len(m.Lanes) > 0:
			d.Change = "moves"
		}
		if m.Needs != nil && a.By == state.ByPlay {
			d.From = playOf[m.Needs.Member]
		}
		d.steps(m.Moves)
		out = append(out, d)
	}
	return out
}

// steps divides the steps that a member takes. One that it is not done with is in none.
func (d *memberDocument) steps(moves []plan.Move) {
	for i := range moves {
		switch move := &moves[i]; {
		case move.Done.Outcome == "skipped":
			d.Skips = append(d.Skips, move.Step)
		case move.Done.Outcome == timedOut:
			d.Timeouts = append(d.Timeouts, move.Step)
		default:
			d.Steps = append(d.Steps, move.Step)
		}
	}
}

func laneDocuments(m *plan.Member) []laneDocument {
	var out []laneDocument
	for i := range m.Lanes {
		l := &m.Lanes[i]
		d := laneDocument{Lane: l.Lane, Of: l.Of, Begins: l.New != nil, Ends: endOf(l.End)}
		for _, move := range l.Moves {
			d.Steps = append(d.Steps, move.Step)
		}
		out = append(out, d)
	}
	return out
}

func endOf(e *journey.End) *endDocument {
	if e == nil {
		return nil
	}
	return &endDocument{Outcome: string(e.Outcome), Reason: e.Reason, At: stamp(e.At)}
}
