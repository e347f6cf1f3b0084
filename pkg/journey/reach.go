package journey

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// reached gives the records that a step acts on, each once, in the order of its `order`, at most its `limit` in all. Of an effect that was
// done in part they are those that it began with.
func (w *walker) reached(ctx context.Context, s *step) ([]reach, error) {
	if !w.arrived && s.Verb.Effect() && len(w.track.Reached) > 0 && w.track.Step == s.ID {
		return w.begun(s), nil
	}
	out, err := w.related(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := w.rankReached(ctx, s, out); err != nil {
		return nil, err
	}
	if s.Limit > 0 && len(out) > s.Limit {
		out = out[:s.Limit]
	}
	return out, nil
}

// related gives the records of a step's `for`, each once: by entity as they are named, by row.
func (w *walker) related(ctx context.Context, s *step) ([]reach, error) {
	type record struct {
		entity string
		row    int
	}
	seen := map[record]bool{}
	var out []reach
	for i := range s.targets {
		target := &s.targets[i]
		if target.rows == nil {
			return []reach{{target, w.at.Rows[target.entity]}}, nil
		}
		rows, err := target.rows.Rows(ctx, w.data, w.at)
		if err != nil {
			return nil, err
		}
		slices.Sort(rows)
		for _, row := range rows {
			if r := (record{target.entity, row}); !seen[r] {
				seen[r] = true
				out = append(out, reach{target, row})
			}
		}
	}
	return out, nil
}

// begun gives the records that an effect was begun with, as far as they are still there.
func (w *walker) begun(s *step) []reach {
	var out []reach
	for i := range s.targets {
		table := w.data.Frame.Table(s.targets[i].entity)
		for _, key := range w.track.Reached {
			if row, ok := table.Row(key); ok {
				out = append(out, reach{&s.targets[i], row})
			}
		}
	}
	return out
}

// rankReached puts records in the order of a step's `order`, which goes with records of one entity.
func (w *walker) rankReached(ctx context.Context, s *step, list []reach) error {
	if s.order == nil {
		return nil
	}
	ranks := make(map[int]any, len(list))
	for _, r := range list {
		v, err := s.order.Value(ctx, w.data, w.at.With(r.target.entity, r.row))
		if _, err = unknownWaits(err); err != nil {
			return err
		}
		ranks[r.row] = v
	}
	slices.SortStableFunc(list, func(a, b reach) int { return cmp.Or(compareRanks(ranks[a.row], ranks[b.row]), a.row-b.row) })
	return nil
}

// Identity gives the id by which a connector knows a record, and whether it is known.
func (ps *Plays) Identity(ctx context.Context, d *expr.Data, connector, entity string, row int) (string, bool) {
	p := ps.identities[entity][connector]
	if p == nil {
		return "", false
	}
	v, err := p.Value(ctx, d, expr.Row(entity, row))
	if err != nil {
		return "", false
	}
	id := strings.TrimSpace(playbook.Text(v))
	return id, id != ""
}

func (r *run) identity(ctx context.Context, connector, entity string, row int) (string, bool) {
	return r.plays.Identity(ctx, r.data, connector, entity, row)
}

// compareRanks orders values of an order expression: ascending, unknown (nil) last.
func compareRanks(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(btoi(a), btoi(b))
		}
	case nil:
		if b != nil {
			return 1
		}
		return 0
	}
	return -1
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
