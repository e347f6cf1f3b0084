//go:build unix

package main

import (
	"fmt"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/frame"
)

// naivePeer is how cel-go is used at first: a map for each record, one evaluation after the other.
type naivePeer struct {
	programs []cel.Program
	records  []map[string]any
}

func newNaivePeer(f *frame.Frame) (*naivePeer, error) {
	env, err := cel.NewEnv(cel.Variable("account", cel.MapType(cel.StringType, cel.DynType)), cel.Variable("since", cel.TimestampType),
		cel.CrossTypeNumericComparisons(true))
	if err != nil {
		return nil, err
	}
	n := &naivePeer{records: mapsOf(f)}
	for _, s := range theFive {
		checked, issues := env.Compile(s.naive)
		if issues.Err() != nil {
			return nil, fmt.Errorf("compiling %s: %w", s.naive, issues.Err())
		}
		p, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return nil, err
		}
		n.programs = append(n.programs, p)
	}
	return n, nil
}

// verdict counts the accounts in a segment and those for which evaluation gave an error.
func (n *naivePeer) verdict(segment int) (matched, unknown int, err error) {
	since := worldEnd.Add(-30 * 24 * time.Hour)
	for _, record := range n.records {
		value, _, err := n.programs[segment].Eval(map[string]any{"account": record, "since": since})
		switch {
		case err != nil:
			unknown++
		case value == types.True:
			matched++
		}
	}
	return matched, unknown, nil
}

// mapsOf makes a map of each account, with its people and activities in it. What is missing has no key.
func mapsOf(f *frame.Frame) []map[string]any {
	accounts := f.Table("account")
	people, activities := accounts.Children("people"), accounts.Children("activities")
	out := make([]map[string]any, accounts.Rows)
	for row := range out {
		record := mapOf(accounts, row)
		record["people"] = mapsAt(people.Child, people.Of(row))
		record["activities"] = mapsAt(activities.Child, activities.Of(row))
		out[row] = record
	}
	return out
}

func mapsAt(t *frame.Table, rows []uint32) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = mapOf(t, int(row))
	}
	return out
}

func mapOf(t *frame.Table, row int) map[string]any {
	record := make(map[string]any, len(t.Columns))
	for _, c := range t.Columns {
		if c.IsKnown(row) {
			record[c.Name] = valueAt(c, row)
		}
	}
	return record
}

func valueAt(c *frame.Column, row int) any {
	switch c.Type.Kind {
	case frame.Bool:
		return c.Bools[row]
	case frame.Int:
		return c.Ints[row]
	case frame.Double:
		return c.Doubles[row]
	case frame.Time:
		return time.UnixMicro(c.Ints[row]).UTC()
	case frame.List:
		var list []any
		for e := c.Start[row]; e < c.Start[row+1]; e++ {
			list = append(list, valueAt(c.Elems, int(e)))
		}
		return list
	case frame.Map:
		m := map[string]any{}
		for e := c.Start[row]; e < c.Start[row+1]; e++ {
			m[c.MapKeys.Text(int(e))] = valueAt(c.Elems, int(e))
		}
		return m
	}
	return c.Text(row)
}
