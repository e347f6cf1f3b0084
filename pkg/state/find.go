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
