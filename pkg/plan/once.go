package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Once counts operations that can't be undone, of one kind.
type Once struct {
	Kind  string `json:"kind"` // send:desk.message, task:crm.task
	Count int    `json:"count"`
}

// OnceKind names the kind of what can't be undone by its verb and its action or object; "" for what can be undone.
func OnceKind(verb connector.Verb, connectorName, object string) string {
	if verb != connector.Send && verb != connector.Task {
		return ""
	}
	return verb.String() + ":" + connectorName + "." + object
}

func (o *Operation) onceKind() string { return OnceKind(o.Verb, o.Connector, o.Target.Kind) }

// Onces counts what the plan does that can't be undone, by kind, sorted.
func (p *Plan) Onces() []Once {
	return onces(p.Operations, func(*Operation) bool { return true })
}

func onces(list []Operation, counts func(*Operation) bool) []Once {
	var out []Once
	for i := range list {
		kind := list[i].onceKind()
		if kind == "" || !counts(&list[i]) {
			continue
		}
		at := slices.IndexFunc(out, func(o Once) bool { return o.Kind == kind })
		if at < 0 {
			at, out = len(out), append(out, Once{Kind: kind})
		}
		out[at].Count++
	}
	slices.SortFunc(out, func(x, y Once) int { return cmp.Compare(x.Kind, y.Kind) })
	return out
}

// Approve leaves of what can't be undone only the kinds that were approved: send:desk.message, or send for all of that verb. Whoever comes to a
// step with another stops before it, and the next plan wants it again.
func (p *Plan) Approve(kinds []string) {
	approved := func(o *Operation) bool {
		kind := o.onceKind()
		verb, _, _ := strings.Cut(kind, ":")
		return kind == "" || slices.Contains(kinds, kind) || slices.Contains(kinds, verb)
	}
	held := onces(p.Operations, func(o *Operation) bool { return !approved(o) })
	if len(held) == 0 {
		return
	}
	p.narrow(approved, func(*Member) bool { return true })
	p.HeldBack = append(p.HeldBack, held...)
}
