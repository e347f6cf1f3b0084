package sqlite

import (
	"bytes"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Nearly every list is in just the form in which lists.go writes it, with texts that need no escape. Such a list is read here, in a tenth
// of the time that JSON takes; any other, and one that is wrong, by [decoder.list].

// quickKeepers reads [["9f86d081884c7d659a2feaa0","ads"],["9f86d081884c7d659a2feaa0","ads","person:p-1"]].
func (d *decoder) quickKeepers(list []byte) ([]state.Keeper, bool) {
	q := plainList{rest: list}
	keepers := d.keepers.take(elements(list))
	for i := range keepers {
		q.opening(i)
		member := q.text()
		q.byte(',')
		step := q.text()
		keepers[i] = state.Keeper{Member: d.texts.keep(member), Step: d.intern(step)}
		if q.is(',') {
			keepers[i].Lane = d.texts.keep(q.text())
		}
		q.byte(']')
	}
	return keepers, q.end()
}

// quickDone reads [["call","done",1795341600000000],["mail","failed",null,["p-1","p-2"]]].
func (d *decoder) quickDone(list []byte) ([]state.StepDone, bool) {
	q := plainList{rest: list}
	done := d.dones.take(elements(list))
	for i := range done {
		q.opening(i)
		id := q.text()
		q.byte(',')
		outcome := q.text()
		q.byte(',')
		done[i] = state.StepDone{ID: d.intern(id), Outcome: d.intern(outcome), At: q.moment()}
		if q.is(',') {
			done[i].Records = d.quickTexts(&q)
		}
		q.byte(']')
	}
	return done, q.end()
}

// quickTexts reads ["p-1","p-2"].
func (d *decoder) quickTexts(q *plainList) []string {
	q.byte('[')
	var texts []string
	for !q.failed && !q.is(']') {
		if len(texts) > 0 {
			q.byte(',')
		}
		texts = append(texts, d.texts.keep(q.text()))
	}
	return texts
}

// elements counts the inner lists of a list, by what stands between them. Where that stands in a text there seem to be too many, which the
// reader then misses.
func elements(list []byte) int { return 1 + bytes.Count(list, []byte(`],["`)) }

// plainList is a list that is read from its beginning.
type plainList struct {
	rest   []byte
	failed bool
}

// is takes a byte if it comes next.
func (q *plainList) is(c byte) bool {
	if len(q.rest) == 0 || q.rest[0] != c {
		return false
	}
	q.rest = q.rest[1:]
	return true
}

// byte takes a byte that must come next.
func (q *plainList) byte(c byte) {
	if !q.is(c) {
		q.failed = true
	}
}

// opening takes what stands before the nth inner list.
func (q *plainList) opening(n int) {
	if n == 0 {
		q.byte('[')
	} else {
		q.byte(',')
	}
	q.byte('[')
}

// end takes the end of the list, and tells whether all was as it should be.
func (q *plainList) end() bool { return q.is(']') && len(q.rest) == 0 && !q.failed }

// text takes a text without escapes.
func (q *plainList) text() []byte {
	q.byte('"')
	end := bytes.IndexByte(q.rest, '"')
	if end < 0 || q.failed || bytes.IndexByte(q.rest[:end], '\\') >= 0 {
		q.failed = true
		return nil
	}
	text := q.rest[:end]
	q.rest = q.rest[end+1:]
	return text
}

// moment takes a time, or null for a zero one.
func (q *plainList) moment() time.Time {
	if rest, ok := bytes.CutPrefix(q.rest, []byte("null")); ok {
		q.rest = rest
		return time.Time{}
	}
	negative := q.is('-')
	var n int64
	digits := 0
	for ; digits < len(q.rest) && q.rest[digits]-'0' < 10; digits++ {
		n = n*10 + int64(q.rest[digits]-'0')
	}
	if digits == 0 || digits > 18 {
		q.failed = true
	}
	q.rest = q.rest[digits:]
	if negative {
		n = -n
	}
	return time.UnixMicro(n).UTC()
}
