package playbook

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Text gives a value of the language as text, the form in which templates write it and in which values are compared with what a system
// holds: true and false, decimal integers, the shortest decimal that reads back as the same double, times as RFC 3339 in UTC, lists and
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
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
