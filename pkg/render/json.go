package render

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// formatVersion is the version of every document: the first number grows when something is taken away or means something else.
const formatVersion = "1.0"

// writeJSON writes one document, indented, with a final line break.
func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// JSON writes a document that a command makes itself, as the others are.
func JSON(w io.Writer, doc any) error { return writeJSON(w, doc) }

// orEmpty has a list written as [] and not as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// stamp writes a time, or nothing for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// jsonValue makes a value fit for JSON: what is no number there is text.
func jsonValue(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return connector.Text(v)
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = jsonValue(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = jsonValue(v[key])
		}
		return out
	}
	return v
}
