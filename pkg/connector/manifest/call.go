package manifest

import (
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// shape is what a call of one kind may say.
type shape struct {
	what  string
	scope mapping.Scope // of its request
	// takes are the values that may be taken of its answer, and of each record of it; the second of the needed ones must be.
	takes, each []string
	needs       []string
	records     bool // it gives records, maybe in pages
	writes      bool // it writes items, each of which comes to an end
	tells       bool // it tells what became of items that another call wrote
	again       bool // it says what may be done when its answer is lost
}

// retries are the classes of writes.
var retries = map[string]connector.Retry{"never": connector.Never, "lookup": connector.Lookup, "key": connector.ByKey, "safe": connector.Safe}

// decoders are the ways to read an answer.
var decoders = map[string]string{"json": "json", "text": "text", "csv": "csv", "jsonl": "jsonl"}

// ends are what may become of an item.
var ends = map[string]connector.Status{"done": connector.Done, "already": connector.Already, "rejected": connector.Rejected, "later": connector.Later, "doubt": connector.InDoubt}

// call reads one.
func (r *reader) call(into **Call, sh shape) func(document.Node) {
	return func(n document.Node) {
		c := &Call{At: n, Silent: connector.InDoubt}
		*into = c
		scope := append(r.shared[:len(r.shared):len(r.shared)], sh.scope...)
		if sh.records {
			scope = append(scope, paged...)
		}
		if sh.writes {
			scope = append(scope, prepared)
		}
		r.mapping(n, sh.what, r.callKeys(c, sh, scope))
		r.checkCall(c, sh)
		if c.Batch <= 1 && len(c.Clauses) == 0 && !n.Get("otherwise").Exists() && c.Job == nil {
			c.Silent = connector.Done // of one item, a success says it
		}
	}
}

func (r *reader) callKeys(c *Call, sh shape, scope mapping.Scope) keys {
	answer := append(append(scope[:len(scope):len(scope)], asked...), answered...)
	known := keys{
		"query": r.params(&c.Query, scope, "query"), "headers": r.params(&c.Headers, scope, "headers"), "form": r.params(&c.Form, scope, "form"),
		"body": r.expr(&c.Body, scope, mapping.Value), "raw": r.expr(&c.Raw, scope, mapping.Word), "decode": word(r, &c.Decode, decoders), "auth": r.bare(c), "long_query": r.longQuery(c, scope),
		"ok": r.expr(&c.OK, answer, mapping.Condition), "errors": r.rules(&c.Errors, answer), "wait": r.duration(&c.Wait),
		"batch": r.number(&c.Batch), "bytes": r.number(&c.Bytes), "simulate": r.simulate(&c.Simulate),
	}
	for _, method := range []string{"get", "post", "put", "patch", "delete"} {
		known[method] = func(n document.Node) {
			if c.Method != "" {
				r.fail(n, "keep one of them", "%s has two requests", sh.what)
			}
			c.Method = strings.ToUpper(method)
			r.template(&c.URL, scope)(n)
		}
	}
	if sh.records {
		known["records"] = r.expr(&c.Records, answer, mapping.Sequence)
		known["paginator"] = r.paginator(c, answer)
	}
	if sh.tells || sh.writes {
		known["outcomes"] = r.clauses(&c.Clauses, answer)
	}
	if sh.again || sh.writes {
		known["retry"] = word(r, &c.Retry, retries)
	}
	if sh.writes {
		known["prepare"] = r.prepare(&c.Prepare, scope)
		known["otherwise"] = word(r, &c.Silent, ends)
		known["split"] = r.expr(&c.Split, answer, mapping.Condition)
		known["job"] = r.job(c, answer)
	}
	r.takeKeys(known, c, sh, answer)
	return known
}

// takeKeys adds the values that may be taken.
func (r *reader) takeKeys(known keys, c *Call, sh shape, answer mapping.Scope) {
	of := map[string]**mapping.Program{"id": &c.ID, "writable": &c.Writable, "receipt": &c.Receipt, "key": &c.Key, "fields": &c.Fields, "value": &c.Value, "name": &c.Name,
		"member": &c.Member, "status": &c.Status, "outcome": &c.Outcome, "answers": &c.Answers, "done_at": &c.DoneAt, "touched_at": &c.Touched}
	for _, name := range sh.takes {
		known[name] = r.expr(of[name], answer, mapping.Value)
	}
	for _, name := range sh.each {
		known[name] = r.expr(of[name], append(answer[:len(answer):len(answer)], entry...), mapping.Value)
	}
}

// checkCall holds that a call says what it must.
func (r *reader) checkCall(c *Call, sh shape) {
	if c.Method == "" && c.At.Kind() == document.Map {
		r.fail(c.At, "write get:, post:, put:, patch: or delete: and the address", "%s makes no request", sh.what)
	}
	for _, name := range sh.needs {
		if c.At.Kind() == document.Map && !c.At.Get(name).Exists() {
			r.fail(c.At, "write "+name+": and an expression", "%s does not say its %s", sh.what, name)
		}
	}
	bodies := 0
	for _, name := range []string{"body", "raw", "form"} {
		if c.At.Get(name).Exists() {
			bodies++
		}
	}
	if bodies > 1 {
		r.fail(c.At, "keep one of body:, raw: and form:", "%s has %d bodies", sh.what, bodies)
	}
	if sh.writes && !c.At.Get("retry").Exists() && c.At.Kind() == document.Map {
		r.fail(c.At, "write retry: safe, key, lookup or never", "%s does not say what may be done when its answer is lost", sh.what)
	}
	if sh.writes && c.Method == "GET" && (c.Retry == connector.Never || c.Retry == connector.Lookup) && c.At.Get("retry").Exists() {
		r.fail(c.At.Get("retry"), "write post:, or retry: safe", "what is asked for by get: may be asked for twice by any machine on the way")
	}
	if c.Batch > 1 && len(c.Prepare) > 0 {
		r.fail(c.At.Get("prepare"), "leave batch: out", "requests come before that of a single item; this one has up to %d", c.Batch)
	}
	if sh.writes && c.Retry == connector.ByKey {
		r.checkKey(c)
	}
	if sh.writes {
		r.checkBatch(c)
	}
	if c.Batch > 1 && len(c.Clauses) == 0 && sh.writes && c.Job == nil && c.Silent == connector.InDoubt {
		r.fail(c.At.Get("batch"), "write outcomes:, or otherwise: done where an answer without an error means that all of it was done", "a batch does not say what became of each item")
	}
}

// prepare reads what is asked before a write.
func (r *reader) prepare(into *[]*Prepare, scope mapping.Scope) func(document.Node) {
	answer := append(append(scope[:len(scope):len(scope)], asked...), answered...)
	return func(n document.Node) {
		r.items(n, "requests", func(item document.Node) {
			p := &Prepare{}
			p.At = item
			sh := shape{what: "a request before it", scope: scope}
			known := r.callKeys(&p.Call, sh, scope)
			known["when"] = r.expr(&p.When, scope, mapping.Condition)
			known["ends"] = r.cases(&p.Ends, answer)
			known["take"] = r.takes(&p.Take, answer, "take")
			r.mapping(item, sh.what, known)
			r.checkCall(&p.Call, sh)
			*into = append(*into, p)
		})
	}
}

func (r *reader) bare(c *Call) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(oneOf([]string{"none"})) {
			return
		}
		if n.Text() != "none" {
			r.fail(n, "write auth: none for an address that is signed", "expected none, found %q", n.Text())
		}
		c.Bare = true
	}
}

func (r *reader) longQuery(c *Call, scope mapping.Scope) func(document.Node) {
	return func(n document.Node) {
		c.LongQuery = &LongQuery{Over: 4000}
		r.mapping(n, "long_query", keys{"over": r.number(&c.LongQuery.Over), "query": r.params(&c.LongQuery.Query, scope, "query")})
	}
}

func (r *reader) paginator(c *Call, answer mapping.Scope) func(document.Node) {
	return func(n document.Node) {
		c.Page = &Page{}
		known := keys{"cursor": r.expr(&c.Page.Cursor, answer, mapping.Value), "into": r.text(&c.Page.Into), "most": r.number(&c.Page.Most),
			"from": r.expr(&c.Page.From, append(answer[:len(answer):len(answer)], entry...), mapping.Value)}
		r.mapping(n, "paginator", known)
		place, _, _ := strings.Cut(c.Page.Into, ".")
		if n.Kind() == document.Map && place != "url" && place != "query" && place != "header" && place != "body" {
			r.fail(n, "write into: url, query.NAME, header.NAME or body.PATH", "the paginator does not say where its cursor goes")
		}
		if c.Page.Cursor == nil && !n.Get("cursor").Exists() && n.Kind() == document.Map {
			r.fail(n, "write cursor: and an expression that is null after the last page", "the paginator has no cursor")
		}
		if (c.Page.Most > 0) != n.Get("from").Exists() && n.Kind() == document.Map {
			r.fail(n, "most: says how many records a query gives, from: the value of the last one by which the next begins", "most and from go together")
		}
	}
}

// rules reads what is done about errors.
func (r *reader) rules(into *[]Rule, answer mapping.Scope) func(document.Node) {
	reactions := map[string]Reaction{}
	for _, x := range []Reaction{Fail, Doubt, Retry, RefreshAuth, StopRun, Restart, Split, Absent, Success} {
		reactions[string(x)] = x
	}
	return func(n document.Node) {
		r.items(n, "rules", func(item document.Node) {
			rule := Rule{Do: Fail}
			r.mapping(item, "a rule", keys{"when": r.expr(&rule.When, answer, mapping.Condition), "do": word(r, &rule.Do, reactions),
				"after": r.expr(&rule.After, answer, mapping.Value), "why": r.expr(&rule.Why, answer, mapping.Value), "unexecuted": r.truth(&rule.Unexecuted)})
			if !item.Get("when").Exists() {
				r.fail(item, "write when: and a condition", "a rule does not say when it holds")
			}
			*into = append(*into, rule)
		})
	}
}

// clauses reads what an answer tells of items.
func (r *reader) clauses(into *[]Clause, answer mapping.Scope) func(document.Node) {
	each := append(append(answer[:len(answer):len(answer)], entry...), mapping.Variable{Name: "item", Type: mapping.Any})
	return func(n document.Node) {
		r.items(n, "outcomes", func(item document.Node) {
			c := Clause{}
			only := Case{}
			r.mapping(item, "an outcome", keys{
				"list": r.expr(&c.List, answer, mapping.Sequence), "key": r.expr(&c.Key, each, mapping.Value), "keys": r.expr(&c.Keys, each, mapping.Sequence),
				"index": r.expr(&c.Index, each, mapping.Value), "by": r.byPosition(&c), "cases": r.cases(&c.Cases, each),
				"is": word(r, &only.Is, ends), "why": r.expr(&only.Why, each, mapping.Value), "receipt": r.expr(&only.Receipt, each, mapping.Value),
			})
			if item.Get("is").Exists() {
				c.Cases = append(c.Cases, only)
			}
			r.checkClause(&c, item)
			*into = append(*into, c)
		})
	}
}

func (r *reader) byPosition(c *Clause) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(oneOf([]string{"position"})) {
			return
		}
		if n.Text() != "position" {
			r.fail(n, "write by: position, or key:, keys: or index: and an expression of it", "expected position, found %q", n.Text())
		}
		c.Position = true
	}
}

func (r *reader) cases(into *[]Case, each mapping.Scope) func(document.Node) {
	return func(n document.Node) {
		r.items(n, "cases", func(item document.Node) {
			var c Case
			r.mapping(item, "a case", keys{"when": r.expr(&c.When, each, mapping.Condition), "is": word(r, &c.Is, ends), "why": r.expr(&c.Why, each, mapping.Value),
				"receipt": r.expr(&c.Receipt, each, mapping.Value)})
			if c.Is == 0 && !item.Get("is").Exists() {
				r.fail(item, "write is: done, already, rejected, later or doubt", "a case does not say what became of the item")
			}
			*into = append(*into, c)
		})
	}
}

func (r *reader) checkClause(c *Clause, n document.Node) {
	ways := 0
	for _, name := range []string{"by", "key", "keys", "index"} {
		if n.Get(name).Exists() {
			ways++
		}
	}
	switch {
	case n.Kind() != document.Map:
	case !n.Get("list").Exists():
		r.fail(n, "write list: and the entries of the answer", "an outcome has no list")
	case ways != 1:
		r.fail(n, "write one of by: position, key:, keys: and index:", "an outcome says in %d ways which item an entry is about", ways)
	case len(c.Cases) == 0 && !n.Get("cases").Exists():
		r.fail(n, "write is: done, or cases:", "an outcome does not say what became of the items")
	}
}

// job reads what goes on after the request.
func (r *reader) job(c *Call, answer mapping.Scope) func(document.Node) {
	begun := append(answer[:len(answer):len(answer)], jobs...)
	return func(n document.Node) {
		j := &Job{}
		c.Job = j
		step := shape{what: "a step of a job", scope: begun, again: true}
		result := shape{what: "a result of a job", scope: begun.With(ended), tells: true}
		r.mapping(n, "job", keys{
			"steps": func(n document.Node) {
				r.items(n, "steps", func(item document.Node) {
					var s *Call
					r.call(&s, step)(item)
					j.Steps = append(j.Steps, s)
				})
			},
			"poll": r.call(&j.Poll, shape{what: "the polling of a job", scope: begun}), "every": r.duration(&j.Every), "most": r.duration(&j.Most),
			"done": r.expr(&j.Done, begun, mapping.Condition), "fails": r.expr(&j.Fails, begun, mapping.Condition),
			"results": func(n document.Node) {
				r.items(n, "results", func(item document.Node) {
					var s *Call
					r.call(&s, result)(item)
					j.Results = append(j.Results, s)
				})
			},
		})
		if n.Kind() == document.Map && (!n.Get("poll").Exists() || !n.Get("done").Exists()) {
			r.fail(n, "write poll: and how it is asked for, and done: and when it has ended", "a job does not say when it is done")
		}
	}
}
