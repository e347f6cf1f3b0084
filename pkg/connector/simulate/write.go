package simulate

import (
	"maps"

	"github.com/playctl/playctl/pkg/connector"
)

// write carries out an operation that changes something.
func (s *Server) write(v *view) *result {
	if v.op.does == createsOne {
		return s.create(v)
	}
	out := &result{}
	c, bad := s.target(v)
	if bad != nil {
		return bad
	}
	if c != nil {
		out.id, out.name = c.ID, c.Name
	}
	for i, x := range v.asked.items {
		e := &ended{item: x, index: i, is: connector.Done}
		out.items = append(out.items, e)
		if why := s.bad(v, x); why != "" {
			e.is, e.why = connector.Rejected, why
			continue
		}
		s.one(v, c, e)
	}
	if len(out.items) > 0 {
		out.exists = true
		if out.id == "" {
			out.id = out.items[0].receipt
		}
	}
	return out
}

// target gives the collection that is written to; nil for writes that are about none.
func (s *Server) target(v *view) (*collection, *result) {
	if v.op.does != adds && v.op.does != removes && v.op.does != updatesMembers {
		return nil, nil
	}
	if c := s.collection(v); c != nil {
		return c, nil
	}
	if v.asked.text("id") == "" && len(v.asked.items) > 0 { // known by the membership alone
		for _, c := range s.store.collections[v.op.shelf] {
			if c.membership(v.op.kind, v.asked.items[0].Membership) != nil {
				return c, nil
			}
		}
		return &collection{by: map[string]*table{}}, nil
	}
	return nil, refuse("unknown", "there is no "+v.op.kind+" with that id")
}

func (c *collection) membership(kind, id string) *record {
	for _, r := range c.members(kind).rows {
		if id != "" && r.ID == id {
			return r
		}
	}
	return nil
}

// knows reports whether a record is there.
func (s *Server) knows(object, id string) bool {
	return object == "" || s.store.table(object).byKey[id] != nil || s.options.Exists != nil && s.options.Exists(object, id)
}

// one carries out the part of one item.
func (s *Server) one(v *view, c *collection, e *ended) {
	switch v.op.does {
	case adds:
		s.add(v, c, e)
	case removes:
		s.remove(v, c, e)
	case updatesMembers:
		s.setMember(v, c, e)
	case updatesRecords:
		s.set(v, e)
	case sends:
		s.send(v, e)
	case createsTask:
		s.giveTask(v, e)
	case cancelsTask:
		s.cancelTask(v, e)
	}
}

func (e *ended) unknown() {
	e.is, e.why, e.missing = connector.Rejected, "there is no such record", true
}

func (s *Server) add(v *view, c *collection, e *ended) {
	if !s.knows(v.op.of, e.ID) {
		e.unknown()
		return
	}
	r, made := c.members(v.op.kind).put(e.ID, s.options.Now())
	if !made {
		e.is, e.receipt = connector.Already, r.ID
		return
	}
	r.ID = s.store.id()
	maps.Copy(r.Fields, e.Fields)
	e.made, e.receipt = true, r.ID
	s.store.did(&Effect{Does: "add", Kind: v.op.kind, Target: c.Name, ID: e.ID, Key: e.Key, Receipt: r.ID})
}

func (s *Server) remove(v *view, c *collection, e *ended) {
	r := c.members(v.op.kind).byKey[e.ID]
	if e.Membership != "" {
		r = c.membership(v.op.kind, e.Membership)
	}
	if r == nil {
		e.is, e.missing = connector.Already, !s.knows(v.op.of, e.ID)
		return
	}
	c.members(v.op.kind).drop(r.Key)
	e.receipt = r.ID
	s.store.did(&Effect{Does: "remove", Kind: v.op.kind, Target: c.Name, ID: r.Key, Key: e.Key, Receipt: r.ID})
}

func (s *Server) setMember(v *view, c *collection, e *ended) {
	r := c.members(v.op.kind).byKey[e.ID]
	if e.Membership != "" {
		r = c.membership(v.op.kind, e.Membership)
	}
	if r == nil {
		e.unknown()
		return
	}
	e.receipt = r.ID
	if change(r, e.Fields) {
		r.Updated = s.options.Now()
		s.store.did(&Effect{Does: "set", Kind: v.op.kind, Target: c.Name, ID: r.Key, Fields: e.Fields})
	}
}

// change sets fields, and reports whether any of them had another value.
func change(r *record, fields map[string]any) bool {
	changed := false
	for name, value := range fields {
		old, there := r.Fields[name]
		changed = changed || !there || textOf(old) != textOf(value)
		r.Fields[name] = value
	}
	return changed
}

func (s *Server) set(v *view, e *ended) {
	if !s.knows(v.op.kind, e.ID) {
		e.unknown()
		return
	}
	r, _ := s.store.table(v.op.kind).put(e.ID, s.options.Now())
	e.receipt = r.Key
	if change(r, e.Fields) {
		r.Updated = s.options.Now()
		s.store.did(&Effect{Does: "set", Kind: v.op.kind, ID: e.ID, Fields: e.Fields})
	}
}

func (s *Server) send(v *view, e *ended) {
	if v.op.call.Retry == connector.ByKey && e.Key != "" {
		for _, old := range s.store.sent[v.op.kind] {
			if old.Key == e.Key {
				e.receipt, e.is = old.Receipt, connector.Already
				return
			}
		}
	}
	if e.ID != "" && !s.knows(v.op.of, e.ID) {
		e.unknown()
		return
	}
	e.receipt, e.made = s.store.id(), true
	did := s.store.did(&Effect{Does: "send", Kind: v.op.kind, ID: e.ID, Key: e.Key, Receipt: e.receipt, Fields: e.Fields})
	s.store.sent[v.op.kind] = append(s.store.sent[v.op.kind], did)
}

func (s *Server) giveTask(v *view, e *ended) {
	if v.op.call.Retry == connector.ByKey {
		if old := s.store.find(v.op.kind, "", e.Key); old != nil {
			e.receipt, e.is = old.Receipt, connector.Already
			return
		}
	}
	if e.ID != "" && !s.knows(v.op.of, e.ID) {
		e.unknown()
		return
	}
	t := &Task{Receipt: s.store.id(), Key: e.Key, ID: e.ID, Fields: e.Fields, Status: "open"}
	s.store.tasks[v.op.kind] = append(s.store.tasks[v.op.kind], t)
	e.receipt, e.made = t.Receipt, true
	s.store.did(&Effect{Does: "task", Kind: v.op.kind, ID: e.ID, Key: e.Key, Receipt: t.Receipt, Fields: e.Fields})
}

func (s *Server) cancelTask(v *view, e *ended) {
	t := s.store.find(v.op.kind, e.ID, "")
	switch {
	case t == nil:
		e.is, e.missing = connector.Already, true
	case t.Status != "open":
		e.is = connector.Already
	default:
		t.Status = "cancelled"
		s.store.did(&Effect{Does: "cancel", Kind: v.op.kind, ID: t.ID, Key: t.Key, Receipt: t.Receipt})
	}
}

func (s *Server) create(v *view) *result {
	name := v.asked.text("name")
	if name == "" {
		return refuse("invalid", "it has no name")
	}
	if s.store.collection(v.op.shelf, "", name, v.op.fold) != nil {
		return refuse("duplicate", "there is one with that name")
	}
	c := s.store.create(v.op.shelf, name)
	s.store.did(&Effect{Does: "create", Kind: v.op.kind, Target: name, Receipt: c.ID})
	return &result{id: c.ID, name: c.Name, exists: true}
}
