package manifest

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Read reads a manifest. With errors among the problems it is nil.
func Read(env *mapping.Env, n document.Node) (*Manifest, diag.List) {
	r := &reader{env: env}
	m := &Manifest{}
	r.root(m, n)
	if m.Name == "" && n.Kind() == document.Map {
		r.fail(n, "write connector: and the name that playbooks use", "the manifest does not say its name")
	}
	if m.Base == nil && n.Kind() == document.Map && !n.Get("base").Exists() {
		r.fail(n, "write base: and what addresses begin with", "the manifest has no base")
	}
	r.checkObjects(m, n)
	if r.problems.Errors() > 0 {
		return nil, r.problems
	}
	return m, r.problems
}

// root reads all of a manifest.
func (r *reader) root(m *Manifest, n document.Node) {
	r.settings(m, n.Get("settings"))
	r.mapping(n, "the manifest", keys{
		"connector": r.text(&m.Name), "title": r.text(&m.Title), "docs": r.text(&m.Docs), "api": r.text(&m.API), "sunset": r.date(&m.Sunset),
		"settings": r.settled, "base": r.template(&m.Base, r.withToken(n)), "headers": r.params(&m.Headers, r.withToken(n), "headers"),
		"auth": r.auth(&m.Auth), "limits": r.limits(m), "errors": r.rules(&m.Errors, append(append(r.shared[:len(r.shared):len(r.shared)], asked...), answered...)),
		"spent": r.rules(&m.Spent, append(append(r.shared[:len(r.shared):len(r.shared)], asked...), answered...)),
		"check": r.call(&m.Check, shape{what: "check", scope: ofNothing}), "objects": r.objects(m), "collections": r.collections(m), "actions": r.actions(m), "tasks": r.tasks(m),
		"simulate": r.simulation(&m.Simulate),
	})
}

func (r *reader) date(into *time.Time) func(document.Node) {
	return func(n document.Node) {
		if r.sketched(map[string]any{"type": "string", "format": "date", "description": "2026-12-31"}) {
			return
		}
		at, err := time.Parse(time.DateOnly, n.Text())
		if err != nil {
			r.fail(n, "write 2026-12-31", "expected a date")
		}
		*into = at
	}
}

// settings reads them, and has every expression know them.
func (r *reader) settings(m *Manifest, n document.Node) {
	r.shared = mapping.Scope{{Name: "api", Type: mapping.Text}, {Name: "now", Type: mapping.Any}}
	if !n.Exists() && r.sketch == nil {
		return
	}
	types := map[string]mapping.Type{"string": mapping.Text, "int": mapping.Int, "bool": mapping.Bool}
	r.named(n, "settings", func(name string, value document.Node) {
		s := Setting{Type: mapping.Text}
		s.Name = name
		r.mapping(value, "setting "+name, keys{"type": word(r, &s.Type, types), "secret": r.truth(&s.Secret), "required": r.truth(&s.Required), "help": r.text(&s.Help),
			"default": r.value(&s.Default)})
		m.Settings = append(m.Settings, s)
		r.shared = append(r.shared, mapping.Variable{Name: "settings." + name, Type: s.Type})
	})
}

// settled is the place of the settings, which were read before everything that speaks of them.
func (r *reader) settled(document.Node) {
	if r.sketch != nil {
		r.settings(&Manifest{}, document.Node{})
	}
}

// value reads anything.
func (r *reader) value(into *any) func(document.Node) {
	return func(n document.Node) {
		if !r.sketched(map[string]any{}) {
			*into = n.Value()
		}
	}
}

// withToken gives the scope of what goes with every request: what the token's answer gave is known.
func (r *reader) withToken(n document.Node) mapping.Scope {
	return r.shared.With(given(n.Get("auth").Get("token"))...)
}

// given are the variables that a token's answer gives.
func given(token document.Node) mapping.Scope {
	if !token.Exists() {
		return nil
	}
	out := mapping.Scope{{Name: "auth.token", Type: mapping.Text}}
	for _, f := range token.Get("vars").Fields() {
		out = append(out, mapping.Variable{Name: "auth." + f.Key.Text(), Type: mapping.Any})
	}
	return out
}

// auth reads how requests say who asks.
func (r *reader) auth(into *Auth) func(document.Node) {
	return func(n document.Node) {
		signed := r.shared.With(asked...).With(given(n.Get("token"))...)
		r.mapping(n, "auth", keys{
			"bearer": r.expr(&into.Bearer, signed, mapping.Word),
			"basic": func(n document.Node) {
				r.mapping(n, "basic", keys{"user": r.expr(&into.User, signed, mapping.Word), "password": r.expr(&into.Password, signed, mapping.Word)})
			},
			"headers": r.params(&into.Headers, signed, "headers"), "query": r.params(&into.Query, signed, "query"), "token": r.token(&into.Token),
		})
	}
}

// token reads how a token is got.
func (r *reader) token(into **Token) func(document.Node) {
	return func(n document.Node) {
		t := &Token{Skew: time.Minute}
		*into = t
		scope := r.shared.With(mapping.Variable{Name: "refresh_token", Type: mapping.Text})
		answer := append(append(scope[:len(scope):len(scope)], asked...), answered...)
		t.At = n
		sh := shape{what: "token", scope: scope}
		known := r.callKeys(&t.Call, sh, scope)
		known["access"] = r.expr(&t.Access, answer, mapping.Value)
		known["expires_in"] = r.expr(&t.Expires, answer, mapping.Value)
		known["refresh_token"] = r.expr(&t.Refresh, answer, mapping.Value)
		known["skew"] = r.duration(&t.Skew)
		known["vars"] = r.takes(&t.Vars, answer, "vars")
		r.mapping(n, "token", known)
		sh.needs = []string{"access"}
		r.checkCall(&t.Call, sh)
	}
}

func (r *reader) limits(m *Manifest) func(document.Node) {
	scope := r.shared.With(asked...)
	return func(n document.Node) {
		r.items(n, "limits", func(item document.Node) {
			var l Limit
			r.mapping(item, "a limit", keys{"rate": r.number(&l.Rate), "per": r.duration(&l.Per), "at_once": r.number(&l.AtOut),
				"match": r.expr(&l.Match, scope, mapping.Condition), "by": r.expr(&l.By, scope, mapping.Value), "cost": r.expr(&l.Cost, scope, mapping.Number)})
			if (l.Rate > 0) != (l.Per > 0) || l.Rate == 0 && l.AtOut == 0 {
				r.fail(item, "write rate: 100 and per: 10s, or at_once: 10", "a limit does not say how many, or in which time")
			}
			m.Limits = append(m.Limits, l)
		})
	}
}

func (r *reader) objects(m *Manifest) func(document.Node) {
	return func(n document.Node) {
		r.named(n, "objects", func(name string, value document.Node) {
			o := &Object{Name: name}
			of := []string{"key", "fields"}
			r.mapping(value, "object "+name, keys{
				"fields": r.fields(&o.Fields), "any_field": r.truth(&o.AnyField), "identities": r.identities(&o.Identities), "normalize": r.expr(&o.Normalize, r.shared.With(known), mapping.Word),
				"list":   r.call(&o.List, shape{what: "list of " + name, scope: ofSince, records: true, each: of, needs: []string{"records", "key"}}),
				"read":   r.call(&o.Read, shape{what: "read of " + name, scope: ofKeys, records: true, each: of, needs: []string{"records", "key", "fields"}}),
				"find":   r.call(&o.Find, shape{what: "find of " + name, scope: ofFinding, records: true, each: []string{"key", "value"}, needs: []string{"records", "key", "value"}}),
				"update": r.call(&o.Update, shape{what: "update of " + name, scope: ofUpdates, writes: true, takes: []string{"receipt"}}),
			})
			m.Objects = append(m.Objects, o)
		})
	}
}

func (r *reader) collections(m *Manifest) func(document.Node) {
	return func(n document.Node) {
		r.named(n, "collections", func(name string, value document.Node) {
			c := &Collection{Name: name}
			r.mapping(value, "collection "+name, keys{
				"of": r.text(&c.Of), "fields": r.texts(&c.Fields), "any_field": r.truth(&c.AnyField), "opaque_ids": r.truth(&c.OpaqueIDs), "fold_names": r.truth(&c.FoldNames), "settle": r.duration(&c.Settle),
				"find":    r.call(&c.Find, shape{what: "find of " + name, scope: ofNaming, records: true, each: []string{"id", "writable", "name"}, needs: []string{"id"}}),
				"names":   r.call(&c.Names, shape{what: "names of " + name, scope: ofKind, records: true, each: []string{"name"}, needs: []string{"records", "name"}}),
				"create":  r.call(&c.Create, shape{what: "create of " + name, scope: ofNaming, takes: []string{"id"}}),
				"members": r.call(&c.Members, shape{what: "members of " + name, scope: ofMembers, records: true, each: []string{"key", "fields"}, needs: []string{"records", "key"}}),
				"lookup":  r.call(&c.Lookup, shape{what: "lookup of " + name, scope: ofMembership, records: true, each: []string{"key", "member"}, needs: []string{"records", "key", "member"}}),
				"add":     r.call(&c.Add, shape{what: "add to " + name, scope: ofWriting, writes: true, takes: []string{"receipt"}}),
				"remove":  r.call(&c.Remove, shape{what: "remove from " + name, scope: ofWriting, writes: true, takes: []string{"receipt"}}),
				"update":  r.call(&c.Update, shape{what: "update of members of " + name, scope: ofWriting, writes: true, takes: []string{"receipt"}}),
			})
			r.checkFind(c)
			r.checkAddress(c)
			m.Collections = append(m.Collections, c)
		})
	}
}

func (r *reader) actions(m *Manifest) func(document.Node) {
	return func(n document.Node) {
		r.named(n, "actions", func(name string, value document.Node) {
			a := &Action{Name: name}
			r.mapping(value, "action "+name, keys{
				"of": r.text(&a.Of), "people": r.people(&a.People), "settle": r.duration(&a.Settle),
				"send":   r.call(&a.Send, shape{what: "send of " + name, scope: ofItems, writes: true, takes: []string{"receipt"}}),
				"lookup": r.call(&a.Lookup, shape{what: "lookup of " + name, scope: ofEffects, records: true, each: []string{"key", "receipt"}, needs: []string{"records", "key", "receipt"}}),
			})
			r.checkLookup(a.Send, a.Lookup)
			m.Actions = append(m.Actions, a)
		})
	}
}

func (r *reader) tasks(m *Manifest) func(document.Node) {
	return func(n document.Node) {
		r.named(n, "tasks", func(name string, value document.Node) {
			t := &Task{Name: name}
			told := []string{"key", "status", "outcome", "answers", "done_at", "touched_at"}
			r.mapping(value, "task "+name, keys{
				"of": r.text(&t.Of), "people": r.people(&t.People), "settle": r.duration(&t.Settle),
				"create": r.call(&t.Create, shape{what: "create of " + name, scope: ofItems, writes: true, takes: []string{"receipt"}}),
				"cancel": r.call(&t.Cancel, shape{what: "cancel of " + name, scope: ofItems, writes: true, takes: []string{"receipt"}}),
				"poll":   r.call(&t.Poll, shape{what: "poll of " + name, scope: ofEffects, records: true, each: told, needs: []string{"records", "key", "status"}}),
				"lookup": r.call(&t.Lookup, shape{what: "lookup of " + name, scope: ofEffects, records: true, each: []string{"key", "receipt"}, needs: []string{"records", "key", "receipt"}}),
			})
			r.checkLookup(t.Create, t.Lookup)
			m.Tasks = append(m.Tasks, t)
		})
	}
}

// checkLookup holds that what may be looked up can be.
func (r *reader) checkLookup(write, lookup *Call) {
	if write == nil || write.Retry != connector.Lookup {
		return
	}
	if lookup == nil {
		r.fail(write.At.Get("retry"), "write lookup: and how it is found by ${keys}, or retry: never", "retry: lookup, and there is no lookup")
		return
	}
	r.checkKey(write)
}

// known is what normalize and identities speak of.
var known = mapping.Variable{Name: "id", Type: mapping.Text}

// fields reads an object's fields: name: type, or name: {type:, help:, read_only:}.
func (r *reader) fields(into *[]Field) func(document.Node) {
	types := map[string]string{}
	for _, t := range FieldTypes {
		types[t] = t
	}
	return func(n document.Node) {
		r.named(n, "fields", func(name string, value document.Node) {
			f := Field{Name: name}
			short := word(r, &f.Type, types)
			long := func(n document.Node) {
				r.mapping(n, "field "+name, keys{"type": word(r, &f.Type, types), "help": r.text(&f.Help), "read_only": r.truth(&f.ReadOnly)})
			}
			switch {
			case r.sketch != nil:
				r.sketched(map[string]any{"anyOf": []any{r.sketch.of(short), r.sketch.of(long)}})
			case value.Kind() == document.Scalar:
				short(value)
			default:
				long(value)
			}
			*into = append(*into, f)
		})
	}
}

// identities reads by what else than their keys records are known.
func (r *reader) identities(into *[]Identity) func(document.Node) {
	return func(n document.Node) {
		r.items(n, "identities", func(item document.Node) {
			var i Identity
			r.mapping(item, "an identity", keys{"field": r.text(&i.Field), "when": r.expr(&i.When, r.shared.With(known), mapping.Condition), "fold": r.truth(&i.Fold),
				"key": r.expr(&i.Key, r.shared.With(known), mapping.Word)})
			if item.Kind() == document.Map && (item.Get("field").Exists() == item.Get("key").Exists() || !item.Get("when").Exists()) {
				r.fail(item, `write when: id.contains("@"), and field: email or key: and an expression of id`, "an identity says by when: how it is told from a key, and by one of field: and key: what comes of it")
			}
			*into = append(*into, i)
		})
	}
}

// checkFind holds that a find that reads records can tell which one is meant.
func (r *reader) checkFind(c *Collection) {
	if c.Find != nil && c.Find.Records != nil && c.Find.Name == nil {
		r.fail(c.Find.At, "write name: it.name", "find reads records, and does not say what they are called")
	}
}

// people reads which fields of a payload name records.
func (r *reader) people(into *[]Person) func(document.Node) {
	return func(n document.Node) {
		r.named(n, "people", func(field string, value document.Node) {
			p := Person{Field: field}
			r.text(&p.Object)(value)
			*into = append(*into, p)
		})
	}
}
