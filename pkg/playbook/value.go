package playbook

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Text gives a value of the language as text, the form in which templates write it and in which values are compared with what a system
// holds: true and false, decimal integers, the shortest decimal that reads back as the same double (1500000, 0.1, 1e+21), times as RFC 3339 in UTC, lists and
// maps as JSON with sorted keys. nil is empty.
func Text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return doubleText(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // what is written is text, not a page
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// doubleText writes a double as JSON does: with an exponent only where it is very small or very large.
func doubleText(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
