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
		At: stamp(p.At), Empty: p.Empty(), Summary: p.Summary(), Plays: playDocuments(v), Creates: createDocuments(p),
		ResourceChanges: resourceChanges(p), Members: memberDocuments(p), Problems: problemDocuments(p), Conflicts: orEmpty(p.Conflicts), Blocked: orEmpty(p.Blocked),
		Waits:    waitDocuments(p),
		Warnings: orEmpty(p.Warnings), Unknown: unknownDocuments(v.Unknown), Guards: orEmpty(p.Verdicts), Limited: p.Limited, HeldBack: p.HeldBack, Next: stamp(v.Next)}
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
	Problems        []journey.Problem `json:"problems"` // steps that can't be taken until somebody mends something
	Conflicts       []plan.Conflict   `json:"conflicts"`
	Blocked         []plan.Blocked    `json:"blocked"`
	Waits           []waitDocument    `json:"waits"` // what members and lanes wait for once the plan is carried out
	Warnings        []string          `json:"warnings"`
	Unknown         []unknownDocument `json:"unknown"`
	Guards          []plan.Verdict    `json:"guards"`
	Limited         *plan.Limited     `json:"limited,omitempty"`   // by --limit
	HeldBack        []plan.Once       `json:"held_back,omitempty"` // what can't be undone and was not approved
	Next            string            `json:"next,omitempty"`
}

type playDocument struct {
	Name     string             `json:"name"`
	Of       string             `json:"of,omitempty"`
	Change   string             `json:"change"` // new, changed, removed, untouched, or none
	Diff     []string           `json:"diff,omitempty"`
	Priority int                `json:"priority"`
	Funnel   journey.Funnel     `json:"funnel"`
	Members  int                `json:"members"` // active before this run
	Moving   int                `json:"moving"`
	Left     map[string]int     `json:"left,omitempty"`
	Away     int                `json:"away"`
	Missing  int                `json:"missing"`
	Waiting  []journey.Waiting  `json:"waiting,omitempty"`
	Unknowns map[string]int     `json:"unknowns,omitempty"`
	NotKnown []journey.NotKnown `json:"not_known,omitempty"` // records that their systems don't know
	Enters   []journey.Reason   `json:"enters,omitempty"`
	Leaves   []journey.Reason   `json:"leaves,omitempty"`
	Omitted  int                `json:"omitted"`            // reasons that are not told
	Standing map[string]int     `json:"standing,omitempty"` // members and lanes in flight by the step that they stand on; "" is past the last
	Moved    map[string]int     `json:"moved,omitempty"`    // members that moved: and drop: take to another step, as from → to
	Timeouts map[string]int     `json:"timeouts,omitempty"` // steps that timed out
	Tasks    *tasksDocument     `json:"tasks,omitempty"`    // what became of tasks since the last run
}

type tasksDocument struct {
	Done      map[string]int `json:"done,omitempty"` // by outcome
	Cancelled int            `json:"cancelled"`
	Begun     int            `json:"begun"`
	Breached  []string       `json:"breached,omitempty"` // records whose task was not touched within its SLA
}

func playDocuments(v *View) []playDocument {
	p := v.Plan
	told := map[string]*part{}
	for _, t := range parts(v) {
		told[t.run.Name] = t
	}
	out := []playDocument{}
	for i := range p.Plays {
		r := &p.Plays[i]
		change := string(r.Change)
		if r.Change == journey.Same {
			change = "none"
		}
		d := playDocument{Name: r.Name, Of: r.Of, Change: change, Diff: r.Diff, Priority: r.Priority, Funnel: r.Funnel, Members: r.Members,
			Moving: r.Moving, Left: r.Left, Away: r.Away, Missing: r.Missing, Waiting: r.Waiting, Unknowns: r.Unknowns, NotKnown: r.NotKnown, Enters: r.Enters,
			Leaves: r.Leaves, Omitted: r.Omitted}
		d.tell(told[r.Name])
		out = append(out, d)
	}
	return out
}

// tell adds what the plan holds of the play beside its run.
func (d *playDocument) tell(t *part) {
	d.Timeouts = t.timeouts
	if d.Standing = t.standsOn(); t.standing != nil {
		d.Moved = t.standing.moved
	}
	if n := t.news; n != nil {
		d.Tasks = &tasksDocument{Done: n.done, Cancelled: n.cancelled, Begun: n.touched, Breached: n.breached}
	}
}

type waitDocument struct {
	Play   string `json:"play"`
	Entity string `json:"entity"`
	Record string `json:"record"`
	Lane   string `json:"lane,omitempty"` // entity:key of the lane's record
	Step   string `json:"step,omitempty"`
	Kind   string `json:"kind"` // time, events, task, lanes, held
	Why    string `json:"why"`
	Since  string `json:"since,omitempty"`
	Due    string `json:"due,omitempty"` // when it is over at the latest
}

func waitDocuments(p *plan.Plan) []waitDocument {
	out := []waitDocument{}
	for _, w := range p.Waits {
		out = append(out, waitDocument{Play: w.Play, Entity: w.Record.Entity, Record: w.Record.Key, Lane: w.Lane, Step: w.Step, Kind: string(w.Kind),
			Why: oneLine(w.Why), Since: stamp(w.Since), Due: stamp(w.Due)})
	}
	return out
}

func problemDocuments(p *plan.Plan) []journey.Problem {
	out := []journey.Problem{}
	for _, x := range p.Problems {
		x.Sample = orEmpty(x.Sample)
		out = append(out, x)
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
