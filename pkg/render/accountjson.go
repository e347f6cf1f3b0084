package render

import (
	"io"
	"slices"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

type accountDocument struct {
	FormatVersion string         `json:"format_version"`
	Entity        string         `json:"entity"`
	Key           string         `json:"key"`
	Gone          bool           `json:"gone,omitempty"` // the data have no such record any more
	Fields        map[string]any `json:"fields"`         // those that have a value
	Missing       []string       `json:"missing"`        // those that have none
	Segments      []Standing     `json:"segments"`
	Scores        []ScoreOf      `json:"scores"`
	Stages        []StageOf      `json:"stages"`
	Related       []Kin          `json:"related"`
	Members       []state.Member `json:"members"` // those in a play first, then the latest first
	Tasks         []state.Task   `json:"tasks"`
	Held          []state.Held   `json:"held"`
	Effects       []state.Effect `json:"effects"`
	Waits         []waitDocument `json:"waits"`
	Next          *nextDocument  `json:"next,omitempty"`      // what a run would do now
	Unplanned     string         `json:"unplanned,omitempty"` // why there is no next
}

type nextDocument struct {
	Members         []memberDocument  `json:"members"`
	ResourceChanges []resourceChange  `json:"resource_changes"`
	Problems        []journey.Problem `json:"problems"`
	Blocked         []plan.Blocked    `json:"blocked"`
}

// AccountJSON writes the same as one document.
func AccountJSON(w io.Writer, a *Account) error {
	doc := accountDocument{FormatVersion: formatVersion, Entity: a.Record.Entity, Key: a.Record.Key, Gone: a.Gone, Fields: map[string]any{},
		Missing: orEmpty(a.Missing), Segments: orEmpty(a.Segments), Scores: orEmpty(a.Scores), Stages: orEmpty(a.Stages), Related: orEmpty(a.Kin),
		Members: []state.Member{}, Tasks: []state.Task{}, Held: []state.Held{}, Effects: []state.Effect{}, Waits: []waitDocument{}}
	for _, f := range a.Fields {
		doc.Fields[f.Name] = jsonValue(f.Value)
	}
	d := a.dossier()
	mine := map[string]bool{}
	for _, m := range d.members {
		doc.Members, mine[m.Key] = append(doc.Members, *m), true
	}
	for _, t := range a.State.Tasks {
		if mine[t.Member] {
			doc.Tasks = append(doc.Tasks, t)
		}
	}
	for _, h := range a.State.Held {
		if h.Record == a.Record || slices.ContainsFunc(h.Keepers, func(k state.Keeper) bool { return mine[k.Member] }) {
			doc.Held = append(doc.Held, h)
		}
	}
	for _, e := range d.effects {
		doc.Effects = append(doc.Effects, *e)
	}
	if a.View == nil {
		doc.Unplanned = a.Unplanned
		return writeJSON(w, doc)
	}
	p := *a.View.Plan
	p.Waits = a.waits()
	doc.Waits = waitDocuments(&p)
	doc.Next = &nextDocument{Members: memberDocuments(&p), ResourceChanges: resourceChanges(&p), Problems: problemDocuments(&p), Blocked: orEmpty(p.Blocked)}
	return writeJSON(w, doc)
}
