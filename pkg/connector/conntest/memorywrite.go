package conntest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Write carries out a batch, item by item; see [Memory.Script] for what can be made to go wrong.
func (m *Memory) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	if m.OnWrite != nil {
		m.OnWrite(b)
	}
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	defer unlock()
	m.batches = append(m.batches, b)
	if collecting(b.Verb) && m.collections[b.Target] == nil {
		return nil, &connector.NotBegunError{Err: fmt.Errorf("writing %s: %w", b.Target, connector.ErrNoCollection)}
	}
	if m.fault == Stalled {
		m.fault = 0
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return m.carryOut(b)
}

func collecting(v connector.Verb) bool { return v == connector.Add || v == connector.Remove }

// carryOut does the items up to one whose reply fails the call.
func (m *Memory) carryOut(b connector.Batch) ([]connector.Outcome, error) {
	outcomes := make([]connector.Outcome, len(b.Items))
	fault := m.fault.reply()
	m.fault = 0
	for i, item := range b.Items {
		reply := m.next(item)
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
func (m *Memory) do(b connector.Batch, item connector.Item) connector.Outcome {
	id := m.Normalize(b.Target.Kind, item.ID)
	if id == "" {
		return connector.Outcome{Status: connector.Rejected, Reason: "the id is empty"}
	}
	switch b.Verb {
	case connector.Add, connector.Remove:
		return m.turn(m.collections[b.Target], id, b.Verb == connector.Add)
	case connector.Set:
		return m.set(b.Target.Kind, id, item.Fields)
	}
	return m.send(b.Target.Kind, item)
}

// turn makes an id a member, or none.
func (m *Memory) turn(members map[string]bool, id string, in bool) connector.Outcome {
	if members[id] == in {
		return connector.Outcome{Status: connector.Already}
	}
	if in {
		members[id] = true
	} else {
		delete(members, id)
	}
	return connector.Outcome{Status: connector.Done}
}

func (m *Memory) set(object, id string, fields map[string]any) connector.Outcome {
	if m.objects[object] == nil {
		m.objects[object] = map[string]map[string]string{}
	}
	held, known := m.objects[object][id]
	if !known {
		held = map[string]string{}
		m.objects[object][id] = held
	}
	outcome := connector.Outcome{Status: connector.Already}
	for field, value := range fields {
		if text := connector.Text(value); !known || held[field] != text {
			held[field] = text
			outcome.Status = connector.Done
		}
	}
	return outcome
}

func (m *Memory) send(action string, item connector.Item) connector.Outcome {
	kind, _ := m.Describe().Action(action)
	key := [2]string{action, item.Key}
	first, repeated := m.first[key]
	if repeated && (kind.Retry == connector.ByKey || kind.Retry == connector.Safe) {
		return connector.Outcome{Status: connector.Already, Receipt: memoryReceipt(action, first)}
	}
	m.sent[action] = append(m.sent[action], item)
	last := len(m.sent[action]) - 1
	if !repeated {
		m.first[key] = last
	}
	return connector.Outcome{Status: connector.Done, Receipt: memoryReceipt(action, last)}
}

// next takes the next scripted reply to an item.
func (m *Memory) next(item connector.Item) Reply {
	for _, name := range []string{item.ID, item.Key} {
		if replies := m.replies[name]; len(replies) > 0 {
			m.replies[name] = slices.Clone(replies[1:])
			return replies[0]
		}
	}
	return Reply{}
}
