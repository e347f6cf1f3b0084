package state

import "strings"

// TruthKey is what an edge of a record is remembered by: of says which edge, where the record has several (a new value of a play's `per`, an
// event); "" where it has one.
func TruthKey(record, of string) string {
	if of == "" {
		return record
	}
	return record + "\x00" + of
}

// Owner gives the key of the record whose edge it is.
func (t Truth) Owner() string {
	record, _, _ := strings.Cut(t.Key, "\x00")
	return record
}

// Of tells which of its record's edges it is: see [TruthKey].
func (t Truth) Of() string {
	_, of, _ := strings.Cut(t.Key, "\x00")
	return of
}
