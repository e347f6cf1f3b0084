package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Account is everything that is known about one record.
type Account struct {
	Record state.Record
	Gone   bool // the data have no such record (any more): only the state knows it
	// Fields are the values that are known, in the entity's order; Missing names the others.
	Fields   []FieldValue
	Missing  []string
	Segments []Standing // of its entity
	Scores   []ScoreOf
	Stages   []StageOf
	Kin      []Kin           // records above it and below it
	State    *state.Snapshot // of everybody
	// View is the plan limited to the record; nil where it could not be made, and Unplanned says why.
	View      *View
	Unplanned string
}

// FieldValue is a field that has a value.
type FieldValue struct {
	Name  string
	Value any
}

// Standing is whether a record is in a segment: in, out or unknown.
type Standing struct {
	Segment string `json:"segment"`
	In      string `json:"in"` // true, false, unknown
}

// ScoreOf is one score of a record.
type ScoreOf struct {
	Score    string `json:"score"`
	Points   int64  `json:"points"`
	Max      int    `json:"max,omitempty"` // 0 for none
	Doubtful bool   `json:"doubtful"`      // a rule is unknown, and so gives nothing
}

// StageOf is where a record stands in one stage model.
type StageOf struct {
	Model    string `json:"stages"`
	Stage    string `json:"stage"` // "" for none
	Doubtful bool   `json:"doubtful"`
}

// Kin are the records of one kind that belong to a record: its account, its people.
type Kin struct {
	Entity string   `json:"entity"`
	Above  bool     `json:"above,omitempty"`
	Count  int      `json:"count"`
	Keys   []string `json:"keys,omitempty"` // none where they have no keys
}

// Account writes everything about one record: its fields, where it belongs, each play that it is or was in with what it waits for, holds and
// was sent, and what the next run does for it.
func (p *Printer) Account(w io.Writer, a *Account) error {
	s := p.sheet()
	s.put(0, s.paint(strong, clean(a.Record.String())))
	s.facts(a)
	s.kin(a)
	s.gap()
	d := a.dossier()
	s.dossier(d, a.State, a.waits())
	if len(d.members) == 0 {
		s.gap()
		s.put(0, "in no play so far")
	}
	s.gap()
	s.nextOf(a)
	s.trim()
	return s.writeTo(w)
}

// dossier is what the state knows of the record, plays that it is in first, then the latest first.
func (a *Account) dossier() *dossier {
	d := find(a.State, a.Record.String())
	past := func(m *state.Member) int {
		if m.Active() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(d.members, func(x, y *state.Member) int {
		return cmp.Or(past(x)-past(y), y.EndedAt.Compare(x.EndedAt), strings.Compare(x.Play, y.Play), y.Number-x.Number)
	})
	return d
}

// waits are those of the record's members.
func (a *Account) waits() []journey.Wait {
	if a.View == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.View.Plan.Waits), func(w journey.Wait) bool { return w.Record != a.Record })
}

// facts writes what the data say of the record.
func (s *sheet) facts(a *Account) {
	if a.Gone {
		s.detail("missing", "the data have no such record any more")
		return
	}
	label := "fields"
	for _, f := range a.Fields {
		s.detail(label, clean(f.Name)+" "+s.value(f.Value))
		label = ""
	}
	if len(a.Missing) > 0 {
		s.detail("missing", clean(strings.Join(a.Missing, ", ")))
	}
	in, unknown := []string{}, []string{}
	for _, g := range a.Segments {
		switch g.In {
		case "true":
			in = append(in, clean(g.Segment))
		case "unknown":
			unknown = append(unknown, clean(g.Segment))
		}
	}
	if len(a.Segments) > 0 {
		s.detail("segments", cmp.Or(strings.Join(in, ", "), "none"))
	}
	if len(unknown) > 0 {
		s.row(detailRow, 4, cell{text: "unknown", ink: faint}, cell{text: plural(len(unknown), "segment") + " " + strings.Join(unknown, ", ") + " (" + s.named("playctl explain "+unknown[0]) + " " + clean(a.Record.Key) + ")", ink: changed})
	}
	for _, x := range a.Scores {
		text := clean(x.Score) + " " + number(int(x.Points))
		if x.Max > 0 {
			text += " of " + number(x.Max)
		}
		s.detail("score", text+doubt(x.Doubtful))
	}
	for _, x := range a.Stages {
		s.detail("stage", clean(x.Model)+": "+cmp.Or(clean(x.Stage), "none")+doubt(x.Doubtful))
	}
}

func doubt(doubtful bool) string {
	if doubtful {
		return " (at least: something is unknown)"
	}
	return ""
}

// kin writes who is above the record, and who below it, with the plays that those are in.
func (s *sheet) kin(a *Account) {
	for _, k := range a.Kin {
		if k.Count == 0 {
			continue
		}
		if k.Above {
			s.detail(clean(k.Entity), s.keys(k.Keys, k.Count))
			continue
		}
		text := number(k.Count)
		if len(k.Keys) > 0 {
			text += ": " + s.keys(k.Keys, k.Count)
		}
		if plays := a.playsOf(k); plays != "" {
			text += "; in plays: " + clean(plays)
		}
		s.detail(s.noun(k.Count, k.Entity), text)
	}
}

// playsOf counts the members among some records, by play.
func (a *Account) playsOf(k Kin) string {
	counts := map[string]int{}
	for i := range a.State.Members {
		if m := &a.State.Members[i]; m.Active() && m.Record.Entity == k.Entity && slices.Contains(k.Keys, m.Record.Key) {
			counts[m.Play]++
		}
	}
	var out []string
	for _, play := range byCount(counts) {
		out = append(out, play+" ("+number(counts[play])+")")
	}
	return strings.Join(out, ", ")
}
