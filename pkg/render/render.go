// Package render writes what playctl found and did as a person reads it, or as one JSON document: plans, what became of them, previews of
// segments, explanations, the state, problems. It is the only place that knows colour, tables and Markdown.
//
// A [Printer] writes text, and plans as comments of pull requests too; functions whose names end in JSON write documents with a format_version.
// All write the same bytes for the same input. Text that comes from data or from other systems is cleaned of control characters, so that it
// can't steer a terminal, and stands as code in Markdown, so that it can't be markup.
//
// The last line of a plan and of an apply is always one sentence of a fixed form, for scripts:
//
//	Plan: 211 to add, 44 to remove, 12 to change, 110 to do once, 40 waiting.
//	No changes. 1,204 wants hold already, 40 waiting.
//	Applied: 211 added, 44 removed, 12 changed, 110 done once; 0 failed, 0 in doubt, 0 skipped.
package render

import "time"

// Options are the ways to write text.
type Options struct {
	Color bool
	// Full shows everything: each record, each reason, each value.
	Full bool
	// Concise leaves out how the plan came about and why: only what would be done.
	Concise bool
	// NoValues leaves out values of fields, and what conditions found; for text that is kept, such as that of a saved plan.
	NoValues bool
	// Width is the terminal's; 0 where it is not known, and then nothing is cut or wrapped.
	Width int
	// Now is for ages, such as "2 h ago"; without it they are left out.
	Now time.Time
	// Zone is where times are shown; nil is UTC.
	Zone *time.Location
	// Hide takes out of a text what is nobody's to see. It is asked before a text is cut, since nothing would be found in a part of a value;
	// nil takes nothing out.
	Hide func(string) string
	// Commands writes out the commands that a text names as they are to be typed where it is read; nil leaves them.
	Commands func(string) string
}

// Printer writes text. The zero value writes without colour and cuts nothing.
type Printer struct {
	Options
	// Nouns are the plurals of entities, by name. Where there is none, one is made: accounts, opportunities.
	Nouns map[string]string
}

// hidden gives a text without what is nobody's to see.
func (p *Printer) hidden(text string) string {
	if p.Hide == nil {
		return text
	}
	return p.Hide(text)
}

// named gives a text with the commands that it names written out.
func (p *Printer) named(text string) string {
	if p.Commands == nil {
		return text
	}
	return p.Commands(text)
}

// zone gives where times are shown.
func (p *Printer) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// samples is how many of a kind are shown where not all are.
const samples = 3

// shown gives how many of n things are shown.
func (p *Printer) shown(n int) int {
	if p.Full {
		return n
	}
	return min(n, samples)
}
