package sqlite

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/valyala/fastjson"
)

// The lists that members and holdings by the hundred thousand have are written and read here, in a short form and without reflection. What
// is empty at the end of an inner list is left out:
//
//	reached  ["p-1","p-2", …]
//	done     [["call","done",1795341600000000],["mail","failed",null,["p-1","p-2"]],["form","done",null,[],{"score":12},{"notes":"…"}], …]
//	         id, outcome, at, records, event, answers
//	keepers  [["9f86d081884c7d659a2feaa0","ads"],["9f86d081884c7d659a2feaa0","ads","person:p-1"], …]   member, step, lane
//	lanes    [["each","person","p-1","call",1795341600000000,null,[],[…],1795341600000000,null,"",""], …]
//	         of, entity, key, step, step_at, due, reached, done, since, ended_at, outcome, reason

func (e *encoder) appendDone(b []byte, done []state.StepDone) []byte {
	b = append(b, '[')
	for i := range done {
		d := &done[i]
		b = appendText(append(b, opening(i)...), d.ID)
		b = appendText(append(b, ','), d.Outcome)
		b = appendMoment(append(b, ','), d.At)
		if len(d.Records)+len(d.Event)+len(d.Answers) > 0 {
			b = appendTexts(append(b, ','), d.Records)
		}
		if len(d.Event)+len(d.Answers) > 0 {
			b = e.appendObject(append(b, ','), d.Event)
		}
		if len(d.Answers) > 0 {
			b = e.appendObject(append(b, ','), d.Answers)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func (e *encoder) appendLanes(b []byte, lanes []state.Lane) []byte {
	b = append(b, '[')
	for i := range lanes {
		l := &lanes[i]
		b = appendText(append(b, opening(i)...), l.Of)
		b = appendText(append(b, ','), l.Record.Entity)
		b = appendText(append(b, ','), l.Record.Key)
		b = appendText(append(b, ','), l.Step)
		b = appendMoment(append(b, ','), l.StepAt)
		b = appendMoment(append(b, ','), l.Due)
		b = appendTexts(append(b, ','), l.Reached)
		b = e.appendDone(append(b, ','), l.Done)
		b = appendMoment(append(b, ','), l.Since)
		b = appendMoment(append(b, ','), l.EndedAt)
		b = appendText(append(b, ','), string(l.Outcome))
		b = appendText(append(b, ','), l.Reason)
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendKeepers(b []byte, keepers []state.Keeper) []byte {
	b = append(b, '[')
	for i, k := range keepers {
		b = appendText(append(b, opening(i)...), k.Member)
		b = appendText(append(b, ','), k.Step)
		if k.Lane != "" {
			b = appendText(append(b, ','), k.Lane)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// opening is what stands before the nth inner list.
func opening(n int) string {
	if n == 0 {
		return "["
	}
	return ",["
}

func appendTexts(b []byte, texts []string) []byte {
	b = append(b, '[')
	for i, s := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}

func appendText(b []byte, s string) []byte {
	if strings.ContainsFunc(s, escaped) {
		quoted, _ := json.Marshal(s) // of a string: can't fail
		return append(b, quoted...)
	}
	return append(append(append(b, '"'), s...), '"')
}

func escaped(r rune) bool { return r < ' ' || r == '"' || r == '\\' }

func appendMoment(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, t.UnixMicro(), 10)
}

func (d *decoder) texts() []string { return textsOf(d.list()) }

func (d *decoder) done() []state.StepDone { return d.doneOf(d.list()) }

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

func (d *decoder) keepers() []state.Keeper {
	values := d.list()
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
	b := v.GetStringBytes(index)
	if w, ok := d.words[string(b)]; ok { // without making a string
		return w
	}
	return d.intern(string(b))
}

func momentAt(v *fastjson.Value, index string) time.Time {
	if at := v.Get(index); at != nil && at.Type() == fastjson.TypeNumber {
		return time.UnixMicro(at.GetInt64()).UTC()
	}
	return time.Time{}
}
