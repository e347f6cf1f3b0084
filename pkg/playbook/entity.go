package playbook

import (
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

func (r *reader) entities(n document.Node) {
	r.named(n, "entities", func(name, value document.Node) {
		if r.identifier(name, "entity") {
			r.entity(name, value)
		}
	})
	r.book.Entities = r.parentsFirst(r.book.Entities)
}

func (r *reader) entity(name, value document.Node) {
	e := &Entity{Name: name.Text(), At: name, Identity: map[string]Expr{}}
	r.mapping(value, "entity "+e.Name, keys{
		"file":          func(n document.Node) { r.text(&e.File)(n); e.FileAt = n },
		"key":           r.text(&e.Key),
		"plural":        func(n document.Node) { r.text(&e.Plural)(n); r.identifier(n, "plural") },
		"parent":        func(n document.Node) { r.parents(e, n) },
		"time":          r.text(&e.Time),
		"fields":        func(n document.Node) { r.entityFields(e, n) },
		"fresh":         func(n document.Node) { r.fresh(e, n) },
		"on_bad_record": word(r, &e.BadStop, map[string]bool{"skip": false, "stop": true}),
		"identity":      func(n document.Node) { r.identity(e, n) },
		"engagement":    r.expr(&e.Engagement),
	})
	r.book.Entities = append(r.book.Entities, e)
	r.checkEntity(e, value)
}

func (r *reader) checkEntity(e *Entity, value document.Node) {
	if e.File == "" {
		r.fail(e.At, "write file: data/"+e.Name+"s.csv", "entity %s does not say where its records come from", e.Name)
	}
	if len(e.Fields) == 0 && !value.Get("fields").Exists() {
		r.fail(e.At, "write fields: {name: string, …}", "entity %s declares no fields", e.Name)
	}
	if e.Time != "" {
		if f := e.Field(e.Time); f == nil || f.Type.Kind != frame.Time {
			r.fail(value.Get("time"), diag.Suggest(e.Time, e.FieldNames()), "time: %q is not a field of type timestamp of %s", e.Time, e.Name)
		}
	}
	if e.Key == "" && e.Time == "" {
		r.fail(e.At, "name the column that identifies a record: key: id", "entity %s has neither a key nor a time", e.Name)
	}
	if e.Key != "" {
		r.addKeyField(e, value)
	}
	if len(e.Parents) > 0 && e.Plural == "" {
		r.fail(e.At, "write plural: "+e.Name+"s", "entity %s has a parent, so that the parent needs a name for its %ss", e.Name, e.Name)
	}
	if e.Engagement.Exists() && e.Time == "" {
		r.fail(value.Get("engagement"), "name the field with the time: time: at", "engagement is about events, and %s has no time", e.Name)
	}
}

// addKeyField makes the key a field, so that expressions can speak of it.
func (r *reader) addKeyField(e *Entity, value document.Node) {
	if f := e.Field(e.Key); f == nil {
		e.Fields = append(e.Fields, Field{Name: e.Key, Type: frame.Type{Kind: frame.String}, At: value.Get("key")})
	} else if f.Type.Kind != frame.String {
		r.fail(f.At, "declare it as string", "the key %s of %s must be a string", e.Key, e.Name)
	}
}

func (r *reader) parents(e *Entity, n document.Node) {
	for _, item := range items(n) {
		column, entity, ok := strings.Cut(item.Text(), "->")
		column, entity = strings.TrimSpace(column), strings.TrimSpace(entity)
		if !ok || column == "" || entity == "" {
			r.fail(item, "write parent: account_id -> account", "expected COLUMN -> ENTITY, found %s", found(item))
			continue
		}
		e.Parents = append(e.Parents, Parent{Column: column, Entity: entity, At: item})
	}
}

func (r *reader) entityFields(e *Entity, n document.Node) {
	if n.Kind() != document.Map {
		r.fail(n, "write fields: {name: string, employees: int}", "fields must be a mapping of names to types, not %s", kindName(n))
		return
	}
	for _, f := range n.Fields() {
		if !r.identifier(f.Key, "field") {
			continue
		}
		if t, ok := r.fieldType(f.Value); ok {
			e.Fields = append(e.Fields, Field{Name: f.Key.Text(), Type: t, At: f.Key})
		}
	}
}

var scalarTypes = map[string]frame.Kind{"bool": frame.Bool, "int": frame.Int, "double": frame.Double, "string": frame.String, "timestamp": frame.Time}

// fieldType reads a type: a scalar's name, list(T), or map(string, T).
func (r *reader) fieldType(n document.Node) (frame.Type, bool) {
	t, ok := parseType(n.Text())
	if n.Kind() != document.Scalar || !ok {
		known := []string{"bool", "int", "double", "string", "timestamp", "list(string)", "map(string, int)"}
		hint := diag.Nearest(n.Text(), known)
		if hint != "" {
			hint = `did you mean "` + hint + `"?`
		} else {
			hint = "types are " + strings.Join(known[:5], ", ") + ", list(T) and map(string, T)"
		}
		r.fail(n, hint, "unknown type %s", found(n))
	}
	return t, ok
}

func parseType(text string) (frame.Type, bool) {
	text = strings.TrimSpace(text)
	if kind, ok := scalarTypes[text]; ok {
		return frame.Type{Kind: kind}, true
	}
	name, rest, ok := strings.Cut(text, "(")
	if inner, closed := strings.CutSuffix(rest, ")"); ok && closed {
		kind := frame.List
		if strings.TrimSpace(name) == "map" {
			var key string
			key, inner, _ = strings.Cut(inner, ",")
			if kind = frame.Map; strings.TrimSpace(key) != "string" {
				return frame.Type{}, false
			}
		} else if strings.TrimSpace(name) != "list" {
			return frame.Type{}, false
		}
		if elem, ok := scalarTypes[strings.TrimSpace(inner)]; ok {
			return frame.Type{Kind: kind, Elem: &frame.Type{Kind: elem}}, true
		}
	}
	return frame.Type{}, false
}

func (r *reader) fresh(e *Entity, n document.Node) {
	e.Fresh.At = n
	r.mapping(n, "fresh", keys{
		"within":   r.duration(&e.Fresh.Within),
		"on_stale": word(r, &e.Fresh.Refuse, map[string]bool{"warn": false, "refuse": true}),
	})
}

func (r *reader) identity(e *Entity, n document.Node) {
	r.named(n, "identity", func(name, value document.Node) {
		var x Expr
		r.expr(&x)(value)
		if x.Exists() {
			e.Identity[name.Text()] = x
		}
	})
}

// parentsFirst orders entities so that parents stand before their children, and reports parents that don't exist or form a circle.
func (r *reader) parentsFirst(list []*Entity) []*Entity {
	byName := map[string]*Entity{}
	known := make([]string, 0, len(list))
	for _, e := range list {
		byName[e.Name] = e
		known = append(known, e.Name)
	}
	var ordered []*Entity
	state := map[*Entity]int{} // 1: being visited, 2: done
	var visit func(e *Entity)
	visit = func(e *Entity) {
		state[e] = 1
		for _, p := range e.Parents {
			parent := byName[p.Entity]
			switch {
			case parent == nil:
				r.fail(p.At, diag.Suggest(p.Entity, known), "the parent %q of %s is not an entity", p.Entity, e.Name)
			case parent.Key == "":
				r.fail(p.At, "give "+p.Entity+" a key", "the parent %s of %s has no key", p.Entity, e.Name)
			case state[parent] == 1:
				r.fail(p.At, "a record's parent can't be its own child", "entities %s and %s are each other's parents", e.Name, p.Entity)
			case state[parent] == 0:
				visit(parent)
			}
		}
		state[e] = 2
		ordered = append(ordered, e)
	}
	for _, e := range list {
		if state[e] == 0 {
			visit(e)
		}
	}
	return ordered
}
