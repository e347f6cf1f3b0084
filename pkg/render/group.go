package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
)

// group is operations that read as one line.
type group struct {
	groupKey
	operations []*plan.Operation
	indexes    []int          // of the operations, in the plan
	strangers  int            // put there by somebody else
	again      int            // tried before
	names      map[string]int // remove_any: operations by collection
}

// groupKey is what the operations of a group have in common.
type groupKey struct {
	play, step string
	verb       string // as playbooks write it
	place      connector.Place
	entity     string
	withdraw   bool
	drift      bool
	any        bool   // remove_any: place has no name
	role       string // of a task
	certainty  plan.Certainty
}

// groupOperations gathers operations into lines, in the order of their first.
func groupOperations(operations []plan.Operation) []*group {
	var out []*group
	byKey := map[groupKey]*group{}
	for i := range operations {
		o := &operations[i]
		key := keyOf(o)
		g := byKey[key]
		if g == nil {
			g = &group{groupKey: key, names: map[string]int{}}
			byKey[key] = g
			out = append(out, g)
		}
		g.add(i, o)
	}
	return out
}

// keyOf tells with which others an operation reads as one line. Removes out of any collection do, whatever the collection.
func keyOf(o *plan.Operation) groupKey {
	key := groupKey{play: o.Play, step: o.Step, verb: verbOf(o), place: o.Place(), entity: o.Record.Entity, withdraw: o.Withdraw, drift: o.Drift,
		any: o.Any, role: roleOf(o), certainty: o.Certainty}
	if key.any {
		key.place.Name = ""
	}
	return key
}

// roleOf gives the role that a task is for, or was.
func roleOf(o *plan.Operation) string {
	if o.Task != nil {
		return o.Task.Role
	}
	return o.Role()
}

func (g *group) add(at int, o *plan.Operation) {
	g.operations, g.indexes = append(g.operations, o), append(g.indexes, at)
	if o.Any {
		g.names[o.Target.Name]++
	}
	if o.Stranger {
		g.strangers++
	}
	if o.Attempts > 0 {
		g.again++
	}
}

// verbOf gives an operation's verb as the playbook writes it: a keep is an add that some step keeps.
func verbOf(o *plan.Operation) string {
	if o.Any {
		return playbook.RemoveAny.String()
	}
	if o.Verb == connector.Add {
		for _, h := range o.Holds {
			if h.Keeper != nil && h.Keeper.Step == o.Step {
				return "keep"
			}
		}
	}
	return o.Verb.String()
}

// glyph gives the sign of a group and its colour.
func (g *group) glyph() (string, ink) {
	switch g.operations[0].Verb {
	case connector.Remove:
		if g.any {
			return "-", loud
		}
		return "-", removed
	case connector.Set:
		return "~", changed
	case connector.Send, connector.Task:
		return "!", once
	case connector.Cancel:
		return "×", removed
	}
	return "+", added
}

// isOnce reports whether what is done can't be undone.
func isOnce(v connector.Verb) bool { return v == connector.Send || v == connector.Task }

// records counts the records of a group, each once.
func (g *group) records() int {
	seen := map[string]bool{}
	for _, o := range g.operations {
		seen[o.Record.Key] = true
	}
	return len(seen)
}

// outOf names the collections that a remove_any takes records out of, the largest first.
func (g *group) outOf(p *Printer) string {
	if !g.any {
		return ""
	}
	var out []string
	names := byCount(g.names)
	for _, name := range names[:p.shown(len(names))] {
		text := `"` + clean(name) + `"`
		if len(g.names) > 1 {
			text += " (" + number(g.names[name]) + ")"
		}
		out = append(out, text)
	}
	text := "out of " + strings.Join(out, ", ")
	if more := len(names) - len(out); more > 0 {
		text += " and " + number(more) + " more"
	}
	return text
}

// with names the fields that memberships begin with.
func (g *group) with() string {
	first := g.operations[0]
	if first.Verb != connector.Add || len(first.Fields) == 0 {
		return ""
	}
	return "with " + clean(strings.Join(slices.Sorted(maps.Keys(first.Fields)), ", "))
}
