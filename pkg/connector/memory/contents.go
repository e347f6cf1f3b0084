package memory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Contents is all that a system holds, as data. Everything is sorted; see its parts.
type Contents struct {
	Collections []Collection // by kind and name
	Records     []Record     // by object and id
	Events      []Event      // by action, then in the order in which they were sent
	Tasks       []Task       // by kind, then in the order in which they were made; without those that were deleted
}

// Collection is one collection with its members, by id.
type Collection struct {
	connector.Collection
	Members []Member
}

// Member is one member of a collection. Fields without a value are left out.
type Member struct {
	ID     string
	Fields map[string]string
}

// Record is one record whose fields were set. Fields without a value are left out.
type Record struct {
	Object, ID string
	Fields     map[string]string
}

// Event is one item that was sent.
type Event struct {
	Action, Receipt string
	Item            connector.Item
}

// Task is something that a person was given to do, and how far it has come.
type Task struct {
	Kind, Receipt string
	Item          connector.Item
	Report        connector.TaskReport
}

// Contents lists what the system holds. Payloads are shared with the system and must not be changed.
func (m *System) Contents() Contents {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Contents{Collections: m.allCollections(), Records: m.allRecords(), Events: m.allEvents(), Tasks: m.allTasks()}
}

func (m *System) allCollections() []Collection {
	var all []Collection
	for c, members := range m.collections {
		listed := Collection{Collection: c}
		for _, id := range slices.Sorted(maps.Keys(members)) {
			listed.Members = append(listed.Members, Member{id, members[id].given()})
		}
		all = append(all, listed)
	}
	slices.SortFunc(all, func(a, b Collection) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return all
}

func (m *System) allRecords() []Record {
	var all []Record
	for _, object := range slices.Sorted(maps.Keys(m.objects)) {
		for _, id := range slices.Sorted(maps.Keys(m.objects[object])) {
			all = append(all, Record{object, id, m.objects[object][id].given()})
		}
	}
	return all
}

// given gives the fields that have a value, as a new map.
func (v values) given() map[string]string {
	fields := map[string]string{}
	for field, value := range v {
		if value != "" {
			fields[field] = value
		}
	}
	return fields
}

func (m *System) allEvents() []Event {
	var all []Event
	for _, action := range slices.Sorted(maps.Keys(m.sent)) {
		for i, item := range m.sent[action] {
			all = append(all, Event{action, receipt(connector.Send, action, i), item})
		}
	}
	return all
}

func (m *System) allTasks() []Task {
	var all []Task
	for _, kind := range slices.Sorted(maps.Keys(m.tasks)) {
		for i, t := range m.tasks[kind] {
			if !t.gone {
				all = append(all, Task{kind, receipt(connector.Task, kind, i), t.item, t.copied()})
			}
		}
	}
	return all
}

// Clone gives a system of its own that holds what m holds now, with what is scripted and whether it is down. OnWrite and the list of
// batches stay behind.
func (m *System) Clone() *System {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &System{Spec: m.Spec, down: m.down, next: m.next, stalled: m.stalled, replies: cloneLists(m.replies)}
	c.fill()
	for at, members := range m.collections {
		c.collections[at] = cloneRows(members)
	}
	for object, records := range m.objects {
		c.objects[object] = cloneRows(records)
	}
	c.sent = cloneLists(m.sent)
	for kind, tasks := range m.tasks {
		for _, t := range tasks {
			c.tasks[kind] = append(c.tasks[kind], &task{item: t.item, report: t.copied(), gone: t.gone})
		}
	}
	maps.Copy(c.first, m.first)
	return c
}

func cloneRows(rows map[string]values) map[string]values {
	c := make(map[string]values, len(rows))
	for id, v := range rows {
		c[id] = maps.Clone(v)
	}
	return c
}

// cloneLists copies a map of slices. It is never nil, so that it can be added to.
func cloneLists[T any](lists map[string][]T) map[string][]T {
	c := make(map[string][]T, len(lists))
	for name, list := range lists {
		c[name] = slices.Clone(list)
	}
	return c
}
