package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// asked is how many ids, keys or receipts go into one call that reads.
const asked = 1000

// target is a collection, or of a write its target.
type target struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
}

// missing gives [connector.ErrNoCollection] for the plug-in's word for it.
func missing(c connector.Collection, err error) error {
	if refused := (&refusal{}); errors.As(err, &refused) && refused.Code == codeNoCollection {
		return fmt.Errorf("reading %s: %w", c, connector.ErrNoCollection)
	}
	return plain(err)
}

// pages calls a method until it gives no next page.
func (p *plugin) pages(ctx context.Context, method string, params map[string]any, page any, take func() (next string, err error)) error {
	for seen := ""; ; {
		if err := p.call(ctx, method, params, page); err != nil {
			return err
		}
		next, err := take()
		switch {
		case err != nil || next == "":
			return err
		case next == seen:
			return p.tell(method, fmt.Errorf("it gives the page %q after itself", next))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		seen, params["page"] = next, next
	}
}

// Members gives the ids in a collection.
func (p *plugin) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	var ids []string
	var page struct {
		IDs  []string `json:"ids"`
		Next string   `json:"next"`
	}
	err := p.pages(ctx, "members", map[string]any{"collection": target(c)}, &page, func() (string, error) {
		ids = append(ids, page.IDs...)
		next := page.Next
		page.IDs, page.Next = nil, ""
		return next, nil
	})
	if err != nil {
		return nil, missing(c, err)
	}
	if err := p.spell(ctx, c.Kind, ids); err != nil {
		return nil, err
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Collections gives the names of the collections of a kind.
func (p *plugin) Collections(ctx context.Context, kind string) ([]string, error) {
	var answer struct {
		Names []string `json:"names"`
	}
	if err := p.call(ctx, "collections", map[string]any{"kind": kind}, &answer); err != nil {
		return nil, plain(err)
	}
	slices.Sort(answer.Names)
	return slices.Compact(answer.Names), nil
}

// ask calls a method for as many ids at a time as go into one call. Answers are by id, and none that was not asked for is taken.
func ask[V any](ctx context.Context, p *plugin, method string, params map[string]any, word string, ids []string) (map[string]V, error) {
	found := map[string]V{}
	for part := range slices.Chunk(ids, asked) {
		var answer struct {
			Found map[string]V `json:"found"`
		}
		params[word] = part
		if err := p.call(ctx, method, params, &answer); err != nil {
			return nil, err
		}
		for _, id := range part {
			if v, ok := answer.Found[id]; ok {
				found[id] = v
			}
		}
	}
	return found, ctx.Err()
}

// MembershipsOf gives the names of the collections of a kind that ids are in.
func (p *plugin) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	found, err := ask[[]string](ctx, p, "memberships_of", map[string]any{"kind": kind}, "ids", ids)
	if err != nil {
		return nil, plain(err)
	}
	for id, names := range found {
		slices.Sort(names)
		if found[id] = slices.Compact(names); len(names) == 0 {
			delete(found, id)
		}
	}
	return found, nil
}

// Fields gives the values of fields of those ids that there are.
func (p *plugin) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	found, err := ask[map[string]any](ctx, p, "fields", map[string]any{"object": object, "fields": fields}, "ids", ids)
	return asTexts(found), plain(err)
}

// MembershipFields gives the values of fields of those ids that are in the collection.
func (p *plugin) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	found, err := ask[map[string]any](ctx, p, "membership_fields", map[string]any{"collection": target(c), "fields": fields}, "ids", ids)
	if err != nil {
		return nil, missing(c, err)
	}
	return asTexts(found), nil
}

// asTexts makes texts of values, in which form they are compared. null and "" are no values.
func asTexts(found map[string]map[string]any) map[string]map[string]string {
	out := make(map[string]map[string]string, len(found))
	for id, values := range found {
		out[id] = map[string]string{}
		for field, v := range values {
			if text := connector.Text(value(v)); text != "" {
				out[id][field] = text
			}
		}
	}
	return out
}

// Lookup gives the receipts of those keys that the system knows.
func (p *plugin) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	found, err := ask[string](ctx, p, "lookup", map[string]any{"action": action}, "keys", keys)
	return found, plain(err)
}

// report is what is told of a task.
type report struct {
	Status    connector.TaskStatus `json:"status"`
	Outcome   string               `json:"outcome"`
	Answers   map[string]any       `json:"answers"`
	DoneAt    *time.Time           `json:"done_at"`
	TouchedAt *time.Time           `json:"touched_at"`
}

// Tasks gives a report for each receipt that the system knows.
func (p *plugin) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	if err := p.hasTask(ctx, kind); err != nil {
		return nil, err
	}
	found, err := ask[report](ctx, p, "tasks", map[string]any{"kind": kind}, "receipts", receipts)
	if err != nil {
		return nil, plain(err)
	}
	reports := make(map[string]connector.TaskReport, len(found))
	for receipt, r := range found {
		if r.Status != connector.TaskOpen && r.Status != connector.TaskDone && r.Status != connector.TaskCancelled {
			return nil, p.tell("tasks", fmt.Errorf("the task %q has the status %q, which is none of open, done and cancelled", receipt, r.Status))
		}
		reports[receipt] = r.told()
	}
	return reports, nil
}

// hasTask says what is wrong where the plug-in has no such kind of task.
func (p *plugin) hasTask(ctx context.Context, kind string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	spec := p.Describe()
	if _, ok := spec.Task(kind); !ok && !spec.Unknown {
		return p.tell("tasks", fmt.Errorf("it has no %q", kind))
	}
	return nil
}

// told gives a report in the words of the contract.
func (r report) told() connector.TaskReport {
	out := connector.TaskReport{Status: r.Status, Outcome: r.Outcome}
	for name, v := range r.Answers {
		if text := connector.Text(value(v)); text != "" {
			if out.Answers == nil {
				out.Answers = map[string]string{}
			}
			out.Answers[name] = text
		}
	}
	if r.DoneAt != nil {
		out.DoneAt = *r.DoneAt
	}
	if r.TouchedAt != nil {
		out.TouchedAt = *r.TouchedAt
	}
	return out
}

// Create makes a collection.
func (p *plugin) Create(ctx context.Context, c connector.Collection) error {
	return plain(p.call(ctx, "create", map[string]any{"collection": target(c)}, nil))
}

// CheckCollection has the plug-in tell whether a collection is there and can be written.
func (p *plugin) CheckCollection(ctx context.Context, c connector.Collection) error {
	return missing(c, p.call(ctx, "check_collection", map[string]any{"collection": target(c)}, nil))
}
