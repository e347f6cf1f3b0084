package state

import (
	"cmp"
	"sort"
	"strings"
)

// Effect finds an effect by its key; nil if there is none.
func (s *Snapshot) Effect(key string) *Effect {
	if i, found := sort.Find(len(s.Effects), func(i int) int { return strings.Compare(key, s.Effects[i].Key) }); found {
		return &s.Effects[i]
	}
	return nil
}

// Failure finds a failure by its operation's key; nil if there is none.
func (s *Snapshot) Failure(key string) *Failure {
	if i, found := sort.Find(len(s.Failures), func(i int) int { return strings.Compare(key, s.Failures[i].Key) }); found {
		return &s.Failures[i]
	}
	return nil
}

// Task finds a task by its key; nil if there is none.
func (s *Snapshot) Task(key string) *Task {
	if i, found := sort.Find(len(s.Tasks), func(i int) int { return strings.Compare(key, s.Tasks[i].Key) }); found {
		return &s.Tasks[i]
	}
	return nil
}

// Seek gives the first position from one on, and below an end, that is not before what is sought: by steps that double, since it is often near
// when one sorted list is looked up in another.
func Seek(from, end int, before func(int) bool) int {
	step := 1
	for from+step < end && before(from+step) {
		from += step
		step *= 2
	}
	return from + sort.Search(min(step, end-from), func(i int) bool { return !before(from + i) })
}

// CompareMembers orders members as a snapshot has them: by play, record, number, per and key. As the others here, it goes no further than the
// first difference, which is what sorting by the hundred thousand needs.
func CompareMembers(a, b *Member) int {
	if c := strings.Compare(a.Play, b.Play); c != 0 {
		return c
	}
	if c := CompareRecords(a.Record, b.Record); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Number, b.Number); c != 0 {
		return c
	}
	if c := strings.Compare(a.Per, b.Per); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

// CompareRecords orders records by entity and key.
func CompareRecords(a, b Record) int {
	if c := strings.Compare(a.Entity, b.Entity); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

// CompareTruths orders truths as a snapshot has them: by play and key.
func CompareTruths(a, b *Truth) int {
	if c := strings.Compare(a.Play, b.Play); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

// CompareHeld orders what is held as a snapshot has it: by collection and token.
func CompareHeld(a, b *Held) int {
	if c := strings.Compare(a.Connector, b.Connector); c != 0 {
		return c
	}
	if c := strings.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Token, b.Token)
}
