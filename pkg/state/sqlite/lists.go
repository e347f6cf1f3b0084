package sqlite

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/valyala/fastjson"
)

// The two lists that members and holdings by the hundred thousand have are written and read here, in a short form and without
// reflection:
//
//	done     [["call","done",1795341600000000],["mail","failed",null,["p-1","p-2"]], …]   id, outcome, at, records
//	keepers  [["9f86d081884c7d659a2feaa0","ads"], …]                                      member, step

func appendDone(b []byte, done []state.StepDone) []byte {
	for i := range done {
		d := &done[i]
		b = appendText(append(b, opening(i)...), d.ID)
		b = appendText(append(b, ','), d.Outcome)
		b = appendMoment(append(b, ','), d.At)
		if len(d.Records) > 0 {
			b = appendTexts(append(b, ','), d.Records)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendKeepers(b []byte, keepers []state.Keeper) []byte {
	for i, k := range keepers {
		b = appendText(append(b, opening(i)...), k.Member)
		b = appendText(append(b, ','), k.Step)
		b = append(b, ']')
	}
	return append(b, ']')
}

// opening is what stands before the nth inner list.
func opening(n int) string {
	if n == 0 {
		return "[["
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

func (d *decoder) done() []state.StepDone {
	values := d.list()
	if values == nil {
		return nil
	}
	done := make([]state.StepDone, len(values))
	for i, v := range values {
		done[i] = state.StepDone{ID: d.wordAt(v, "0"), Outcome: d.wordAt(v, "1"), At: momentAt(v, "2")}
		for _, r := range v.GetArray("3") {
			done[i].Records = append(done[i].Records, string(r.GetStringBytes()))
		}
	}
	return done
}

func (d *decoder) keepers() []state.Keeper {
	values := d.list()
	if values == nil {
		return nil
	}
	keepers := make([]state.Keeper, len(values))
	for i, v := range values {
		keepers[i] = state.Keeper{Member: string(v.GetStringBytes("0")), Step: d.wordAt(v, "1")}
	}
	return keepers
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
