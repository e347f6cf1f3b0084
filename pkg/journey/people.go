package journey

import (
	"context"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// people are the compiled roles and routes.
type people struct {
	book   *playbook.Book
	roles  map[string]*role
	routes map[string]*route
}

type role struct {
	*playbook.Role
	assign *expr.Program
}

type route struct {
	*playbook.Route
	rules []rule
}

type rule struct {
	when *expr.Program // nil for always
	to   *role
}

// assignee is a role or a route, whichever is given.
type assignee struct {
	role  *role
	route *route
}

// compilePeople compiles roles and routes. A role may speak of any record above the one that it is asked for.
func (c *compiler) compilePeople() *people {
	out := &people{book: c.book, roles: map[string]*role{}, routes: map[string]*route{}}
	var scope expr.Scope
	for _, e := range c.book.Entities {
		if e.Key != "" {
			scope.Bound = append(scope.Bound, e.Name)
		}
	}
	for _, r := range c.book.Roles {
		out.roles[r.Name] = &role{Role: r, assign: c.compile(r.Assign, scope, expr.TextOnly)}
	}
	for _, r := range c.book.Routes {
		compiled := &route{Route: r}
		for _, x := range r.Rules {
			if c.book.Entity(r.Of) == nil {
				break // that was reported
			}
			compiled.rules = append(compiled.rules, rule{c.compile(x.When, expr.Scope{Self: r.Of}, expr.Condition), out.roles[x.To.Text]})
		}
		out.routes[r.Name] = compiled
	}
	return out
}

// assignees finds roles and routes by name; those that there are not were reported.
func (p *people) assignees(names []playbook.Name) []assignee {
	var out []assignee
	for _, n := range names {
		if a := (assignee{p.roles[n.Text], p.routes[n.Text]}); a.role != nil || a.route != nil {
			out = append(out, a)
		}
	}
	return out
}

// person is who has a role for a record.
type person struct{ role, who string }

// resolve gives the first of the assignees that somebody has for the records at a place, and why the others don't: for the problem's message.
func (r *run) resolve(ctx context.Context, list []assignee, at expr.At) (found person, ok bool, why string, err error) {
	var reasons []string
	for _, a := range list {
		found, why, err := r.assigned(ctx, a, at)
		if err != nil {
			return person{}, false, "", err
		}
		if why == "" {
			return found, true, "", nil
		}
		reasons = append(reasons, why)
	}
	return person{}, false, strings.Join(slices.Compact(reasons), "; "), nil
}

// assigned gives who has one role, or why nobody has.
func (r *run) assigned(ctx context.Context, a assignee, at expr.At) (found person, why string, err error) {
	has := a.role
	if a.route != nil {
		if has, why, err = r.routed(ctx, a.route, at); err != nil || why != "" {
			return person{}, why, err
		}
	}
	found.role = has.Name
	why = "role " + has.Name + " is not assigned"
	if has.assign != nil {
		v, err := has.assign.Value(ctx, r.data, r.above(at))
		unknown, err := unknownWaits(err)
		if err != nil {
			return person{}, "", err
		}
		if text, ok := v.(string); ok && strings.TrimSpace(text) != "" {
			found.who = strings.TrimSpace(text)
			return found, "", nil
		}
		if why = "role " + has.Name + ": " + has.assign.String() + " is empty"; unknown != "" {
			why = "role " + has.Name + ": " + unknown
		}
	}
	if found.who = has.Fallback; found.who == "" {
		return person{}, why + ", and it has no fallback", nil
	}
	return found, "", nil
}

// routed gives the role that a route's first rule that holds chooses. A rule that is unknown does not hold.
func (r *run) routed(ctx context.Context, rt *route, at expr.At) (*role, string, error) {
	all := r.above(at)
	row, ok := all.Rows[rt.Of]
	if !ok {
		return nil, "route " + rt.Name + " is of " + rt.Of + ", and this record has none", nil
	}
	for _, x := range rt.rules {
		if x.to == nil {
			continue
		}
		if x.when == nil {
			return x.to, "", nil
		}
		holds, err := x.when.Bool(ctx, r.data, expr.Row(rt.Of, row))
		if _, err = unknownWaits(err); err != nil {
			return nil, "", err
		}
		if holds {
			return x.to, "", nil
		}
	}
	return nil, "no rule of route " + rt.Name + " holds", nil
}

// above gives a place with every record bound that is above one of its records.
func (r *run) above(at expr.At) expr.At {
	for entity, row := range at.Rows {
		for _, k := range r.lineage(entity, row) {
			if _, bound := at.Rows[k.table.Entity]; !bound {
				at = at.With(k.table.Entity, k.row)
			}
		}
	}
	return at
}
