package rehearse

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// reader collects the problems of one reading.
type reader struct {
	book     *playbook.Book
	suite    *Suite
	schemas  map[string]*schema
	names    map[string]document.Node // of tests and invariants so far
	problems diag.List
	// of the test being read
	test   *Test
	now    time.Time                  // of the step being read: what -3d is counted from
	known  map[string]map[string]bool // keys given so far, by entity
	parent []parentKey                // to be looked up when all of a given is read
}

// parentKey is a key by which a record names its parent.
type parentKey struct {
	entity, key string
	at          document.Node
}

func (r *reader) fail(n document.Node, hint, format string, args ...any) {
	p := n.Problem(format, args...)
	p.Hint = hint
	r.problems.Add(p)
}

// keys are the known keys of a mapping and what reads each.
type keys map[string]func(document.Node)

// mapping reads a mapping whose keys are all known; what names it in problems.
func (r *reader) mapping(n document.Node, what string, known keys) {
	if n.Kind() != document.Map {
		r.fail(n, "", "expected keys and values in %s, found %s", what, found(n))
		return
	}
	for _, f := range n.Fields() {
		if read, ok := known[f.Key.Text()]; ok {
			read(f.Value)
			continue
		}
		r.fail(f.Key, diag.Suggest(f.Key.Text(), slices.Collect(maps.Keys(known))), "unknown key %q in %s", f.Key.Text(), what)
	}
}

// each reads a mapping of any names; one that is not a mapping is a problem.
func (r *reader) each(n document.Node, what string, read func(name, value document.Node)) {
	if n.Kind() != document.Map {
		r.fail(n, "", "expected %s, found %s", what, found(n))
		return
	}
	for _, f := range n.Fields() {
		read(f.Key, f.Value)
	}
}

// items gives the items of a list; one value stands for a list of one.
func items(n document.Node) []document.Node {
	if n.Kind() == document.List {
		return n.Items()
	}
	return []document.Node{n}
}

// found words what stands at a node.
func found(n document.Node) string {
	if n.Kind() == document.Scalar {
		text := []rune(n.Text())
		if len(text) > 40 {
			text = append(text[:37], '.', '.', '.')
		}
		return strconv.Quote(string(text))
	}
	if n.Kind() == document.Map || n.Kind() == document.List {
		return n.Kind().String()
	}
	return "nothing"
}

func (r *reader) text(into *string) func(document.Node) {
	return func(n document.Node) {
		if n.Kind() != document.Scalar {
			r.fail(n, "", "expected text, found %s", found(n))
			return
		}
		*into = n.Text()
	}
}

func (r *reader) boolean(into *bool) func(document.Node) {
	return func(n document.Node) {
		v, ok := n.Bool()
		if !ok {
			r.fail(n, "write true or false", "expected true or false, found %s", found(n))
		}
		*into = v
	}
}

// play reads the name of a play.
func (r *reader) play(n document.Node) *playbook.Play {
	p := r.book.Play(n.Text())
	if p == nil {
		r.fail(n, diag.Suggest(n.Text(), r.book.PlayNames()), "there is no play %s", found(n))
	}
	return p
}

var spanPattern = regexp.MustCompile(`^([0-9]{1,6})([mhdw])$`)

// parseSpan reads a whole number and a unit: 15m, 8h, 30d, 2w.
func parseSpan(text string) (time.Duration, bool) {
	m := spanPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	return time.Duration(n) * unit, err == nil
}

// span reads a length of time that is more than none.
func (r *reader) span(n document.Node) time.Duration {
	d, ok := parseSpan(n.Text())
	if n.Kind() != document.Scalar || !ok || d == 0 {
		r.fail(n, "write a whole number and m, h, d or w, such as 30d", "expected a duration, found %s", found(n))
		return 0
	}
	return d
}

// parseMoment reads a time: RFC 3339, or without an offset or of a date alone in the playbook's zone; or how long before or after now.
func parseMoment(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	if text == "now" {
		return now, true
	}
	if len(text) > 1 && (text[0] == '-' || text[0] == '+') {
		d, ok := parseSpan(text[1:])
		if text[0] == '-' {
			d = -d
		}
		return now.Add(d), ok
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// moment reads a time.
func (r *reader) moment(n document.Node) (time.Time, bool) {
	t, ok := parseMoment(n.Text(), r.now, r.book.Zone)
	if n.Kind() != document.Scalar || !ok {
		r.fail(n, "write 2026-01-31T09:00:00Z, 2026-01-31, or -3d for three days before the run", "expected a time, found %s", found(n))
		return time.Time{}, false
	}
	return t, true
}
