package playbook

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

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
			return
		}
		*into = v
	}
}

func (r *reader) integer(into *int, least int) func(document.Node) {
	return func(n document.Node) {
		v, ok := n.Int()
		if !ok {
			r.fail(n, "", "expected a whole number, such as 50, found %s", found(n))
			return
		}
		if v < int64(least) || v > 1<<31 {
			r.fail(n, "", "expected a whole number of at least %d, found %d", least, v)
			return
		}
		*into = int(v)
	}
}

func (r *reader) duration(into *time.Duration) func(document.Node) {
	return func(n document.Node) {
		d, err := parseDuration(n.Text())
		if n.Kind() != document.Scalar || err != nil {
			r.fail(n, durationHint(n.Text()), "expected a duration, found %s", found(n))
			return
		}
		*into = d
	}
}

var almostDuration = regexp.MustCompile(`(?i)^([0-9]+) *(m|h|d|w)?(in(ute)?s?|ours?|ays?|eeks?)?$`)

// durationHint suggests how to write what may be a duration in other words: 7 days, 90.
func durationHint(text string) string {
	m := almostDuration.FindStringSubmatch(strings.TrimSpace(text))
	switch {
	case m != nil && m[2] == "":
		return fmt.Sprintf("of what? write %sm, %sh, %sd or %sw", m[1], m[1], m[1], m[1])
	case m != nil:
		return "write " + m[1] + strings.ToLower(m[2])
	}
	return "a duration is a whole number with m, h, d or w: 15m, 8h, 30d, 2w"
}

func (r *reader) expr(into *Expr) func(document.Node) {
	return func(n document.Node) {
		switch {
		case n.Kind() == document.List || n.Kind() == document.Map:
			r.fail(n, "quote the expression if it begins with a bracket or a brace", "expected an expression, found %s", found(n))
		case strings.TrimSpace(n.Text()) == "" || n.IsNull():
			r.fail(n, "", "expected an expression, found nothing")
		default:
			*into = NewExpr(n)
		}
	}
}

// word reads one of a few words.
func word[T any](r *reader, into *T, words map[string]T) func(document.Node) {
	return func(n document.Node) {
		v, ok := words[n.Text()]
		if n.Kind() == document.Scalar && ok {
			*into = v
			return
		}
		list, hint := slices.Sorted(maps.Keys(words)), ""
		if near := diag.Nearest(n.Text(), list); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.fail(n, hint, "expected %s, found %s", either(list), found(n))
	}
}

// either joins words with or.
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (r *reader) texts(into *[]string) func(document.Node) {
	return func(n document.Node) {
		for _, item := range items(n) {
			var s string
			r.text(&s)(item)
			*into = append(*into, s)
		}
	}
}

// parseDuration reads a whole number and a unit: m, h, d (24 hours) or w.
func parseDuration(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(text) < 2 {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	unit, ok := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if !ok || err != nil || time.Duration(n) > time.Duration(1<<62)/unit {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	return time.Duration(n) * unit, nil
}
