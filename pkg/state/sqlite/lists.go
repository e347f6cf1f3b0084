package sqlite

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
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
