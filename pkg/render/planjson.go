package render

import (
	"io"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/segment"
)

// PlanJSON writes a plan as one document. Names are those of Terraform's where they fit: policy tools read
// resource_changes[].change.{actions,before,after}. It holds no ids by which connectors know records, and no timings. What fields are set
// to, and what is sent, is in it: that is what is under review.
func PlanJSON(w io.Writer, v *View) error {
	p := v.Plan
	doc := planDocument{FormatVersion: formatVersion, Playbook: p.Playbook, Environment: p.Environment, Lineage: p.Lineage, Serial: p.Serial,
		At: stamp(p.At), Empty: p.Empty(), Summary: p.Summary(), Plays: playDocuments(p), Creates: createDocuments(p),
		ResourceChanges: resourceChanges(p), Members: memberDocuments(p), Conflicts: orEmpty(p.Conflicts), Blocked: orEmpty(p.Blocked),
		Warnings: orEmpty(p.Warnings), Unknown: unknownDocuments(v.Unknown), Guards: orEmpty(p.Verdicts), Next: stamp(v.Next)}
	return writeJSON(w, doc)
}

type planDocument struct {
	FormatVersion   string            `json:"format_version"`
	Playbook        string            `json:"playbook"`
	Environment     string            `json:"environment,omitempty"`
	Lineage         string            `json:"lineage,omitempty"`
	Serial          int64             `json:"serial"`
	At              string            `json:"at"`
	Empty           bool              `json:"empty"`
	Summary         plan.Summary      `json:"summary"`
	Plays           []playDocument    `json:"plays"`
	Creates         []createDocument  `json:"creates"`
	ResourceChanges []resourceChange  `json:"resource_changes"`
	Members         []memberDocument  `json:"members"`
	Conflicts       []plan.Conflict   `json:"conflicts"`
	Blocked         []plan.Blocked    `json:"blocked"`
	Warnings        []string          `json:"warnings"`
	Unknown         []unknownDocument `json:"unknown"`
	Guards          []plan.Verdict    `json:"guards"`
	Next            string            `json:"next,omitempty"`
}

type playDocument struct {
	Name     string            `json:"name"`
	Of       string            `json:"of,omitempty"`
	Change   string            `json:"change"` // new, changed, removed, untouched, or none
	Diff     []string          `json:"diff,omitempty"`
	Priority int               `json:"priority"`
	Funnel   journey.Funnel    `json:"funnel"`
	Members  int               `json:"members"` // active before this run
	Moving   int               `json:"moving"`
	Left     map[string]int    `json:"left,omitempty"`
	Away     int               `json:"away"`
	Missing  int               `json:"missing"`
	Waiting  []journey.Waiting `json:"waiting,omitempty"`
	Unknowns map[string]int    `json:"unknowns,omitempty"`
	Enters   []journey.Reason  `json:"enters,omitempty"`
	Leaves   []journey.Reason  `json:"leaves,omitempty"`
	Omitted  int               `json:"omitted"` // reasons that are not told
}

func playDocuments(p *plan.Plan) []playDocument {
	out := []playDocument{}
	for i := range p.Plays {
		r := &p.Plays[i]
		change := string(r.Change)
		if r.Change == journey.Same {
			change = "none"
		}
		out = append(out, playDocument{Name: r.Name, Of: r.Of, Change: change, Diff: r.Diff, Priority: r.Priority, Funnel: r.Funnel, Members: r.Members,
			Moving: r.Moving, Left: r.Left, Away: r.Away, Missing: r.Missing, Waiting: r.Waiting, Unknowns: r.Unknowns, Enters: r.Enters,
			Leaves: r.Leaves, Omitted: r.Omitted})
	}
	return out
}

type createDocument struct {
	Type string `json:"type"` // desk.audience
	Name string `json:"name"`
	Step string `json:"step"` // play.step
}

func createDocuments(p *plan.Plan) []createDocument {
	out := []createDocument{}
	for _, c := range p.Creates {
		out = append(out, createDocument{Type: typeOf(c.Place), Name: c.Place.Name, Step: c.Step})
	}
	return out
}

type memberDocument struct {
	Member   string   `json:"member"`
	Play     string   `json:"play"`
	Entity   string   `json:"entity"`
	Record   string   `json:"record"`
	Change   string   `json:"change"` // enters, leaves, moves, stays
	By       string   `json:"by,omitempty"`
	HeldOut  bool     `json:"held_out,omitempty"`
	Outcome  string   `json:"outcome,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Steps    []string `json:"steps,omitempty"` // that it takes
	Skips    []string `json:"skips,omitempty"` // whose condition does not hold
	Complete bool     `json:"completes,omitempty"`
}

// memberDocuments gives who enters, leaves or moves. One that stays has been missed or found again.
func memberDocuments(p *plan.Plan) []memberDocument {
	out := []memberDocument{}
	for i := range p.Members {
		m := &p.Members[i]
		a := &m.After
		d := memberDocument{Member: a.Key, Play: a.Play, Entity: a.Record.Entity, Record: a.Record.Key, HeldOut: a.HeldOut, Complete: m.End != nil, Change: "stays"}
		switch {
		case m.Enters:
			d.Change, d.By = "enters", string(a.By)
		case m.Leaves:
			d.Change, d.Outcome, d.Reason = "leaves", string(a.Outcome), a.Reason
		case len(m.Moves) > 0 || m.End != nil:
			d.Change = "moves"
		}
		for _, move := range m.Moves {
			if move.Done.Outcome == "skipped" {
				d.Skips = append(d.Skips, move.Step)
			} else {
				d.Steps = append(d.Steps, move.Step)
			}
		}
		out = append(out, d)
	}
	return out
}

type unknownDocument struct {
	Segment string            `json:"segment"`
	Entity  string            `json:"entity"`
	Count   int               `json:"count"`
	Missing []segment.Missing `json:"missing"`
}

func unknownDocuments(list []UnknownSegment) []unknownDocument {
	out := []unknownDocument{}
	for _, u := range list {
		out = append(out, unknownDocument{Segment: u.Segment, Entity: u.Entity, Count: u.Count, Missing: orEmpty(u.Missing)})
	}
	return out
}
