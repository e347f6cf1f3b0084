package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/connector"
)

// item is one record's part of a batch, and outcome what became of it, as they go to and fro.
type (
	item struct {
		ID     string         `json:"id"`
		Key    string         `json:"key,omitempty"`
		Fields map[string]any `json:"fields,omitempty"`
		Source source         `json:"source"`
	}
	source struct {
		Play   string `json:"play"`
		Step   string `json:"step"`
		Record string `json:"record"`
	}
	outcome struct {
		Status  string `json:"status"`
		Receipt string `json:"receipt"`
		Reason  string `json:"reason"`
	}
)

var statuses = map[string]connector.Status{"done": connector.Done, "already": connector.Already, "rejected": connector.Rejected, "later": connector.Later, "in doubt": connector.InDoubt}

// Write carries out a batch. Items that no plug-in can be told are rejected here, and so are those without an id, or a task without a key.
func (p *plugin) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	if err := p.refuse(ctx, b); err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	outcomes := make([]connector.Outcome, len(b.Items))
	var items []item
	var places []int
	for i, it := range b.Items {
		encoded, reason := encode(b.Verb, it)
		if reason != "" {
			outcomes[i] = connector.Outcome{Status: connector.Rejected, Reason: reason}
			continue
		}
		items, places = append(items, encoded), append(places, i)
	}
	if len(items) == 0 {
		return outcomes, nil
	}
	var answer struct {
		Outcomes []outcome `json:"outcomes"`
	}
	err := p.call(ctx, "write", map[string]any{"verb": b.Verb.String(), "target": target(b.Target), "items": items}, &answer)
	if err == nil && len(answer.Outcomes) != len(items) {
		err = p.tell("write", fmt.Errorf("it gives %d outcomes for %d items", len(answer.Outcomes), len(items)))
	}
	if err != nil {
		return nil, p.lacking(b.Target, err)
	}
	for i, o := range answer.Outcomes {
		outcomes[places[i]] = p.outcome(o)
	}
	return outcomes, nil
}

// lacking gives [connector.ErrNoCollection] for the plug-in's word for it.
func (p *plugin) lacking(t connector.Collection, err error) error {
	if refused := (&refusal{}); errors.As(err, &refused) && refused.Code == codeNoCollection {
		return &connector.NotBegunError{Err: fmt.Errorf("writing %s: %w", t, connector.ErrNoCollection)}
	}
	return err
}

// refuse says why a whole batch can't be carried out; nil if it can.
func (p *plugin) refuse(ctx context.Context, b connector.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	unspelt := p.unspelt
	p.mu.Unlock()
	if unspelt != nil {
		return fmt.Errorf("what is to be written was compared by ids that could not be normalized: %w", unspelt)
	}
	_, d, err := p.running(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return p.tell("describe", err)
	}
	spec, known := d.spec(), false
	switch {
	case b.Verb == connector.Send:
		_, known = spec.Action(b.Target.Kind)
	case b.Verb == connector.Task, b.Verb == connector.Cancel:
		_, known = spec.Task(b.Target.Kind)
	case b.Verb == connector.Set && b.Target.Name == "":
		known = spec.AnyObject
		for _, o := range spec.Objects {
			known = known || o.Name == b.Target.Kind
		}
	default:
		_, known = spec.CollectionKind(b.Target.Kind)
	}
	switch {
	case !known:
		return p.tell("write", fmt.Errorf("it has no %q to %s", b.Target.Kind, b.Verb))
	case len(b.Items) > spec.Batch:
		return p.tell("write", fmt.Errorf("a batch of %d: %d is the most", len(b.Items), spec.Batch))
	}
	return nil
}

// encode makes an item fit to be sent, or says why it never will be.
func encode(v connector.Verb, it connector.Item) (out item, reason string) {
	switch {
	case it.ID == "" && v != connector.Send && v != connector.Task:
		return out, "the id is empty"
	case it.Key == "" && v == connector.Task:
		return out, "the key is empty"
	}
	out = item{ID: it.ID, Key: it.Key, Source: source(it.Source)}
	for _, text := range []string{it.ID, it.Key, it.Source.Play, it.Source.Step, it.Source.Record} {
		if !utf8.ValidString(text) {
			return out, "it has a text that is not in UTF-8"
		}
	}
	if len(it.Fields) > 0 {
		fields, ok := sendable(it.Fields).(map[string]any)
		if _, err := json.Marshal(fields); err != nil || !ok {
			return out, "it has a value that JSON can't hold: a number that is none, or a text that is not in UTF-8"
		}
		out.Fields = fields
	}
	return out, ""
}

// unsendable is a value that JSON can't hold, so that encoding it fails.
var unsendable = func() {}

// sendable gives a value as JSON has it: times as text. The values given stay as they are.
func sendable(v any) any {
	switch v := v.(type) {
	case time.Time:
		return connector.Text(v)
	case string:
		if !utf8.ValidString(v) {
			return unsendable
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = sendable(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, x := range v {
			if out[name] = sendable(x); !utf8.ValidString(name) {
				out[name] = unsendable
			}
		}
		return out
	}
	return v
}

// outcome gives what the plug-in says of an item in the words of the contract. What is not understood is in doubt.
func (p *plugin) outcome(o outcome) connector.Outcome {
	status, ok := statuses[o.Status]
	out := connector.Outcome{Status: status, Receipt: o.Receipt, Reason: p.redact(readable(o.Reason))}
	switch {
	case !ok:
		out.Status, out.Reason = connector.InDoubt, fmt.Sprintf("the plug-in gives the status %q, which there is not", o.Status)
	case out.Reason == "" && status != connector.Done && status != connector.Already:
		out.Reason = "the plug-in gives no reason"
	}
	return out
}
