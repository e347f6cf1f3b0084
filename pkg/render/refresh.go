package render

import (
	"fmt"
	"io"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Refreshed writes what was found, and as the last line the sentence that sums it up.
func (p *Printer) Refreshed(w io.Writer, r *plan.Refresh) error {
	s := p.sheet()
	for i := range r.Places {
		x := &r.Places[i]
		text := number(x.Held) + " held"
		if x.Sure == plan.Known {
			text = points(text, number(len(x.Gone))+" gone", confirmations(len(x.Confirmed)))
		}
		s.driftRow(x.Place.Title(), text, x.Sure, x.Why)
		s.recordSigns(removed, "-", x.Gone, "is gone: the state lets go of it")
		s.recordSigns(added, "+", x.Confirmed, "is there: the run that added it was cut off before it knew")
	}
	s.gap()
	for i := range r.Effects[:s.shown(len(r.Effects))] {
		e := &r.Effects[i]
		s.sign(changed, "~", fmt.Sprintf("%s.%s for %s was in doubt: %s", clean(e.Connector), clean(e.Action), clean(e.Record.String()), settledAs(e)))
	}
	s.rest(len(r.Effects))
	for i := range r.Tasks[:s.shown(len(r.Tasks))] {
		t := &r.Tasks[i]
		s.sign(changed, "~", fmt.Sprintf("task %s.%s for %s: %s", clean(t.Connector), clean(t.Kind), clean(t.Record.String()), taskNow(t)))
	}
	s.rest(len(r.Tasks))
	s.gap()
	for _, warning := range r.Warnings {
		s.about(changed, "Warning", clean(warning))
	}
	s.gap()
	s.put(0, p.paint(strong, fmt.Sprintf("Refresh: %s gone, %s confirmed; %s settled, %s in doubt; %s heard of, %s open.", number(r.Gone()), number(r.Confirmed()),
		counted(len(r.Effects), "effect"), number(r.InDoubt), counted(len(r.Tasks), "task"), number(r.Open))))
	return s.writeTo(w)
}

func (s *sheet) recordSigns(i ink, glyph string, list []state.Record, what string) {
	for _, r := range list[:s.shown(len(list))] {
		s.sign(i, glyph, clean(r.String())+" "+what)
	}
	s.rest(len(list))
}

func settledAs(e *state.Effect) string {
	if e.Status == state.Happened {
		return "it happened"
	}
	return "it never happened, and is done again if it is wanted still"
}

func taskNow(t *state.Task) string {
	switch {
	case t.Status == state.TaskDone:
		return "done, " + clean(t.Outcome)
	case t.Status == state.TaskCancelled:
		return "cancelled"
	case !t.Breached.IsZero() && t.TouchedAt.IsZero():
		return "nobody touched it in time"
	}
	return "begun"
}

// RefreshedJSON writes the same as one document, with the run that recorded it.
func RefreshedJSON(w io.Writer, r *plan.Refresh, run *state.Run) error {
	doc := refreshedDocument{FormatVersion: formatVersion, Run: runDocument(run), Collections: []refreshedPlace{}, Settled: []settledDocument{}, InDoubt: r.InDoubt,
		Tasks: []taskDocument{}, Open: r.Open, Warnings: orEmpty(r.Warnings)}
	for _, x := range r.Places {
		doc.Collections = append(doc.Collections, refreshedPlace{Type: typeOf(x.Place), Name: x.Place.Name, Certainty: string(x.Sure), Why: x.Why, Held: x.Held,
			Gone: orEmpty(x.Gone), Confirmed: orEmpty(x.Confirmed)})
	}
	for _, e := range r.Effects {
		doc.Settled = append(doc.Settled, settledDocument{Key: e.Key, Record: e.Record, Play: e.Play, Step: e.Step, Status: string(e.Status)})
	}
	for _, t := range r.Tasks {
		doc.Tasks = append(doc.Tasks, taskDocument{Key: t.Key, Record: t.Record, Play: t.Play, Step: t.Step, Status: string(t.Status), Outcome: t.Outcome})
	}
	return writeJSON(w, doc)
}

type refreshedDocument struct {
	FormatVersion string            `json:"format_version"`
	Run           *runJSON          `json:"run"`
	Collections   []refreshedPlace  `json:"collections"`
	Settled       []settledDocument `json:"effects_settled"`
	InDoubt       int               `json:"effects_in_doubt"`
	Tasks         []taskDocument    `json:"tasks"`
	Open          int               `json:"tasks_open"`
	Warnings      []string          `json:"warnings"`
}

type refreshedPlace struct {
	Type      string         `json:"type"`
	Name      string         `json:"name"`
	Certainty string         `json:"certainty"`
	Why       string         `json:"why,omitempty"`
	Held      int            `json:"held"`
	Gone      []state.Record `json:"gone"`
	Confirmed []state.Record `json:"confirmed"`
}

type settledDocument struct {
	Key    string       `json:"key"`
	Record state.Record `json:"record"`
	Play   string       `json:"play"`
	Step   string       `json:"step"`
	Status string       `json:"status"` // happened, refused
}

type taskDocument struct {
	Key     string       `json:"key"`
	Record  state.Record `json:"record"`
	Play    string       `json:"play"`
	Step    string       `json:"step"`
	Status  string       `json:"status"`
	Outcome string       `json:"outcome,omitempty"`
}

// confirmations counts those who were only meant to be added; nothing for none.
func confirmations(n int) string {
	if n == 0 {
		return ""
	}
	return number(n) + " confirmed"
}
