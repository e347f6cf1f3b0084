package manifest

import (
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Simulated is what a rehearsal server has to be told about a call beyond the call's own shapes: what can't be read from a request by them, and what
// the vendor answers beside what they read. Every expression is nil where the shapes say enough. Package simulate says what they may speak of.
type Simulated struct {
	When *mapping.Program // of several calls at one address, whether it is this one

	// What is asked for, or written: lists, or texts.
	Keys, Items, Fields, Values    *mapping.Program
	ID, Name, Field, Cursor, Limit *mapping.Program
	Forms                          bool             // of all calls: a form stands for a query, and for a body of JSON
	Most                           int              // records of a page, or items of a request; 0: as the call says
	Refuse                         *mapping.Program // why the request is refused as a whole; absent, null or "": it is not
	Reply, Extra, Status           *mapping.Program // the answer; or what it has beside what can be told from the call; its status
	Headers                        []Param
	RefusedReply, RefusedStatus    *mapping.Program // the answer to a request that is refused
	RefusedHeaders                 []Param
}

// What the expressions of simulate: may speak of.
var (
	simulated = mapping.Scope{{Name: "asked", Type: mapping.Object}, {Name: "query", Type: mapping.Object}, {Name: "headers", Type: mapping.Object}, {Name: "form", Type: mapping.Object},
		{Name: "json", Type: mapping.Any}, {Name: "text", Type: mapping.Text}, {Name: "base", Type: mapping.Text}}
	simulating = simulated.With(mapping.Variable{Name: "records", Type: mapping.List}, mapping.Variable{Name: "missing", Type: mapping.List}, mapping.Variable{Name: "items", Type: mapping.List},
		mapping.Variable{Name: "next", Type: mapping.Any}, mapping.Variable{Name: "total", Type: mapping.Int}, mapping.Variable{Name: "id", Type: mapping.Any}, mapping.Variable{Name: "name", Type: mapping.Any},
		mapping.Variable{Name: "token", Type: mapping.Object}, mapping.Variable{Name: "at", Type: mapping.Int})
	refusing = simulated.With(mapping.Variable{Name: "trouble", Type: mapping.Text}, mapping.Variable{Name: "why", Type: mapping.Text}, mapping.Variable{Name: "status", Type: mapping.Int},
		mapping.Variable{Name: "after", Type: mapping.Int}, mapping.Variable{Name: "items", Type: mapping.List})
)

// simulate reads how a call is answered by a rehearsal server.
func (r *reader) simulate(into **Simulated) func(document.Node) {
	return func(n document.Node) {
		s := &Simulated{}
		*into = s
		known := r.refusal(s)
		for name, at := range map[string]**mapping.Program{"keys": &s.Keys, "items": &s.Items, "fields": &s.Fields, "values": &s.Values} {
			known[name] = r.expr(at, r.with(simulated), mapping.Sequence)
		}
		for name, at := range map[string]**mapping.Program{"id": &s.ID, "name": &s.Name, "field": &s.Field, "cursor": &s.Cursor, "limit": &s.Limit, "refuse": &s.Refuse} {
			known[name] = r.expr(at, r.with(simulated), mapping.Value)
		}
		for name, at := range map[string]**mapping.Program{"reply": &s.Reply, "extra": &s.Extra, "status": &s.Status} {
			known[name] = r.expr(at, r.with(simulating), mapping.Value)
		}
		known["when"], known["most"], known["headers"] = r.expr(&s.When, r.with(simulated), mapping.Condition), r.number(&s.Most), r.params(&s.Headers, r.with(simulating), "headers")
		r.mapping(n, "simulate", known)
	}
}

// simulation reads what is true of every call.
func (r *reader) simulation(into **Simulated) func(document.Node) {
	return func(n document.Node) {
		s := &Simulated{}
		*into = s
		known := r.refusal(s)
		known["headers"], known["id"] = r.params(&s.Headers, r.with(simulating), "headers"), r.expr(&s.ID, mapping.Scope{{Name: "at", Type: mapping.Int}}, mapping.Value)
		known["forms"], known["extra"] = r.truth(&s.Forms), r.expr(&s.Extra, r.with(simulating), mapping.Value)
		r.mapping(n, "simulate", known)
	}
}

func (r *reader) refusal(s *Simulated) keys {
	return keys{"refusal": func(n document.Node) {
		r.mapping(n, "refusal", keys{"status": r.expr(&s.RefusedStatus, r.with(refusing), mapping.Value), "reply": r.expr(&s.RefusedReply, r.with(refusing), mapping.Value), "headers": r.params(&s.RefusedHeaders, r.with(refusing), "headers")})
	}}
}

// with gives a scope with what every expression may speak of.
func (r *reader) with(s mapping.Scope) mapping.Scope { return r.shared.With(s...) }
