package vector

import (
	"regexp"

	"github.com/playctl/playctl/pkg/expr"
)

// matches is text.matches(pattern).
type matches struct {
	of   kernel
	re   *regexp.Regexp
	slot int
}

func (k *matches) eval(w *worker, b *batch) vec {
	a, ok := w.slots[k.slot].(*automaton)
	if !ok {
		a = newAutomaton(k.re)
		w.slots[k.slot] = a
	}
	return (&textTest{k.of, a.match}).eval(w, b)
}

func bindMatches(b *binder, n *expr.Node) (part, error) {
	pattern, ok := b.value(n.Args[len(n.Args)-1])
	if !ok {
		return none("a pattern that differs from record to record")
	}
	re, err := regexp.Compile(pattern.(string))
	if err != nil {
		return none("a pattern that can't be read")
	}
	of, err := b.bind(n.Args[0])
	k := &matches{of: of, re: re, slot: b.slots}
	b.slots++
	return part{k, of.cost + 40}, err
}
