package playbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

func (r *reader) entities(n document.Node) {
	r.named(n, "entities", "entity", func(name, value document.Node) {
		ok := r.identifier(name, "entity")
		e := r.entity(name, value)
		if ok {
			r.book.Entities = append(r.book.Entities, e)
			return
		}
		r.unread["entity "+e.Name] = true
		for _, p := range e.Parents {
			r.maybe(p.Entity, e.Plural)
		}
	})
	r.book.Entities = r.parentsFirst(r.book.Entities)
	for _, e := range r.book.Entities {
		e.Unread = append(append(e.Unread, r.maybes[e.Name]...), r.maybes[""]...)
	}
}

// maybe notes that an entity, or any if it is "", may have something of that name which could not be read.
func (r *reader) maybe(entity, name string) { r.maybes[entity] = append(r.maybes[entity], name) }

func (r *reader) entity(name, value document.Node) *Entity {
	e := &Entity{Name: name.Text(), At: name, Identity: map[string]Expr{}}
	r.mapping(value, "entity "+e.Name, keys{
		"file":          func(n document.Node) { r.text(&e.File)(n); e.FileAt = n },
		"from":          func(n document.Node) { r.from(e, n) },
		"table":         func(n document.Node) { r.text(&e.From.Table)(n); e.From.TableAt = n },
		"key":           r.text(&e.Key),
		"plural":        func(n document.Node) { r.plural(e, n) },
		"parent":        func(n document.Node) { r.parents(e, n) },
		"time":          r.text(&e.Time),
		"fields":        func(n document.Node) { r.entityFields(e, n) },
		"fresh":         func(n document.Node) { r.fresh(e, n) },
		"on_bad_record": word(r, &e.BadStop, map[string]bool{"skip": false, "stop": true}),
		"identity":      func(n document.Node) { r.identity(e, n) },
		"engagement":    r.expr(&e.Engagement),
		"sensitive":     r.texts(&e.Sensitive),
	})
	if value.Kind() != document.Map {
		r.maybe(e.Name, AnyName)
		return e
	}
	r.checkEntity(e, value)
	r.checkSensitive(e, value)
	return e
}

func (r *reader) checkEntity(e *Entity, value document.Node) {
	r.checkOrigin(e, value)
	if !r.get(value, "fields").Exists() {
		r.maybe(e.Name, AnyName)
		r.fail(e.At, "write fields: {name: string, …}", "entity %s declares no fields", e.Name)
	}
	if e.Time != "" {
		r.checkTime(e, r.get(value, "time"))
	}
	if e.Key == "" && e.Time == "" && !r.get(value, "key").Exists() && !r.get(value, "time").Exists() {
		r.fail(e.At, "name the column that identifies a record, key: id, or the time of an event, time: at", "entity %s has neither a key nor a time", e.Name)
	}
	if e.Key != "" {
		r.addKeyField(e, r.get(value, "key"))
	}
	if len(e.Parents) > 0 && !r.get(value, "plural").Exists() {
		for _, p := range e.Parents {
			r.maybe(p.Entity, AnyName)
		}
		r.fail(e.At, "write plural: "+pluralOf(e.Name), "entity %s has a parent and no plural, by which the parent speaks of its %s", e.Name, pluralOf(e.Name))
	}
	if e.Engagement.Exists() && e.Time == "" {
		r.fail(e.Engagement.Node(), "name the field with the time: time: at", "engagement is about events, and %s has no time", e.Name)
	}
}

// checkTime holds that the time of an event is a field that holds times.
func (r *reader) checkTime(e *Entity, n document.Node) {
	switch f := e.Field(e.Time); {
	case f == nil && slices.Contains(r.maybes[e.Name], AnyName) || f != nil && (f.Unread || f.Type.Kind == frame.Time):
	case f == nil:
		r.fail(n, diag.Suggest(e.Time, e.FieldNames()), "%s has no field %q for its time", e.Name, e.Time)
	default:
		r.fail(f.At, "declare it as timestamp", "expected the time of %s to be timestamp, found %s", e.Name, f.Type)
	}
}

// pluralOf guesses an English noun's plural, for hints.
func pluralOf(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return noun + "s"
}

// addKeyField makes the key a field, so that expressions can speak of it.
func (r *reader) addKeyField(e *Entity, at document.Node) {
	switch f := e.Field(e.Key); {
	case f == nil:
		e.Fields = append(e.Fields, Field{Name: e.Key, Type: frame.Type{Kind: frame.String}, At: at})
	case !f.Unread && f.Type.Kind != frame.String:
		r.fail(f.At, "declare it as string", "expected the key %s of %s to be string, found %s", e.Key, e.Name, f.Type)
	}
}

func (r *reader) plural(e *Entity, n document.Node) {
	e.PluralAt = n
	if r.text(&e.Plural)(n); e.Plural == "" || !r.identifier(n, "plural") {
		e.Plural = ""
		r.maybe("", AnyName)
	}
}

func (r *reader) parents(e *Entity, n document.Node) {
	for _, item := range items(n) {
		column, entity, ok := strings.Cut(item.Text(), "->")
		column, entity = strings.TrimSpace(column), strings.TrimSpace(entity)
		if !ok || column == "" || entity == "" {
			r.fail(item, "write parent: account_id -> account", "expected COLUMN -> ENTITY, found %s", found(item))
			r.loseParent(e)
			continue
		}
		e.Parents = append(e.Parents, Parent{Column: column, Entity: entity, At: item})
	}
}

// loseParent notes that one of an entity's parents could not be read.
func (r *reader) loseParent(e *Entity) {
	r.maybe(e.Name, AnyName)
	if e.Plural != "" {
		r.maybe("", e.Plural)
	}
}

func (r *reader) entityFields(e *Entity, n document.Node) {
	if n.Kind() != document.Map {
		r.maybe(e.Name, AnyName)
		r.fail(n, "write fields: {name: string, employees: int}", "expected names and types in fields, found %s", found(n))
		return
	}
	for _, f := range n.Fields() {
		named := r.identifier(f.Key, "field")
		if t, ok := r.fieldType(f.Value); named || identPattern.MatchString(f.Key.Text()) {
			e.Fields = append(e.Fields, Field{Name: f.Key.Text(), Type: t, At: f.Key, Unread: !ok})
		}
	}
}

var scalarTypes = map[string]frame.Kind{"bool": frame.Bool, "int": frame.Int, "double": frame.Double, "string": frame.String, "timestamp": frame.Time}

// otherTypes are what types are called elsewhere.
var otherTypes = map[string]string{"integer": "int", "long": "int", "bigint": "int", "str": "string", "text": "string", "varchar": "string", "email": "string",
	"number": "int or double", "float": "double", "decimal": "double", "numeric": "double", "boolean": "bool", "date": "timestamp", "datetime": "timestamp",
	"time": "timestamp", "list": "list(string)", "array": "list(string)", "map": "map(string, string)", "object": "map(string, string)",
	"json": "map(string, string)"}

// fieldType reads a type: a scalar's name, list(T), or map(string, T).
func (r *reader) fieldType(n document.Node) (frame.Type, bool) {
	t, ok := parseType(n.Text())
	if n.Kind() == document.Scalar && ok {
		return t, true
	}
	known := []string{"bool", "int", "double", "string", "timestamp"}
	hint := "types are " + strings.Join(known, ", ") + ", list(T) and map(string, T)"
	if other := otherTypes[strings.ToLower(n.Text())]; other != "" {
		hint = "write " + other
	} else if near := diag.Nearest(n.Text(), known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.fail(n, hint, "expected a type, found %s", found(n))
	return t, false
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
		"by":       func(n document.Node) { r.text(&e.Fresh.By)(n); e.Fresh.ByAt = n },
		"on_stale": word(r, &e.Fresh.Refuse, map[string]bool{"warn": false, "refuse": true}),
	})
}

func (r *reader) identity(e *Entity, n document.Node) {
	if n.Kind() != document.Map {
		for _, name := range r.connectorNames() {
			e.Identity[name] = unreadText(n)
		}
		r.fail(n, "write identity: {crm: "+e.Name+".id}", "expected connectors and expressions in identity, found %s", found(n))
		return
	}
	for _, f := range n.Fields() {
		x, name := unreadText(f.Value), f.Key.Text()
		r.expr(&x)(f.Value)
		e.Identity[name] = x
		if r.book.Connector(name) == nil && !r.lost("connectors", "connector", name) {
			r.fail(f.Key, diag.Suggest(name, r.connectorNames()), "identity of %s speaks of connector %q, which is not declared", e.Name, name)
		}
	}
}

// unreadText stands for an expression that could not be read where a text is wanted.
func unreadText(n document.Node) Expr { return Expr{Text: `""`, node: n} }

// parentsFirst orders entities so that parents stand before their children, and reports parents that don't exist or form a circle.
func (r *reader) parentsFirst(list []*Entity) []*Entity {
	o := &ordering{reader: r, byName: map[string]*Entity{}, done: map[*Entity]bool{}}
	for _, e := range list {
		o.byName[e.Name] = e
	}
	for _, e := range list {
		o.visit(e)
	}
	return o.ordered
}

// ordering walks over entities and their parents.
type ordering struct {
	*reader
	byName  map[string]*Entity
	ordered []*Entity
	done    map[*Entity]bool
	path    []string // from the child where the walk began to where it is
}

func (o *ordering) visit(e *Entity) {
	if o.done[e] {
		return
	}
	o.path = append(o.path, e.Name)
	for _, p := range e.Parents {
		o.parent(e, p)
	}
	o.path = o.path[:len(o.path)-1]
	o.done[e] = true
	o.ordered = append(o.ordered, e)
}

func (o *ordering) parent(e *Entity, p Parent) {
	fail := func(hint, format string, args ...any) {
		o.failIn(p.At, strings.LastIndex(p.At.Text(), p.Entity), len(p.Entity), hint, format, args...)
	}
	parent, begin := o.byName[p.Entity], slices.Index(o.path, p.Entity)
	switch {
	case parent == nil && o.lost("entities", "entity", p.Entity):
		o.maybe(e.Name, p.Entity)
	case parent == nil:
		o.loseParent(e)
		fail(diag.Suggest(p.Entity, slices.Collect(maps.Keys(o.byName))), "the parent %q of %s is not an entity", p.Entity, e.Name)
	case parent.Key == "":
		fail("give "+p.Entity+" a key", "the parent %s of %s has no key", p.Entity, e.Name)
	case begin >= 0:
		circle := strings.Join(append(slices.Clone(o.path[begin:]), p.Entity), " → ")
		fail("make the column a field, or the parent an entity of its own", "entities are each other's parents in a circle: %s", circle)
	default:
		o.visit(parent)
	}
}
