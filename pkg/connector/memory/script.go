package memory

import (
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Reply is what one item meets, once, instead of being carried out. The zero value carries it out.
type Reply struct {
	Outcome connector.Outcome
	// Acts says that the system does it all the same, and its answer is another: an in doubt that happened.
	Acts bool
	// Err fails the whole call at this item. Items before it are carried out and have their outcomes; this one and those after it have
	// Outcome and none. A [connector.NotBegunError] at the first item fails the call before anything.
	Err error
}

// Reject refuses an item for good.
func Reject(reason string) Reply { return Reply{Outcome: rejected(reason)} }

// Defer takes nothing and asks to come again.
func Defer() Reply {
	return Reply{Outcome: connector.Outcome{Status: connector.Later, Reason: "too many requests"}}
}

// Doubt leaves it open whether the item was done; happened tells whether it was.
func Doubt(happened bool) Reply {
	return Reply{Outcome: connector.Outcome{Status: connector.InDoubt, Reason: "the answer was lost"}, Acts: happened}
}

// Fail fails the call at an item; happened tells whether the item was done.
func Fail(err error, happened bool) Reply { return Reply{Err: err, Acts: happened} }

// Script sets what the next writes of an item meet, in turn. An item is known by its id or by its key.
func (m *System) Script(idOrKey string, replies ...Reply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.replies == nil {
		m.replies = map[string][]Reply{}
	}
	m.replies[idOrKey] = append(m.replies[idOrKey], replies...)
}

// Next makes every item of the next write meet a reply, whatever is scripted for it.
func (m *System) Next(r Reply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next = r
}

// Stall makes the next write wait, without having done anything, until its context ends.
func (m *System) Stall() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stalled = true
}

// Down makes every call fail with an error, until it is called with nil.
func (m *System) Down(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

// Put makes a collection and makes ids members of it. Nothing scripted happens. It panics on a kind that the system does not have.
func (m *System) Put(c connector.Collection, ids ...string) {
	if err := m.Create(context.Background(), c); err != nil {
		panic(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		m.add(c, m.Normalize(c.Kind, id), nil)
	}
}

// PutMember makes an id a member of a collection, which is made if it is not there, and gives its membership values. Nothing scripted
// happens. It panics on a kind or a field that the system does not have.
func (m *System) PutMember(c connector.Collection, id string, fields map[string]any) {
	m.Put(c, id)
	m.mu.Lock()
	defer m.mu.Unlock()
	must(m.setMembership(c, m.Normalize(c.Kind, id), fields))
}

// PutFields gives a record values. Nothing scripted happens. It panics on a field that the system does not have.
func (m *System) PutFields(object, id string, fields map[string]any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fill()
	must(m.setObject(object, m.Normalize(object, id), fields))
}

// must panics on what the system refuses: whoever furnishes it is mistaken about its spec.
func must(o connector.Outcome) {
	if o.Status == connector.Rejected {
		panic("furnishing a system in memory: " + o.Reason)
	}
}

// Sent gives what was sent by an action, in order, repeats included.
func (m *System) Sent(action string) []connector.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent[action])
}

// Batches gives every batch that was written, in order, also those that failed.
func (m *System) Batches() []connector.Batch {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.batches)
}
