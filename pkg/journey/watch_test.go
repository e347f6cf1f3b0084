package journey

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/state"
)

// TestWatch_seesAColumnAsExpressionsDo holds that what is read from columns is, value by value, the text that evaluating the field gives, which is
// what states know by its hash.
func TestWatch_seesAColumnAsExpressionsDo(t *testing.T) {
	kind := func(k frame.Kind) frame.Type { return frame.Type{Kind: k} }
	text := kind(frame.String)
	columns := map[string][]any{
		"bool":   {true, false, nil},
		"int":    {int64(0), int64(-7), int64(math.MaxInt64), int64(math.MinInt64), nil},
		"double": {0.0, math.Copysign(0, -1), 0.1, 1.0, 1e21, 1e-7, -1.5, math.MaxFloat64, nil},
		"string": {"", "a", "É & \"x\"", nil},
		"time":   {time.Unix(0, 0), time.Date(2026, 3, 3, 9, 0, 0, 120_000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), nil},
		"list":   {[]any{"b", "a"}, []any{}, nil},
		"map":    {map[string]any{"b": "1", "a": "2"}, map[string]any{}, nil},
	}
	types := map[string]frame.Type{"bool": kind(frame.Bool), "int": kind(frame.Int), "double": kind(frame.Double), "string": text, "time": kind(frame.Time),
		"list": {Kind: frame.List, Elem: &text}, "map": {Kind: frame.Map, Elem: &text}}
	for name, values := range columns {
		b := &frame.Builder{Entity: "account", Key: frame.NewColumn("id", text)}
		column := frame.NewColumn(name, types[name])
		b.Columns = []*frame.Column{b.Key, column}
		for i, v := range values {
			b.Key.AppendString(fmt.Sprintf("k%d", i))
			column.Append(v)
		}
		d := &expr.Data{Frame: frame.Link([]*frame.Builder{b})}
		w := &watcher{data: d, field: expr.ChangedField{Entity: "account", Field: name}, table: d.Frame.Table("account")}
		w.column = w.table.Column(name)
		for row, v := range values {
			got, known := w.text(row)
			want, evaluated := w.evaluated(row)
			if got != want || known != evaluated || known != (v != nil) {
				t.Errorf("%s %v: %q, %v; evaluated %q, %v", name, v, got, known, want, evaluated)
			}
		}
	}
}

func TestWatch_seesAStageOnceItIsEvaluated(t *testing.T) {
	b := &frame.Builder{Entity: "account", Key: frame.NewColumn("id", frame.Type{Kind: frame.String})}
	b.Columns = []*frame.Column{b.Key}
	b.Key.AppendString("a")
	b.Key.AppendString("b")
	d := &expr.Data{Frame: frame.Link([]*frame.Builder{b})}
	field := expr.StageField("account", "journey")
	s := &state.Snapshot{Meta: state.Meta{Salt: "salt"}}
	if seen := Watch(d, []expr.ChangedField{field}, s, time.Unix(0, 0)).Seen; len(seen) > 0 {
		t.Errorf("seen before it was evaluated: %v", seen)
	}
	d.Stages = map[string]*expr.Staged{"journey": {Names: []string{"aware"}, At: []int32{1, 0}}}
	seen := Watch(d, []expr.ChangedField{field}, s, time.Unix(0, 0)).Seen
	if len(seen) != 2 {
		t.Fatalf("seen: %v", seen)
	}
	for row, stage := range []string{"aware", ""} {
		w := &watcher{data: d, field: field}
		if text, known := w.evaluated(row); text != stage || !known || seen[row].Value != s.Meta.ValueHash(stage) {
			t.Errorf("row %d: %v, evaluated %q, %v", row, seen[row], text, known)
		}
	}
}
