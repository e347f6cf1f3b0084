package render

import (
	"fmt"
	"io"
	"slices"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Drift writes where connectors differ from what playctl keeps: a line for each collection and object with how sure that is, who is gone and
// which values are others below it, and as the last line the sentence that sums it up.
func (p *Printer) Drift(w io.Writer, d *plan.Drift) error {
	s := p.sheet()
	for i := range d.Members {
		s.driftOfMembers(&d.Members[i])
	}
	for i := range d.Fields {
		s.driftOfFields(&d.Fields[i])
	}
	s.gap()
	for _, warning := range d.Warnings {
		s.about(changed, "Warning", clean(warning))
	}
	s.gap()
	s.put(0, p.paint(strong, driftSentence(d)))
	return s.writeTo(w)
}

func (s *sheet) driftOfMembers(m *plan.MembersDrift) {
	text := number(m.Held) + " held"
	switch {
	case m.Sure == plan.Known:
		text = points(text, number(len(m.Gone))+" gone", unconfirmed(m.Meant), othersOf(m))
	case m.Sure == plan.Assumed && !m.Since.IsZero():
		text += ", the last since " + s.when(m.Since)
	}
	s.driftRow(m.Place.Title(), text, m.Sure, m.Why)
	for _, g := range m.Gone[:s.shown(len(m.Gone))] {
		by := "added for good"
		if g.Play != "" {
			by = "kept by " + clean(g.Play) + "." + clean(g.Step)
		}
		s.sign(removed, "-", fmt.Sprintf("%s is gone: %s since %s", clean(g.Record.String()), by, s.when(g.Since)))
	}
	s.rest(len(m.Gone))
	if s.Full {
		for _, r := range m.Known {
			s.sign(plain, "·", clean(r.String())+" is in it, put there by somebody else")
		}
	}
}

// othersOf tells who else is in a collection.
func othersOf(m *plan.MembersDrift) string {
	switch {
	case m.Others == 0:
		return ""
	case len(m.Known) == 0:
		return number(m.Others) + " put there by somebody else"
	}
	return fmt.Sprintf("%s put there by somebody else (%s in the records)", number(m.Others), number(len(m.Known)))
}

func (s *sheet) driftOfFields(f *plan.FieldsDrift) {
	text := counted(f.Checked, "value") + " set"
	if f.Sure == plan.Known {
		text += " · " + number(len(f.Differ)) + " differ"
	}
	s.driftRow(f.Place.Title(), text, f.Sure, f.Why)
	for _, x := range f.Differ[:s.shown(len(f.Differ))] {
		now := s.quoted(x.Have)
		switch {
		case x.NoRecord:
			now = "no such record"
		case x.Have == "":
			now = "nothing"
		}
		s.sign(changed, "~", fmt.Sprintf("%s %s is %s, and %s.%s sets %s", clean(x.Record.String()), clean(x.Field), now, clean(x.Play), clean(x.Step), s.quoted(x.Want)))
	}
	s.rest(len(f.Differ))
}

// driftRow is the line of one place.
func (s *sheet) driftRow(title, text string, sure plan.Certainty, why string) {
	i := plain
	if sure == plan.Unknown {
		i = loud
	}
	how := string(sure)
	if why != "" {
		how += ": " + clean(why)
	}
	s.row(operationRow, 0, cell{text: clean(title), ink: strong}, cell{text: text}, cell{text: how, ink: i})
}

// rest tells how many of n are not shown.
func (s *sheet) rest(n int) {
	if rest := n - s.shown(n); rest > 0 {
		s.put(4, s.paint(faint, "… "+number(rest)+" more (--full)"))
	}
}

// driftSentence sums it up. What could not be read is never part of what does not differ.
func driftSentence(d *plan.Drift) string {
	gone, differ, assumed := 0, 0, 0
	for i := range d.Members {
		gone += len(d.Members[i].Gone)
		if d.Members[i].Sure == plan.Assumed {
			assumed += d.Members[i].Held
		}
	}
	for i := range d.Fields {
		differ += len(d.Fields[i].Differ)
		if d.Fields[i].Sure == plan.Assumed {
			assumed += d.Fields[i].Checked
		}
	}
	unread := len(d.Unread())
	text := fmt.Sprintf("Drift: %s gone, %s changed; ", number(gone), number(differ))
	if gone+differ == 0 && unread == 0 {
		text = "No drift in what can be read; "
	}
	return text + fmt.Sprintf("%s assumed, %s not read.", number(assumed), counted(unread, "place"))
}

// DriftJSON writes the same as one document.
func DriftJSON(w io.Writer, d *plan.Drift) error {
	doc := driftDocument{FormatVersion: formatVersion, At: stamp(d.At), Drift: d.Found() > 0, Found: d.Found(), Unread: orEmpty(d.Unread()),
		Collections: []collectionDrift{}, Fields: []fieldsDrift{}, Warnings: orEmpty(d.Warnings)}
	for _, m := range d.Members {
		out := collectionDrift{Type: typeOf(m.Place), Name: m.Place.Name, Certainty: string(m.Sure), Why: m.Why, Held: m.Held, NotConfirmed: m.Meant,
			Since: stamp(m.Since), Gone: []goneDocument{}, Others: m.Others, Known: orEmpty(slices.Clone(m.Known))}
		for _, g := range m.Gone {
			out.Gone = append(out.Gone, goneDocument{Record: g.Record, Play: g.Play, Step: g.Step, Since: stamp(g.Since)})
		}
		doc.Collections = append(doc.Collections, out)
	}
	for _, f := range d.Fields {
		out := fieldsDrift{Type: typeOf(f.Place), Name: f.Place.Name, Certainty: string(f.Sure), Why: f.Why, Checked: f.Checked, Changed: []fieldDocument{}}
		for _, x := range f.Differ {
			out.Changed = append(out.Changed, fieldDocument{Record: x.Record, Field: x.Field, Want: x.Want, Have: x.Have, NoRecord: x.NoRecord, Play: x.Play, Step: x.Step})
		}
		doc.Fields = append(doc.Fields, out)
	}
	return writeJSON(w, doc)
}

type driftDocument struct {
	FormatVersion string            `json:"format_version"`
	At            string            `json:"at"`
	Drift         bool              `json:"drift"`
	Found         int               `json:"found"`
	Unread        []string          `json:"unread"` // what could not be asked, and why
	Collections   []collectionDrift `json:"collections"`
	Fields        []fieldsDrift     `json:"fields"`
	Warnings      []string          `json:"warnings"`
}

type collectionDrift struct {
	Type         string         `json:"type"`
	Name         string         `json:"name"`
	Certainty    string         `json:"certainty"` // known, assumed, unknown
	Why          string         `json:"why,omitempty"`
	Held         int            `json:"held"`
	NotConfirmed int            `json:"not_confirmed"`
	Since        string         `json:"since,omitempty"` // assumed: of the last one
	Gone         []goneDocument `json:"gone"`
	Others       int            `json:"others"`       // put there by somebody else
	Known        []state.Record `json:"others_known"` // those of them who are records of the playbook
}

type goneDocument struct {
	Record state.Record `json:"record"`
	Play   string       `json:"play,omitempty"`
	Step   string       `json:"step,omitempty"`
	Since  string       `json:"since"`
}

type fieldsDrift struct {
	Type      string          `json:"type"`
	Name      string          `json:"name,omitempty"` // of a collection, whose memberships they are of
	Certainty string          `json:"certainty"`
	Why       string          `json:"why,omitempty"`
	Checked   int             `json:"checked"`
	Changed   []fieldDocument `json:"changed"`
}

type fieldDocument struct {
	Record   state.Record `json:"record"`
	Field    string       `json:"field"`
	Want     string       `json:"want"`
	Have     string       `json:"have"`
	NoRecord bool         `json:"no_record,omitempty"`
	Play     string       `json:"play"`
	Step     string       `json:"step"`
}

// unconfirmed counts those of whom nobody knows whether they were added; nothing for none.
func unconfirmed(n int) string {
	if n == 0 {
		return ""
	}
	return number(n) + " not confirmed"
}
