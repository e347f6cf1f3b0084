package main

import "time"

// kind is what a column holds.
type kind uint8

const (
	textKind kind = iota + 1
	wholeKind
	realKind
	truthKind
	momentKind
	listKind   // of strings
	scoresKind // a map from string to int
)

// column is a column's name and kind; table a file's name and its columns.
type column struct {
	name string
	kind kind
}

type table struct {
	name    string
	columns []column
}

// value is one cell. The zero value is missing; else the kind is the column's.
type value struct {
	kind   kind
	text   string
	whole  int64 // also 0 or 1 for a truth, and seconds of Unix time for a moment
	real   float64
	list   []string
	scores []topicScore
}

// text is missing if it is empty.
func text(s string) value {
	if s == "" {
		return value{}
	}
	return value{kind: textKind, text: s}
}

func whole(n int) value       { return value{kind: wholeKind, whole: int64(n)} }
func decimal(x float64) value { return value{kind: realKind, real: x} }

func truth(b bool) value {
	v := value{kind: truthKind}
	if b {
		v.whole = 1
	}
	return v
}

// moment is missing if it is zero; shift is added.
func moment(at, shift int64) value {
	if at == 0 {
		return value{}
	}
	return value{kind: momentKind, whole: at + shift}
}

// list is missing if it is empty.
func list(items []string) value {
	if len(items) == 0 {
		return value{}
	}
	return value{kind: listKind, list: items}
}

// scores is there even if it is empty.
func scores(of []topicScore) value { return value{kind: scoresKind, scores: of} }

// onlyIf is the value, or missing.
func (v value) onlyIf(known bool) value {
	if known {
		return v
	}
	return value{}
}

// appendMoment adds RFC 3339 in UTC.
func appendMoment(b []byte, seconds int64) []byte {
	return time.Unix(seconds, 0).UTC().AppendFormat(b, time.RFC3339)
}
