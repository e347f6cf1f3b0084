package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/segment"
)

// Segment is a preview of one segment.
type Segment struct {
	segment.Evaluated
	Total   int              // records of its entity
	Clauses []segment.Clause // none for a list
	Sample  []string         // some of the keys in it, sorted
	Lost    []string         // keys of a list that no record has
}

// Segments writes previews: how many records are in each segment, what each clause lets through alone, and a few of the keys.
func (p *Printer) Segments(w io.Writer, list []Segment) error {
	s := p.sheet()
	for i := range list {
		if err := s.segment(&list[i]); err != nil {
			return err
		}
		s.gap()
	}
	s.trim()
	return s.writeTo(w)
}

func (s *sheet) segment(g *Segment) error {
	s.say(0, 4, s.paint(strong, "segment "+clean(g.Name)))
	s.say(4, 4, points(number(g.Matched)+" of "+s.records(g.Total, g.Of), stage(g.Unknown, "unknown, and so not in it")))
	if len(g.Clauses) > 0 {
		if err := s.clauses(g.Clauses); err != nil {
			return err
		}
	}
	if len(g.Sample) > 0 {
		s.say(4, 4, "such as "+s.keys(g.Sample, g.Matched))
	}
	if n := len(g.Lost); n > 0 {
		s.say(4, 4, s.paint(changed, counted(n, "key")+" of the list "+map[bool]string{true: "has", false: "have"}[n == 1]+" no record: "+s.keys(g.Lost, n)))
	}
	return nil
}

// clauses is the table of a segment's clauses, each counted alone over all records.
func (s *sheet) clauses(list []segment.Clause) error {
	var t table
	t.numbers("true")
	t.numbers("false")
	t.numbers("unknown")
	t.column("each clause alone")
	for _, c := range list {
		t.add(number(c.True), number(c.False), s.unsure(c.Unknown), clean(strings.Join(strings.Fields(c.Text), " ")))
		for _, m := range c.Missing[:s.shown(len(c.Missing))] {
			t.add("", "", s.paint(changed, number(m.Count)), s.paint(changed, "  "+clean(m.What)))
		}
		if more := len(c.Missing) - s.shown(len(c.Missing)); more > 0 {
			t.add("", "", "", s.paint(faint, "  … "+number(more)+" more "+plural(more, "reason")+" (--full)"))
		}
	}
	return s.table(4, &t)
}

func (s *sheet) unsure(n int) string {
	if n == 0 {
		return "0"
	}
	return s.paint(changed, number(n))
}

// SegmentsJSON writes the previews as one document.
func SegmentsJSON(w io.Writer, list []Segment) error {
	doc := segmentsDocument{FormatVersion: formatVersion, Segments: []segmentDocument{}}
	for _, g := range list {
		doc.Segments = append(doc.Segments, segmentDocument{Name: g.Name, Of: g.Of, Total: g.Total, Matched: g.Matched, Unknown: g.Unknown,
			Clauses: orEmpty(g.Clauses), Sample: orEmpty(g.Sample), Lost: g.Lost})
	}
	return writeJSON(w, doc)
}

type segmentsDocument struct {
	FormatVersion string            `json:"format_version"`
	Segments      []segmentDocument `json:"segments"`
}

type segmentDocument struct {
	Name    string           `json:"name"`
	Of      string           `json:"of"`
	Total   int              `json:"total"`
	Matched int              `json:"matched"`
	Unknown int              `json:"unknown"`
	Clauses []segment.Clause `json:"clauses"`
	Sample  []string         `json:"sample"`
	Lost    []string         `json:"lost,omitempty"`
}
