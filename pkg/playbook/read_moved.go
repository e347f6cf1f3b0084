package playbook

import (
	"regexp"

	"github.com/playctl/playctl/pkg/document"
)

var pathPattern = regexp.MustCompile(`^plays\.([A-Za-z][A-Za-z0-9_-]{0,62})(?:\.steps\.([a-z][a-z0-9_]{0,62}))?$`)

const pathHint = "write plays.NAME, or plays.NAME.steps.ID"

// path reads the name of a play or step.
func (r *reader) path(into *Path) func(document.Node) {
	return func(n document.Node) {
		m := pathPattern.FindStringSubmatch(n.Text())
		if n.Kind() != document.Scalar || m == nil {
			r.fail(n, pathHint, "expected a play or step, found %s", found(n))
			return
		}
		*into = Path{Play: m[1], Step: m[2]}
	}
}

// moved reads what goes by another name since.
func (r *reader) moved(n document.Node) {
	const hint = "write - {from: plays.OLD, to: plays.NEW}"
	for _, item := range items(n) {
		if item.Kind() != document.Map {
			r.fail(item, hint, "expected from: and to: in moved, found %s", found(item))
			continue
		}
		m := Moved{At: item}
		all := r.mapping(item, "moved", keys{"from": r.path(&m.From), "to": r.path(&m.To)})
		if all && (!r.get(item, "from").Exists() || !r.get(item, "to").Exists()) {
			r.fail(item, hint, "this does not say from where to where")
		}
		if m.From.Play != "" && m.To.Play != "" {
			r.book.Moved = append(r.book.Moved, m)
		}
	}
}

// drop reads the steps that are gone.
func (r *reader) drop(n document.Node) {
	for _, item := range items(n) {
		var p Path
		r.path(&p)(item)
		switch {
		case p.Play == "":
		case p.Step == "":
			r.fail(item, "write plays.NAME.steps.ID; a play that is gone needs no word: its members leave it", "expected a step in drop, found a play")
		default:
			r.book.Drop = append(r.book.Drop, p)
			r.dropAt = append(r.dropAt, item)
		}
	}
}
