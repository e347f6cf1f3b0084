package simulate

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// read carries out an operation that changes nothing.
func (s *Server) read(v *view) *result {
	switch v.op.does {
	case listsRecords:
		return s.list(v)
	case readsRecords:
		return s.readRecords(v)
	case findsRecords:
		return s.findRecords(v)
	case findsCollection:
		return s.findCollection(v)
	case namesThem:
		return s.names(v)
	case listsMembers, looksUpMembers:
		return s.members(v)
	case looksUpSent:
		return s.lookup(v)
	case pollsTasks, looksUpTasks:
		return s.tasks(v)
	case prepares:
		return s.prepare(v)
	}
	return &result{exists: true}
}

// page gives the part of a list that a request asks for.
func page[T any](s *Server, v *view, list []T, at func(T) int) (part []T, next string, bad *result) {
	if cursor := v.cursor(); cursor != "" {
		after, err := strconv.Atoi(cursor)
		if err != nil {
			return nil, "", refuse("invalid", "there is no such cursor")
		}
		from, _ := slices.BinarySearchFunc(list, after+1, func(x T, n int) int { return at(x) - n })
		list = list[from:]
	}
	most := v.most()
	if s.options.Page > 0 {
		most = min(most, s.options.Page)
	}
	if len(list) > most {
		list, next = list[:most], strconv.Itoa(at(list[most-1]))
	}
	return list, next, nil
}

func (s *Server) list(v *view) *result {
	rows := s.store.table(v.op.kind).rows
	if since := moment(v.asked.texts["since"]); !since.IsZero() {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r *record) bool { return r.Updated.Before(since) })
	}
	if from := v.asked.text("from"); from != "" {
		at := slices.IndexFunc(rows, func(r *record) bool { return r.Key == from })
		rows = rows[at+1:]
	}
	part, next, bad := page(s, v, rows, func(r *record) int { return r.at })
	if bad != nil {
		return bad
	}
	return &result{records: foundOf(part), next: next, total: len(rows)}
}

func foundOf(rows []*record) []*found {
	out := make([]*found, len(rows))
	for i, r := range rows {
		out[i] = &found{key: r.Key, fields: r.Fields, record: r}
	}
	return out
}

// moment reads a time that stood in a request, in any of the usual forms.
func moment(value any) time.Time {
	text := textOf(value)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		if n > 1e11 {
			return time.UnixMilli(n)
		}
		return time.Unix(n, 0)
	}
	return time.Time{}
}

func (s *Server) readRecords(v *view) *result {
	out := &result{}
	t := s.store.table(v.op.kind)
	for _, key := range v.asked.list("keys") {
		switch r := t.byKey[key]; {
		case r != nil:
			out.records = append(out.records, &found{key: r.Key, fields: r.Fields, record: r})
		case s.knows(v.op.kind, key):
			out.records = append(out.records, &found{key: key, fields: map[string]any{}})
		default:
			out.missing = append(out.missing, key)
		}
	}
	return out
}

func (s *Server) findRecords(v *view) *result {
	field := v.asked.text("field")
	if field == "" { // the call is about one field, whose name it has as its own
		field = s.identity(v.op.kind)
		v.asked.texts["field"] = field // the answer may speak of it
	}
	out := &result{}
	t := s.store.table(v.op.kind)
	values := v.asked.list("values")
	if len(values) == 0 && v.op.call.Batch > 1 { // it reads them all, and picks
		for _, r := range t.rows {
			values = append(values, textOf(r.Fields[field]))
		}
	}
	for _, value := range values {
		rows := t.with(field, value, s.folds(v.op.kind, field))
		if len(rows) == 0 && s.options.Lenient {
			r, _ := t.put(s.store.id(), s.options.Now())
			r.Fields[field] = value
			rows = []*record{r}
		}
		for _, r := range rows {
			spelled, _ := r.has(field, value, true)
			out.records = append(out.records, &found{key: r.Key, fields: r.Fields, record: r, value: spelled})
		}
		if len(rows) == 0 {
			out.missing = append(out.missing, value)
		}
	}
	out.total = len(out.records)
	return out
}

// identity gives the first field by which an object's records are found.
func (s *Server) identity(object string) string {
	if o := s.manifest.Object(object); o != nil {
		for _, i := range o.Identities {
			if i.Field != "" {
				return i.Field
			}
		}
	}
	return "id"
}

func (s *Server) folds(object, field string) bool {
	o := s.manifest.Object(object)
	if o == nil {
		return false
	}
	for _, i := range o.Identities {
		if i.Field == field {
			return i.Fold
		}
	}
	return false
}

// collection gives the one that a request is about; nil if there is none.
func (s *Server) collection(v *view) *collection {
	id, name := v.asked.text("id"), v.asked.text("name")
	c := s.store.collection(v.op.shelf, id, name, v.op.fold)
	if c == nil && s.options.Lenient && (id != "" || name != "") {
		c = s.store.create(v.op.shelf, name)
		if name == "" {
			c.ID, c.Name = id, id
		}
	}
	return c
}

func (s *Server) findCollection(v *view) *result {
	if v.asked.text("name") == "" || v.op.call.Records != nil { // the reader picks it from a list
		out := s.names(v)
		if name := v.asked.text("name"); name != "" && out.trouble == nil {
			out.records = slices.DeleteFunc(out.records, func(f *found) bool {
				return f.shelf.Name != name && !(v.op.fold && strings.EqualFold(f.shelf.Name, name))
			})
		}
		if len(out.records) > 0 {
			out.id, out.name, out.exists = out.records[0].key, out.records[0].shelf.Name, true
		}
		return out
	}
	c := s.collection(v)
	if c == nil {
		return &result{name: v.asked.text("name")}
	}
	return &result{id: c.ID, name: c.Name, exists: true, records: []*found{shelved(c)}, total: 1}
}

func shelved(c *collection) *found {
	return &found{key: c.ID, fields: map[string]any{"name": c.Name}, shelf: c}
}

func (s *Server) names(v *view) *result {
	if s.options.Lenient && v.asked.text("name") != "" {
		s.collection(v)
	}
	part, next, bad := page(s, v, s.store.collections[v.op.shelf], func(c *collection) int { return c.at })
	if bad != nil {
		return bad
	}
	out := &result{next: next, total: len(s.store.collections[v.op.shelf])}
	for _, c := range part {
		out.records = append(out.records, shelved(c))
	}
	return out
}

func (s *Server) members(v *view) *result {
	c := s.collection(v)
	if c == nil {
		return refuse("unknown", "there is no "+v.op.kind+" with that id")
	}
	rows := c.members(v.op.kind).rows
	if v.op.does == looksUpMembers {
		if keys := v.asked.list("keys"); len(keys) > 0 {
			rows = slices.DeleteFunc(slices.Clone(rows), func(r *record) bool { return !slices.Contains(keys, r.Key) })
		}
	}
	part, next, bad := page(s, v, rows, func(r *record) int { return r.at })
	if bad != nil {
		return bad
	}
	return &result{records: foundOf(part), next: next, total: len(rows), id: c.ID, name: c.Name, exists: true}
}

func (s *Server) lookup(v *view) *result {
	out := &result{}
	keys := v.asked.list("keys")
	for _, e := range s.store.sent[v.op.kind] {
		if len(keys) == 0 || slices.Contains(keys, e.Key) {
			out.records = append(out.records, &found{key: e.Key, fields: e.Fields, effect: e})
		}
	}
	out.total = len(out.records)
	return out
}

func (s *Server) tasks(v *view) *result {
	out := &result{}
	keys := v.asked.list("keys")
	for _, t := range s.store.tasks[v.op.kind] {
		known := t.Receipt
		if v.op.does == looksUpTasks {
			known = t.Key
		}
		if !t.gone && (len(keys) == 0 || slices.Contains(keys, known)) {
			out.records = append(out.records, &found{key: known, fields: t.Fields, task: t})
		}
	}
	for _, key := range keys {
		if !slices.ContainsFunc(out.records, func(f *found) bool { return f.key == key }) {
			out.missing = append(out.missing, key)
		}
	}
	out.total = len(out.records)
	return out
}

// prepare answers what is asked before a write: of a task that is to be taken back, how it is.
func (s *Server) prepare(v *view) *result {
	out := &result{exists: true, id: s.store.name(0)}
	if v.op.then.does != cancelsTask || len(v.asked.items) == 0 {
		return out
	}
	t := s.store.find(v.op.kind, v.asked.items[0].ID, "")
	if t == nil {
		return refuse("unknown", "there is no such task")
	}
	out.records = []*found{{key: t.Receipt, fields: t.Fields, task: t}}
	return out
}
