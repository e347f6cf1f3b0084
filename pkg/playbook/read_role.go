package playbook

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) roles(n document.Node) {
	r.named(n, "roles", "role", func(name, value document.Node) {
		x := &Role{Name: name.Text(), At: name}
		r.book.Roles = append(r.book.Roles, x)
		r.mapping(value, "role "+x.Name, keys{
			"title":    r.text(&x.Title),
			"assign":   r.expr(&x.Assign),
			"fallback": r.someText(&x.Fallback, "write who has the role otherwise"),
		})
		if value.Kind() == document.Map && !r.get(value, "assign").Exists() && !r.get(value, "fallback").Exists() {
			r.fail(name, "write assign: "+r.anyEntity()+".owner_email, or fallback: and an address", "role %s does not say who has it", x.Name)
		}
	})
}

func (r *reader) routes(n document.Node) {
	r.named(n, "routes", "route", func(name, value document.Node) {
		x := &Route{Name: name.Text(), At: name}
		r.book.Routes = append(r.book.Routes, x)
		all := r.mapping(value, "route "+x.Name, keys{
			"of":    func(n document.Node) { r.text(&x.Of)(n); x.OfAt = n },
			"rules": func(n document.Node) { r.routeRules(x, n) },
		})
		if all && !r.get(value, "of").Exists() {
			r.fail(name, "write of: "+r.anyEntity(), "route %s does not say of which entity", x.Name)
		}
		if all && !r.get(value, "rules").Exists() {
			r.fail(name, routeHint, "route %s has no rules", x.Name)
		}
	})
}

const routeHint = "write rules: [{when: CONDITION, to: ROLE}, {to: ROLE}]"

func (r *reader) routeRules(x *Route, n document.Node) {
	if n.Kind() != document.Map && len(n.Items()) == 0 {
		r.fail(n, routeHint, "expected rules in route %s, found %s", x.Name, foundOr(n, "none"))
		return
	}
	always := false
	for _, item := range items(n) {
		if item.Kind() != document.Map {
			r.fail(item, routeHint, "expected a rule with to: in route %s, found %s", x.Name, found(item))
			continue
		}
		var rule RouteRule
		all := r.mapping(item, "rule of route "+x.Name, keys{"when": r.expr(&rule.When), "to": r.oneName(&rule.To)})
		switch {
		case always:
			r.fail(item, "move the rule without when: to the end", "this rule is never reached: one before it holds always")
		case all && !r.get(item, "to").Exists():
			r.fail(item, "write to: and the name of a role", "this rule leads to nobody")
		}
		always = always || all && !r.get(item, "when").Exists()
		if rule.To.Text != "" {
			x.Rules = append(x.Rules, rule)
		}
	}
}

// oneName reads a name.
func (r *reader) oneName(into *Name) func(document.Node) {
	return func(n document.Node) {
		if r.someText(&into.Text, "")(n); into.Text != "" {
			into.At = n
		}
	}
}

// nameList reads a name or several.
func (r *reader) nameList(into *[]Name) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() == document.List && len(n.Items()) == 0 {
			r.fail(n, "write the name of a role or route", "expected names, found an empty list")
		}
		for _, item := range items(n) {
			var x Name
			if r.oneName(&x)(item); x.Text != "" {
				*into = append(*into, x)
			}
		}
	}
}

func (r *reader) roleNames() []string {
	return names(r.book.Roles, func(x *Role) string { return x.Name })
}

// personNames are those that by: and to: may say.
func (r *reader) personNames() []string {
	return append(r.roleNames(), names(r.book.Routes, func(x *Route) string { return x.Name })...)
}

func (r *reader) isPerson(name string) bool { return slices.Contains(r.personNames(), name) }

// lostPerson reports whether a role or route of that name may have been there and could not be read.
func (r *reader) lostPerson(name string) bool {
	return r.lost("roles", "role", name) || r.lost("routes", "route", name)
}

// checkPeople reports roles and routes that share a name, and routes to what is no role.
func (r *reader) checkPeople() {
	for _, x := range r.book.Routes {
		r.checkOf("route "+x.Name, x.Of, x.OfAt)
		if role := r.book.Role(x.Name); role != nil {
			d := problem(x.At, "rename one of them", "%q is a route and a role", x.Name)
			d.Related = []diag.Related{{At: role.At.Pos(), Message: "the role"}}
			r.problems.Add(d)
		}
		for _, rule := range x.Rules {
			r.checkRole(rule.To)
		}
	}
}

// checkRole reports what is no role where a route is none either.
func (r *reader) checkRole(name Name) {
	switch {
	case r.book.Role(name.Text) != nil || r.lost("roles", "role", name.Text):
	case r.book.Route(name.Text) != nil:
		r.fail(name.At, suggestOr(name.Text, r.roleNames(), "declare it under roles:"), "%q is a route, and a role is wanted", name.Text)
	default:
		r.fail(name.At, suggestOr(name.Text, r.roleNames(), "declare it under roles:"), "there is no role %q", name.Text)
	}
}

// checkPerson reports what is neither a role nor a route.
func (r *reader) checkPerson(name Name) {
	if r.isPerson(name.Text) || r.lostPerson(name.Text) {
		return
	}
	hint := suggestOr(name.Text, r.personNames(), "declare it under roles:")
	if strings.Contains(name.Text, "@") {
		hint = "declare a role with it as its fallback: under roles:, and write the role's name"
	}
	r.fail(name.At, hint, "there is no role or route %q", name.Text)
}
