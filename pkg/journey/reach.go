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
	if len(s.targets) == 1 && s.targets[0].rows == nil {
		return []reach{{&s.targets[0], w.ownRow(s.targets[0].entity)}}, nil
	}
	var out []reach
	for i := range s.targets {
		rows, err := w.columns.records(ctx, s.targets[i].rows, &w.here)
		if err != nil {
			return nil, err
		}
		out = appendReach(out, &s.targets[i], rows)
	}
	if len(s.targets) > 1 {
		out = once(out)
	}
	return out, nil
}

// appendReach appends the records of one target, by row, each once.
func appendReach(out []reach, t *target, rows []uint32) []reach {
	if !slices.IsSorted(rows) {
		rows = slices.Sorted(slices.Values(rows))
	}
	out = slices.Grow(out, len(rows))
	for i, row := range rows {
		if i == 0 || row != rows[i-1] {
			out = append(out, reach{t, int(row)})
		}
	}
	return out
}

// once leaves out records that came before with another target.
func once(list []reach) []reach {
	type record struct {
		entity string
		row    int
	}
	seen := map[record]bool{}
	return slices.DeleteFunc(list, func(r reach) bool {
		key := record{r.target.entity, r.row}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// ownRow gives the row of a walker's record of an entity: the member's own, or in a lane the lane's.
func (w *walker) ownRow(entity string) int {
	if w.lane == nil {
		return w.here.row
	}
	return w.here.at().Rows[entity]
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
	if s.order == nil || len(list) < 2 {
		return nil
	}
	ranks := make(map[int]any, len(list))
	at := w.here.at().With(list[0].target.entity, list[0].row)
	for _, r := range list {
		at.Rows[r.target.entity] = r.row
		v, err := s.order.Value(ctx, w.data, at)
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
	if p := ps.identities[entity][connector]; p != nil {
		return identified(ctx, d, p, entity, row)
	}
	return "", false
}

func identified(ctx context.Context, d *expr.Data, p *expr.Program, entity string, row int) (string, bool) {
	v, err := p.Value(ctx, d, expr.Row(entity, row))
	if err != nil {
		return "", false
	}
	id := strings.TrimSpace(playbook.Text(v))
	return id, id != ""
}

// identity gives the id by which a step's connector knows a record, and whether it is known.
func (r *run) identity(ctx context.Context, t *target, row int) (string, bool) {
	if t.identity == nil {
		return "", false
	}
	if column := r.columns.of(t.identity).text; column != nil {
		if !column.IsKnown(row) {
			return "", false
		}
		id := strings.TrimSpace(column.Text(row))
		return id, id != ""
	}
	return identified(ctx, r.data, t.identity, t.entity, row)
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
