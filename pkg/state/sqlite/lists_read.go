package sqlite

import (
	"encoding/json"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/valyala/fastjson"
)

func (d *decoder) reached() []string { return textsOf(d.list()) }

func (d *decoder) done() []state.StepDone {
	c := d.next()
	if c.kind == nullCell {
		return nil
	}
	if done, ok := d.quickDone(c.text); ok {
		return done
	}
	return d.doneOf(d.elements(c))
}

func (d *decoder) doneOf(values []*fastjson.Value) []state.StepDone {
	if len(values) == 0 {
		return nil
	}
	done := make([]state.StepDone, len(values))
	for i, v := range values {
		done[i] = state.StepDone{ID: d.wordAt(v, "0"), Outcome: d.wordAt(v, "1"), At: momentAt(v, "2"), Records: textsOf(v.GetArray("3"))}
		d.objectAt(v, "4", &done[i].Event)
		d.objectAt(v, "5", &done[i].Answers)
	}
	return done
}

func (d *decoder) lanes() []state.Lane {
	values := d.list()
	if values == nil {
		return nil
	}
	lanes := make([]state.Lane, len(values))
	for i, v := range values {
		l := state.Lane{Of: d.wordAt(v, "0"), Record: state.Record{Entity: d.wordAt(v, "1"), Key: string(v.GetStringBytes("2"))}}
		l.Step, l.StepAt, l.Due = d.wordAt(v, "3"), momentAt(v, "4"), momentAt(v, "5")
		l.Reached, l.Done = textsOf(v.GetArray("6")), d.doneOf(v.GetArray("7"))
		l.Since, l.EndedAt, l.Outcome, l.Reason = momentAt(v, "8"), momentAt(v, "9"), state.Outcome(d.wordAt(v, "10")), d.wordAt(v, "11")
		lanes[i] = l
	}
	return lanes
}

func (d *decoder) keptFor() []state.Keeper {
	c := d.next()
	if c.kind == nullCell {
		return nil
	}
	if keepers, ok := d.quickKeepers(c.text); ok {
		return keepers
	}
	return d.keepersOf(d.elements(c))
}

func (d *decoder) keepersOf(values []*fastjson.Value) []state.Keeper {
	if values == nil {
		return nil
	}
	keepers := make([]state.Keeper, len(values))
	for i, v := range values {
		keepers[i] = state.Keeper{Member: string(v.GetStringBytes("0")), Step: d.wordAt(v, "1"), Lane: string(v.GetStringBytes("2"))}
	}
	return keepers
}

func textsOf(values []*fastjson.Value) []string {
	if len(values) == 0 {
		return nil
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v.GetStringBytes())
	}
	return texts
}

// objectAt fills a map from an element of a list.
func (d *decoder) objectAt(v *fastjson.Value, index string, into any) {
	if object := v.Get(index); object != nil && json.Unmarshal(object.MarshalTo(nil), into) != nil {
		d.wrong("a list with a JSON object")
	}
}

// wordAt is word for an element of a list.
func (d *decoder) wordAt(v *fastjson.Value, index string) string {
	return d.intern(v.GetStringBytes(index))
}

func momentAt(v *fastjson.Value, index string) time.Time {
	if at := v.Get(index); at != nil && at.Type() == fastjson.TypeNumber {
		return time.UnixMicro(at.GetInt64()).UTC()
	}
	return time.Time{}
}
