package playbook

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) suppressions(n document.Node) {
	r.named(n, "suppressions", "suppression", func(name, value document.Node) {
		s := &Suppression{Name: name.Text(), At: name}
		r.book.Suppressions = append(r.book.Suppressions, s)
		all := r.mapping(value, "suppression "+s.Name, keys{
			"of":    func(n document.Node) { r.text(&s.Of)(n); s.OfAt = n },
			"when":  r.expr(&s.When),
			"verbs": r.verbList(&s.Verbs, Keep, Add, Remove, RemoveAny, Set, Send, Task),
		})
		if all && !r.get(value, "of").Exists() {
			r.fail(name, "write of: "+r.anyEntity(), "suppression %s does not say of which entity", s.Name)
		}
		if all && !r.get(value, "when").Exists() {
			r.fail(name, "write when: CONDITION", "suppression %s does not say who is not to be touched", s.Name)
		}
	})
}

// verbList reads a verb or several, of those that may be meant.
func (r *reader) verbList(into *[]Verb, may ...Verb) func(document.Node) {
	words := map[string]Verb{}
	for _, v := range may {
		words[v.String()] = v
	}
	return func(n document.Node) {
		if n.Kind() == document.List && len(n.Items()) == 0 {
			r.fail(n, "remove it, or name one", "expected verbs, found none")
		}
		for _, item := range items(n) {
			var v Verb
			if word(r, &v, words)(item); v != 0 && !slices.Contains(*into, v) {
				*into = append(*into, v)
			}
		}
	}
}

func (r *reader) caps(n document.Node) {
	r.named(n, "caps", "cap", func(name, value document.Node) {
		c := &Cap{Name: name.Text(), At: name}
		r.book.Caps = append(r.book.Caps, c)
		all := r.mapping(value, "cap "+c.Name, keys{
			"of":       func(n document.Node) { r.text(&c.Of)(n); c.OfAt = n },
			"per_role": func(n document.Node) { r.text(&c.PerRole)(n); c.PerRoleAt = n },
			"verbs":    r.verbList(&c.Verbs, Send, Task, Add, Keep),
			"channel":  func(n document.Node) { r.text(&c.Channel)(n); c.ChannelAt = n },
			"at_most":  r.integer(&c.AtMost, 1),
			"per":      r.silence(&c.Per),
			"on_cap":   word(r, &c.Skip, map[string]bool{"defer": false, "skip": true}),
		})
		if all {
			r.checkCap(c, value)
		}
		if c.PerRole != "" && len(c.Verbs) == 0 {
			c.Verbs = []Verb{Task}
		}
	})
}

// checkCap holds that a cap says what it counts, how many there may be and in which time.
func (r *reader) checkCap(c *Cap, n document.Node) {
	role := r.get(n, "per_role")
	switch of := r.get(n, "of"); {
	case of.Exists() && role.Exists():
		r.fail(role, "make them two caps", "a cap counts by the records of an entity or by who has a role; cap %s has both", c.Name)
	case !of.Exists() && !role.Exists():
		r.fail(c.At, "write of: "+r.anyEntity()+", or per_role: and a role", "cap %s does not say by what it counts", c.Name)
	case role.Exists() && slices.ContainsFunc(c.Verbs, func(v Verb) bool { return v != Task }):
		r.fail(r.get(n, "verbs"), "write verbs: [task]", "cap %s counts by who has a role, and only tasks are theirs", c.Name)
	}
	var missing []string
	for _, key := range []string{"at_most", "per"} {
		if !r.get(n, key).Exists() {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		r.fail(c.At, "write at_most: 3 and per: 7d", "cap %s has no %s", c.Name, strings.Join(missing, " and no "))
	}
}

func (r *reader) groups(n document.Node) {
	r.named(n, "groups", "group", func(name, value document.Node) {
		g := &Group{Name: name.Text(), At: name, AtMost: 1}
		r.book.Groups = append(r.book.Groups, g)
		all := r.mapping(value, "group "+g.Name, keys{
			"of":          func(n document.Node) { r.text(&g.Of)(n); g.OfAt = n },
			"at_most":     r.integer(&g.AtMost, 1),
			"on_conflict": word(r, &g.Skip, map[string]bool{"wait": false, "skip": true}),
		})
		if all && !r.get(value, "of").Exists() {
			r.fail(name, "write of: "+r.anyEntity(), "group %s does not say of which entity", g.Name)
		}
	})
}

// checkGuards reports names that mean nothing in suppressions, caps and groups.
func (r *reader) checkGuards() {
	for _, s := range r.book.Suppressions {
		r.checkOf("suppression "+s.Name, s.Of, s.OfAt)
	}
	for _, c := range r.book.Caps {
		r.checkOf("cap "+c.Name, c.Of, c.OfAt)
		if c.PerRole != "" {
			r.checkRole(Name{Text: c.PerRole, At: c.PerRoleAt})
		}
		if c.Channel != "" {
			r.checkChannel(c.Channel, c.ChannelAt)
		}
	}
	for _, g := range r.book.Groups {
		r.checkOf("group "+g.Name, g.Of, g.OfAt)
	}
}
