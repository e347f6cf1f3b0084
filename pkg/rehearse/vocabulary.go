package rehearse

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// vocabulary is the constants that a playbook's expressions compare each field with: what is worth generating.
type vocabulary struct {
	texts   map[string][]string  // by name of the field
	numbers map[string][]float64 // by name of the field
	spans   []float64            // numbers of days and such, anywhere
}

var (
	textPattern   = regexp.MustCompile(`"([^"\\]*)"|'([^'\\]*)'`)
	numberPattern = regexp.MustCompile(`\b[0-9]+(\.[0-9]+)?([eE][0-9]+)?\b`)
	fieldPattern  = regexp.MustCompile(`\.\??([A-Za-z_][A-Za-z0-9_]*)`)
	daysPattern   = regexp.MustCompile(`(?:days|daysAgo)\(([0-9]+)\)`)
)

// newVocabulary collects the constants of every text of the playbook's files: those of an expression go with every field that it speaks of.
func newVocabulary(files []*document.File) *vocabulary {
	v := &vocabulary{texts: map[string][]string{}, numbers: map[string][]float64{}}
	for _, f := range files {
		v.walk(f.Root())
	}
	return v
}

func (v *vocabulary) walk(n document.Node) {
	for _, item := range n.Items() {
		v.walk(item)
	}
	for _, f := range n.Fields() {
		v.walk(f.Value)
	}
	if n.Kind() == document.Scalar {
		v.learn(n.Text())
	}
}

// learn takes in the constants of one text.
func (v *vocabulary) learn(text string) {
	var texts []string
	var numbers []float64
	for _, m := range textPattern.FindAllStringSubmatch(text, -1) {
		texts = append(texts, m[1]+m[2])
	}
	bare := textPattern.ReplaceAllString(text, " ")
	for _, number := range numberPattern.FindAllString(bare, -1) {
		if x, err := strconv.ParseFloat(number, 64); err == nil {
			numbers = append(numbers, x)
		}
	}
	for _, m := range daysPattern.FindAllStringSubmatch(bare, -1) {
		if x, err := strconv.ParseFloat(m[1], 64); err == nil && !slices.Contains(v.spans, x) {
			v.spans = append(v.spans, x)
		}
	}
	for _, m := range fieldPattern.FindAllStringSubmatch(bare, -1) {
		v.texts[m[1]] = union(v.texts[m[1]], texts)
		v.numbers[m[1]] = union(v.numbers[m[1]], numbers)
	}
}

func union[T comparable](a, b []T) []T {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// variable has the numbers of variables go with every number: expressions compare with them by name.
func (v *vocabulary) variable(value any) {
	switch x := value.(type) {
	case int64:
		v.spans = union(v.spans, []float64{float64(x)})
	case float64:
		v.spans = union(v.spans, []float64{x})
	}
}

// candidates gives the numbers that are worth trying for a field: the constants, one beside them, and those of anywhere.
func (v *vocabulary) candidates(field string, of frame.Kind) []float64 {
	out := []float64{0, 1}
	for _, x := range slices.Concat(v.numbers[field], v.spans) {
		step := 1.0
		if of == frame.Double {
			step = 0.5
		}
		out = union(out, []float64{x - step, x, x + step})
	}
	return out
}
