package simulate

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// derive makes the answer of a call out of what the call reads of one. what names, for each thing that can't be made so, the key of the manifest.
func (s *Server) derive(v *view, res *result) (d *document, what []string) {
	d = newDocument()
	call, known := v.op.call, s.known(v)
	give := func(key string, p *mapping.Program, value any) {
		if !d.give(p, value, known) {
			what = append(what, key)
		}
	}
	give("ok", call.OK, true)
	switch {
	case v.op.does == issuesToken:
		return d, append(what, s.deriveToken(v, d, res, known)...)
	case call.Records != nil:
		list, more := s.entries(v, res, known)
		what = append(what, more...)
		give("records", call.Records, list)
		if call.Page != nil && res.next != "" {
			give("paginator.cursor", call.Page.Cursor, s.next(v, res))
		}
	case v.op.does == findsCollection && !res.exists:
		d.empty(call.ID, known)
	case v.op.does == findsCollection:
		give("id", call.ID, res.id)
		give("writable", call.Writable, true)
	case v.op.does == createsOne:
		give("id", call.ID, res.id)
	}
	for _, t := range v.op.takes() {
		_ = d.give(t.Value, s.store.name(0), known) // what can't be told so is told by reply:
	}
	if v.op.writes() {
		what = append(what, s.outcomes(v, d, res, known)...)
	}
	return d, what
}

// known is what the expressions of a call know of the request, for steps such as it.properties[field].
func (s *Server) known(v *view) mapping.Values {
	return s.settings.With("field", v.asked.text("field")).With("name", v.asked.text("name")).With("id", v.asked.text("id")).With("kind", v.op.kind).With("object", v.op.kind)
}

func (s *Server) deriveToken(v *view, d *document, res *result, known mapping.Values) (what []string) {
	t := s.manifest.Auth.Token
	for key, x := range map[string]struct {
		p     *mapping.Program
		value any
	}{"access": {t.Access, res.token["access"]}, "expires_in": {t.Expires, res.token["expires_in"]}, "refresh_token": {t.Refresh, res.token["refresh"]}} {
		if !d.give(x.p, x.value, known) {
			what = append(what, key)
		}
	}
	for _, x := range t.Vars {
		if !d.give(x.Value, s.base(v.request), known) {
			what = append(what, "vars."+x.Name)
		}
	}
	return what
}

// entries makes the records of an answer.
func (s *Server) entries(v *view, res *result, known mapping.Values) (list []any, what []string) {
	list = []any{}
	for _, f := range res.records {
		d := newDocument()
		for _, told := range f.tells(v) {
			if !d.give(told.p, told.value, known) && !told.optional {
				what = append(what, told.key)
			}
		}
		list = append(list, d.roots["it"])
	}
	return list, what
}

// told is a value that a program reads of a record.
type told struct {
	key      string
	p        *mapping.Program
	value    any
	optional bool // it is no harm if it is not told
}

// tells gives what is told of a record.
func (f *found) tells(v *view) []told {
	c := v.op.call
	switch {
	case f.task != nil && v.op.does == pollsTasks:
		out := []told{{"key", c.Key, f.key, false}, {"status", c.Status, f.task.Status, false}}
		if f.task.Outcome != "" {
			out = append(out, told{"outcome", c.Outcome, f.task.Outcome, true})
		}
		if len(f.task.Answers) > 0 {
			out = append(out, told{"answers", c.Answers, anyMap(f.task.Answers), true})
		}
		if !f.task.DoneAt.IsZero() {
			out = append(out, told{"done_at", c.DoneAt, f.task.DoneAt, true})
		}
		if !f.task.TouchedAt.IsZero() && f.task.Status == "open" {
			out = append(out, told{"touched_at", c.Touched, f.task.TouchedAt, true})
		}
		return out
	case f.task != nil:
		return []told{{"key", c.Key, f.key, false}, {"receipt", c.Receipt, f.task.Receipt, false}}
	case f.effect != nil:
		return []told{{"key", c.Key, f.key, false}, {"receipt", c.Receipt, f.effect.Receipt, false}}
	case f.shelf != nil:
		return []told{{"id", c.ID, f.key, false}, {"name", c.Name, f.shelf.Name, false}, {"writable", c.Writable, true, false}}
	case v.op.does == looksUpMembers:
		return []told{{"key", c.Key, f.record.ID, false}, {"member", c.Member, f.key, false}}
	case v.op.does == findsRecords:
		return []told{{"key", c.Key, f.key, false}, {"value", c.Value, f.value, false}}
	}
	out := []told{{"key", c.Key, f.key, false}}
	if wanted := f.wanted(v); c.Fields != nil {
		out = append(out, told{"fields", c.Fields, wanted, false})
	}
	return out
}

func anyMap(of map[string]string) map[string]any {
	out := map[string]any{}
	for name, text := range of {
		out[name] = text
	}
	return out
}

// wanted gives those fields that were asked for; all of them if none was.
func (f *found) wanted(v *view) map[string]any {
	asked := v.asked.list("fields")
	if len(asked) == 0 {
		return f.fields
	}
	out := map[string]any{}
	for _, name := range asked {
		if value, ok := f.fields[name]; ok {
			out[name] = value
		}
	}
	return out
}

// next gives what leads to the next page: its cursor, or its address.
func (s *Server) next(v *view, res *result) string {
	if v.op.call.Page == nil || v.op.call.Page.Into != "url" {
		return res.next
	}
	return s.goesOn(v, res.next)
}

// outcomes puts what became of items into an answer.
func (s *Server) outcomes(v *view, d *document, res *result, known mapping.Values) (what []string) {
	call := v.op.call
	if len(res.items) == 1 && res.items[0].is != connector.Rejected && !d.give(call.Receipt, res.items[0].receipt, known) {
		what = append(what, "receipt")
	}
	lists := make([][]any, len(call.Clauses))
	for _, e := range res.items {
		if !tellOne(call, e, lists, known) {
			what = append(what, fmt.Sprintf("outcomes: of an item that is %s", words[e.is]))
		}
	}
	for i, c := range call.Clauses {
		if lists[i] != nil || c.Position {
			if !d.give(c.List, append([]any{}, lists[i]...), known) {
				what = append(what, "outcomes.list")
			}
		}
	}
	return what
}

// words are those of what became of items.
var words = map[connector.Status]string{connector.Done: "done", connector.Already: "already", connector.Rejected: "rejected"}

// tellOne adds an entry about one item to the list of the clause that can tell it.
func tellOne(call *manifest.Call, e *ended, lists [][]any, known mapping.Values) bool {
	for _, is := range sayable(e) {
		for i, c := range call.Clauses {
			d := newDocument()
			if !about(c, d, e, known) || !tell(c.Cases, is, d, e, known) {
				continue
			}
			for c.Position && len(lists[i]) < e.index {
				lists[i] = append(lists[i], map[string]any{})
			}
			lists[i] = append(lists[i], d.roots["it"])
			return true
		}
		if call.Silent == is {
			return true
		}
	}
	return false
}

// sayable gives as what an item may be told: who asks for what is so already may be told that it was done, and the other way round for what nobody knows.
func sayable(e *ended) []connector.Status {
	switch e.is {
	case connector.Already:
		return []connector.Status{connector.Already, connector.Done}
	case connector.Rejected:
		return []connector.Status{connector.Rejected}
	}
	return []connector.Status{e.is}
}

// about has an entry be about an item.
func about(c manifest.Clause, d *document, e *ended, known mapping.Values) bool {
	id := e.ID
	if id == "" {
		id = e.Membership
	}
	switch {
	case c.Position:
		d.roots["it"] = map[string]any{}
		return true
	case c.Index != nil:
		return d.give(c.Index, int64(e.index), known)
	case c.Keys != nil:
		return d.give(c.Keys, []any{id}, known)
	}
	return d.give(c.Key, id, known)
}

// tell has the first case that means it hold, and none before it.
func tell(cases []manifest.Case, is connector.Status, d *document, e *ended, known mapping.Values) bool {
	for at, x := range cases {
		if x.Is != is || x.When != nil && !d.give(x.When, true, known) {
			continue
		}
		for _, before := range cases[:at] {
			if before.When == nil {
				return false
			}
			if holds, err := before.When.Holds(context.Background(), known.With("it", d.roots["it"])); holds || err != nil {
				d.give(before.When, false, known)
			}
		}
		d.give(x.Why, e.why, known)
		d.give(x.Receipt, e.receipt, known)
		return true
	}
	return false
}
