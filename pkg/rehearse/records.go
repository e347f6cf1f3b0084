package rehearse

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// Record is one record: a value for each column of its entity's schema, nil where it is missing. Values are string, int64, float64, bool,
// time.Time, []any and map[string]any.
type Record struct {
	Entity string
	Values []any
	given  []bool // which columns the test speaks of, where the record changes one that there is
	fixed  []bool // generated: which columns make it what it is: keys, and the time of an event
}

// Records is every record of a rehearsal, by entity, in the order in which they came.
type Records struct {
	book    *playbook.Book
	schemas map[string]*schema
	rows    map[string][]Record
}

func newRecords(book *playbook.Book, schemas map[string]*schema) *Records {
	return &Records{book: book, schemas: schemas, rows: map[string][]Record{}}
}

// put adds records. One whose key is there already changes it: what it speaks of is taken over, the rest stays.
func (r *Records) put(list []Record) {
	for _, x := range list {
		s := r.schemas[x.Entity]
		at := -1
		if key := s.keySlot(); key >= 0 {
			at = slices.IndexFunc(r.rows[x.Entity], func(old Record) bool { return old.Values[key] == x.Values[key] })
		}
		if at < 0 {
			r.rows[x.Entity] = append(r.rows[x.Entity], Record{Entity: x.Entity, Values: slices.Clone(x.Values)})
			continue
		}
		for i, given := range x.given {
			if given {
				r.rows[x.Entity][at].Values[i] = x.Values[i]
			}
		}
	}
}

// remove takes out the record with a key, and reports whether there was one.
func (r *Records) remove(entity, key string) bool {
	s := r.schemas[entity]
	at := slices.IndexFunc(r.rows[entity], func(x Record) bool { return x.Values[s.keySlot()] == key })
	if at >= 0 {
		r.rows[entity] = slices.Delete(r.rows[entity], at, at+1)
	}
	return at >= 0
}

// read gives the records as a run at that time reads them: events later than it don't exist yet.
func (r *Records) read(now time.Time) *source.Result {
	var builders []*frame.Builder
	var reports []source.Report
	for _, e := range r.book.Entities {
		s := r.schemas[e.Name]
		b, columns := s.builder()
		report := source.Report{Entity: e.Name, File: "given"}
		for _, x := range r.rows[e.Name] {
			if at := s.timeSlot(); at >= 0 {
				if t, ok := x.Values[at].(time.Time); ok && t.After(now) {
					report.Future++
					continue
				}
			}
			for i, c := range columns {
				c.Append(x.Values[i])
			}
		}
		report.Rows, report.Future = b.Rows(), 0 // that a test's events come later is no news
		builders, reports = append(builders, b), append(reports, report)
	}
	return &source.Result{Frame: frame.Link(builders), Reports: reports}
}

// builder gives an empty table of a schema, and its columns by slot.
func (s *schema) builder() (*frame.Builder, []*frame.Column) {
	b := &frame.Builder{Entity: s.entity.Name, Time: s.entity.Time}
	columns := make([]*frame.Column, len(s.slots))
	for i, x := range s.slots {
		columns[i] = frame.NewColumn(x.name, x.of)
	}
	for _, f := range s.entity.Fields {
		b.Columns = append(b.Columns, columns[s.slot(f.Name, f.Type)])
	}
	text := frame.Type{Kind: frame.String}
	for _, p := range s.entity.Parents {
		b.Parents = append(b.Parents, frame.ParentLink{Entity: p.Entity, Plural: s.entity.Plural, Keys: columns[s.slot(p.Column, text)]})
	}
	if s.entity.Key != "" {
		b.Key = columns[s.slot(s.entity.Key, text)]
	}
	return b, columns
}
