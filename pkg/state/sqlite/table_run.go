package sqlite

import (
	"cmp"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

var runs = table[state.Run]{
	name: "runs",
	key:  []string{"id"},
	rest: []string{"serial", "operation", "environment", "started", "finished", "status", "by", "plan", "digest", "approved", "overrides", "limits", "revision",
		"playbook", "planned", "counts", "read", "message"},
	id:   func(e *encoder, r *state.Run) { e.text(r.ID) },
	body: encodeRun,
	get:  decodeRun,
	sort: compareRuns,
}

func encodeRun(e *encoder, r *state.Run) {
	e.number(r.Serial)
	e.optional(string(r.Operation))
	e.optional(r.Environment)
	e.moment(r.Started)
	e.moment(r.Finished)
	e.text(string(r.Status))
	for _, text := range []string{r.By, r.Plan, r.Digest, r.Approved} {
		e.optional(text)
	}
	e.object(len(r.Overrides), r.Overrides)
	e.object(len(r.Limits), r.Limits)
	e.optional(r.Revision)
	e.object(len(r.Playbook), r.Playbook)
	for _, counts := range []map[string]int{r.Planned, r.Counts, r.Read} {
		e.object(len(counts), counts)
	}
	e.optional(r.Message)
}

func decodeRun(d *decoder) state.Run {
	r := state.Run{ID: d.text(), Serial: d.number(), Operation: state.Operation(d.optionalWord()), Environment: d.optionalWord(), Started: d.moment(), Finished: d.moment(),
		Status: state.RunStatus(d.word())}
	for _, text := range []*string{&r.By, &r.Plan, &r.Digest, &r.Approved} {
		*text = d.optional()
	}
	d.object(&r.Overrides)
	d.object(&r.Limits)
	r.Revision = d.optional()
	d.object(&r.Playbook)
	for _, counts := range []*map[string]int{&r.Planned, &r.Counts, &r.Read} {
		d.object(counts)
	}
	r.Message = d.optional()
	return r
}

func compareRuns(a, b *state.Run) int {
	return cmp.Or(cmp.Compare(a.Serial, b.Serial), strings.Compare(a.ID, b.ID))
}

var failures = table[state.Failure]{
	name: "failures",
	key:  []string{"key"},
	rest: []string{"verb", "connector", "kind", "name", "entity", "record", "play", "step", "lane", "member", "reason", "attempts", "first", "last", "not_before",
		"run"},
	id: func(e *encoder, f *state.Failure) { e.text(f.Key) },
	body: func(e *encoder, f *state.Failure) {
		for _, text := range []string{f.Verb, f.Connector, f.Kind, f.Name} {
			e.text(text)
		}
		e.record(f.Record)
		for _, text := range []string{f.Play, f.Step, f.Lane, f.Member, f.Reason} {
			e.text(text)
		}
		e.number(int64(f.Attempts))
		e.moment(f.First)
		e.moment(f.Last)
		e.moment(f.NotBefore)
		e.text(f.Run)
	},
	get: func(d *decoder) state.Failure {
		f := state.Failure{Key: d.text(), Verb: d.word(), Connector: d.word(), Kind: d.word(), Name: d.word(), Record: d.record(), Play: d.word(), Step: d.word(),
			Lane: d.text(), Member: d.text(), Reason: d.word(), Attempts: int(d.number())}
		f.First, f.Last, f.NotBefore, f.Run = d.moment(), d.moment(), d.moment(), d.word()
		return f
	},
}

var erased = table[state.Erasure]{
	name: "erased",
	key:  []string{"mark"},
	rest: []string{"at", "run"},
	id:   func(e *encoder, r *state.Erasure) { e.text(r.Mark) },
	body: func(e *encoder, r *state.Erasure) {
		e.moment(r.At)
		e.text(r.Run)
	},
	get: func(d *decoder) state.Erasure { return state.Erasure{Mark: d.text(), At: d.moment(), Run: d.word()} },
}
