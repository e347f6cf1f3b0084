package rehearse

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// given reads records by entity and what systems hold.
func (r *reader) given(into *Given) func(document.Node) {
	return func(n document.Node) {
		known := keys{
			"holds":  func(n document.Node) { r.holds(n, &into.Holds) },
			"fields": func(n document.Node) { r.fieldsOf(n, &into.Fields) },
			"lists":  func(n document.Node) { r.lists(n, into) },
		}
		for _, e := range r.book.Entities { // first: the others speak of their keys
			if list := n.Get(e.Name); list.Exists() {
				r.records(list, r.schemas[e.Name], into)
			}
			known[e.Name] = func(document.Node) {}
		}
		r.mapping(n, "given", known)
		r.parents()
	}
}

// records reads the records of an entity.
func (r *reader) records(n document.Node, s *schema, into *Given) {
	if n.Kind() != document.List {
		r.fail(n, "write a list: [{…}, {…}]", "expected a list of records of %s, found %s", s.entity.Name, found(n))
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Items() {
		if x, ok := r.record(item, s, seen); ok {
			into.Records = append(into.Records, x)
		}
	}
}

// record reads one record. Those of an entity with a key have one, each its own.
func (r *reader) record(n document.Node, s *schema, seen map[string]bool) (Record, bool) {
	x := Record{Entity: s.entity.Name, Values: make([]any, len(s.slots)), given: make([]bool, len(s.slots))}
	known := keys{}
	for _, name := range s.names() {
		known[name] = func(v document.Node) {
			for i, slot := range s.slots {
				if slot.name != name {
					continue
				}
				x.Values[i], x.given[i] = r.value(v, slot.of), true
				if key, ok := x.Values[i].(string); ok && slot.parent != "" {
					r.parent = append(r.parent, parentKey{slot.parent, key, v})
				}
			}
		}
	}
	before := len(r.problems)
	r.mapping(n, s.entity.Name, known)
	if len(r.problems) > before {
		return x, false
	}
	at := s.keySlot()
	if at < 0 {
		return x, true
	}
	key, _ := x.Values[at].(string)
	switch {
	case key == "":
		r.fail(n, "write "+s.slots[at].name+": …", "a record of %s without its key", s.entity.Name)
		return x, false
	case seen[key]:
		r.fail(n.Get(s.slots[at].name), "", "%s %q is given twice", s.entity.Name, key)
		return x, false
	}
	seen[key] = true
	r.know(s.entity.Name, key)
	return x, true
}

// know takes note of a key.
func (r *reader) know(entity, key string) {
	if r.known[entity] == nil {
		r.known[entity] = map[string]bool{}
	}
	r.known[entity][key] = true
}

// parents refuses records whose parents nobody gives: that is a typo.
func (r *reader) parents() {
	for _, p := range r.parent {
		if !r.known[p.entity][p.key] {
			r.fail(p.at, diag.Suggest(p.key, slices.Collect(maps.Keys(r.known[p.entity]))), "no %s %q is given", p.entity, p.key)
		}
	}
	r.parent = nil
}

// keys reads keys of records, each alone or as entity:key.
func (r *reader) keys(n document.Node) []Key {
	out := []Key{}
	if n.Kind() == document.Map {
		r.fail(n, "write [a1, a2]", "expected keys, found %s", found(n))
		return out
	}
	for _, item := range items(n) {
		if k, ok := r.key(item); ok {
			out = append(out, k)
		}
	}
	return out
}

// key reads one key, and refuses one that no record has that was given so far. An address may stand for somebody who is no record of ours.
func (r *reader) key(n document.Node) (Key, bool) {
	k := Key{Key: n.Text(), At: n}
	if n.Kind() != document.Scalar || k.Key == "" {
		r.fail(n, "", "expected a key, found %s", found(n))
		return k, false
	}
	if entity, key, ok := strings.Cut(k.Key, ":"); ok && r.schemas[entity] != nil {
		k.Entity, k.Key = entity, key
	}
	var all []string
	for entity, known := range r.known {
		if k.Entity != "" && k.Entity != entity {
			continue
		}
		if known[k.Key] {
			return k, true
		}
		all = slices.AppendSeq(all, maps.Keys(known))
	}
	r.fail(n, diag.Suggest(k.Key, all), "no record with the key %q is given", k.Key)
	return k, false
}

// members reads who is in a collection: keys of records, or ids that none of them has.
func (r *reader) members(n document.Node) []Key {
	out := []Key{}
	for _, item := range items(n) {
		k := Key{At: item}
		r.text(&k.Key)(item)
		if entity, key, ok := strings.Cut(k.Key, ":"); ok && r.schemas[entity] != nil {
			k.Entity, k.Key = entity, key
		}
		out = append(out, k)
	}
	return out
}

var targetPattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z][A-Za-z0-9_]*)$`)

// target reads connector and kind: ads.audience.
func (r *reader) target(n document.Node) (Target, bool) {
	parts := targetPattern.FindStringSubmatch(n.Text())
	if n.Kind() != document.Scalar || parts == nil {
		r.fail(n, "write CONNECTOR.OBJECT, such as ads.audience", "expected a connector and what it has, found %s", found(n))
		return Target{}, false
	}
	if r.book.Connector(parts[1]) == nil {
		var known []string
		for _, c := range r.book.Connectors {
			known = append(known, c.Name)
		}
		r.fail(n, diag.Suggest(parts[1], known), "there is no connector %q", parts[1])
		return Target{}, false
	}
	return Target{parts[1], parts[2]}, true
}

// holds reads who is in collections: {ads.audience: {Early intent: [p1]}}.
func (r *reader) holds(n document.Node, into *[]Holding) {
	r.each(n, "collections such as {ads.audience: {Early intent: [p1]}}", func(target, names document.Node) {
		at, ok := r.target(target)
		if !ok {
			return
		}
		r.each(names, "names of collections and who is in them", func(name, members document.Node) {
			*into = append(*into, Holding{Target: at, Name: name.Text(), Members: r.members(members), At: name})
		})
	})
}

// fieldsOf reads fields of records in systems: {crm.account: {a1: {status: MQA}}}.
func (r *reader) fieldsOf(n document.Node, into *[]FieldValues) {
	r.each(n, "objects such as {crm.account: {a1: {status: new}}}", func(target, records document.Node) {
		at, ok := r.target(target)
		if !ok {
			return
		}
		r.each(records, "keys of records and their fields", func(key, fields document.Node) {
			k, ok := r.key(key)
			values, isMap := fields.Value().(map[string]any)
			if !isMap {
				r.fail(fields, "", "expected fields and their values, found %s", found(fields))
			}
			if ok && isMap {
				*into = append(*into, FieldValues{Target: at, Record: k, Values: values})
			}
		})
	})
}

// lists reads the keys of segments that are lists.
func (r *reader) lists(n document.Node, into *Given) {
	r.each(n, "segments that are lists, and their keys", func(name, value document.Node) {
		s := r.book.Segment(name.Text())
		if s == nil || s.List == "" {
			r.fail(name, diag.Suggest(name.Text(), r.book.SegmentNames()), "there is no segment %s that is a list", found(name))
			return
		}
		if into.Lists == nil {
			into.Lists = map[string][]string{}
		}
		into.Lists[s.Name] = []string{}
		for _, k := range r.keys(value) {
			into.Lists[s.Name] = append(into.Lists[s.Name], k.Key)
		}
	})
}
