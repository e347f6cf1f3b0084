package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Write carries out a batch, item by item; see [System.Script] for what can be made to go wrong. A batch of a kind that the spec does
// not have, or of more items than it takes, is refused as a whole.
func (m *System) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	if m.OnWrite != nil {
		m.OnWrite(b)
	}
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	defer unlock()
	m.batches = append(m.batches, b)
	if err := m.refuse(b); err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	if m.stalled {
		m.stalled = false
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return m.carryOut(b)
}

// ofCollection reports whether a batch is about members of a collection.
func ofCollection(b connector.Batch) bool {
	return b.Verb.Membership() || b.Verb == connector.Set && b.Target.Name != ""
}

// refuse says why a whole batch can't be carried out; nil if it can.
func (m *System) refuse(b connector.Batch) error {
	spec := m.Describe()
	known := true
	switch {
	case spec.Batch > 0 && len(b.Items) > spec.Batch:
		return fmt.Errorf("writing %d items: %d is the most", len(b.Items), spec.Batch)
	case ofCollection(b):
		if m.collections[b.Target] == nil {
			return fmt.Errorf("writing %s: %w", b.Target, connector.ErrNoCollection)
		}
	case b.Verb == connector.Set:
		known = spec.AnyObject || slices.ContainsFunc(spec.Objects, func(k connector.ObjectKind) bool { return k.Name == b.Target.Kind })
	case b.Verb == connector.Send:
		_, known = spec.Action(b.Target.Kind)
	case b.Verb == connector.Task, b.Verb == connector.Cancel:
		_, known = spec.Task(b.Target.Kind)
	default:
		return fmt.Errorf("writing a batch: verb %d is not known", b.Verb)
	}
	if !known {
		return fmt.Errorf("writing a batch to %s: there is no such kind %q", b.Verb, b.Target.Kind)
	}
	return nil
}

// carryOut does the items up to one whose reply fails the call.
func (m *System) carryOut(b connector.Batch) ([]connector.Outcome, error) {
	outcomes := make([]connector.Outcome, len(b.Items))
	fault := m.next
	m.next = Reply{}
	for i, item := range b.Items {
		reply := m.reply(item)
		if fault != (Reply{}) {
			reply = fault
		}
		if errors.As(reply.Err, new(*connector.NotBegunError)) && i == 0 {
			return nil, reply.Err
		}
		if reply == (Reply{}) {
			outcomes[i] = m.do(b, item)
			continue
		}
		if reply.Acts {
			m.do(b, item)
		}
		if outcomes[i] = reply.Outcome; reply.Err != nil {
			return outcomes, reply.Err
		}
	}
	return outcomes, nil
}

// do carries out one item.
func (m *System) do(b connector.Batch, item connector.Item) connector.Outcome {
	id := m.Normalize(b.Target.Kind, item.ID)
	switch {
	case id == "" && b.Verb != connector.Task && b.Verb != connector.Send:
		return rejected("the id is empty")
	case b.Verb == connector.Add:
		return m.add(b.Target, id, item.Fields)
	case b.Verb == connector.Remove:
		return m.remove(b.Target, id)
	case b.Verb == connector.Set && b.Target.Name != "":
		return m.setMembership(b.Target, id, item.Fields)
	case b.Verb == connector.Set:
		return m.setObject(b.Target.Kind, id, item.Fields)
	case b.Verb == connector.Task:
		return m.give(b.Target.Kind, item)
	case b.Verb == connector.Cancel:
		return m.cancel(b.Target.Kind, item.ID)
	}
	return m.send(b.Target.Kind, item)
}

func rejected(reason string) connector.Outcome {
	return connector.Outcome{Status: connector.Rejected, Reason: reason}
}

// add makes an id a member. The fields of one who is a member already stay as they are.
func (m *System) add(c connector.Collection, id string, fields map[string]any) connector.Outcome {
	if _, in := m.collections[c][id]; in {
		return connector.Outcome{Status: connector.Already}
	}
	if reason := m.noMembershipField(c.Kind, fields); reason != "" {
		return rejected(reason)
	}
	held := values{}
	m.collections[c][id] = held
	held.set(fields)
	return connector.Outcome{Status: connector.Done}
}

func (m *System) remove(c connector.Collection, id string) connector.Outcome {
	if _, in := m.collections[c][id]; !in {
		return connector.Outcome{Status: connector.Already}
	}
	delete(m.collections[c], id)
	return connector.Outcome{Status: connector.Done}
}

func (m *System) setMembership(c connector.Collection, id string, fields map[string]any) connector.Outcome {
	held, in := m.collections[c][id]
	if !in {
		return rejected("it is no member of " + c.String())
	}
	if reason := m.noMembershipField(c.Kind, fields); reason != "" {
		return rejected(reason)
	}
	return held.set(fields)
}

// noMembershipField says which field memberships of a kind don't have; "" if they have all.
func (m *System) noMembershipField(kind string, fields map[string]any) string {
	k, _ := m.collection(kind)
	if k.AnyField {
		return ""
	}
	return missing(fields, k.Fields, "a membership of "+kind)
}

func (m *System) setObject(object, id string, fields map[string]any) connector.Outcome {
	for _, k := range m.Describe().Objects {
		if k.Name != object || len(k.Fields) == 0 {
			continue
		}
		if reason := missing(fields, k.Fields, object); reason != "" {
			return rejected(reason)
		}
	}
	if m.objects[object] == nil {
		m.objects[object] = map[string]values{}
	}
	held, known := m.objects[object][id]
	if !known {
		held = values{}
		m.objects[object][id] = held
	}
	outcome := held.set(fields)
	if !known && len(fields) > 0 {
		outcome.Status = connector.Done
	}
	return outcome
}

// missing names the first field, by name, that is not among those known.
func missing(fields map[string]any, known []string, of string) string {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, field) {
			return fmt.Sprintf("%s has no field %q", of, field)
		}
	}
	return ""
}

// set takes new values in and tells whether that changes any.
func (v values) set(fields map[string]any) connector.Outcome {
	outcome := connector.Outcome{Status: connector.Already}
	for field, value := range fields {
		if text := connector.Text(value); v[field] != text {
			v[field] = text
			outcome.Status = connector.Done
		}
	}
	return outcome
}

func (m *System) send(action string, item connector.Item) connector.Outcome {
	kind, _ := m.Describe().Action(action)
	if again, ok := m.again(event{connector.Send, action, item.Key}, kind, len(m.sent[action])); ok {
		return again
	}
	m.sent[action] = append(m.sent[action], item)
	return connector.Outcome{Status: connector.Done, Receipt: receipt(connector.Send, action, len(m.sent[action])-1)}
}

// again gives the outcome of an event whose key the system drops because it was there before. One that is not dropped will stand at
// next among those of its kind.
func (m *System) again(e event, kind connector.ActionKind, next int) (connector.Outcome, bool) {
	first, repeated := m.first[e]
	if !repeated {
		m.first[e] = next
	}
	if repeated && (kind.Retry == connector.ByKey || kind.Retry == connector.Safe) {
		return connector.Outcome{Status: connector.Already, Receipt: receipt(e.verb, e.kind, first)}, true
	}
	return connector.Outcome{}, false
}

// reply takes the next scripted reply to an item.
func (m *System) reply(item connector.Item) Reply {
	for _, name := range []string{item.ID, item.Key} {
		if replies := m.replies[name]; len(replies) > 0 {
			m.replies[name] = slices.Clone(replies[1:])
			return replies[0]
		}
	}
	return Reply{}
}
