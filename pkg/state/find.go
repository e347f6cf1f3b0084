package state

import (
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
