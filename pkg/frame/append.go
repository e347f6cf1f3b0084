package frame

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Append adds a row with a plain value of the column's type: bool, int64, float64, string, time.Time, []any, map[string]any; nil is a row without a
// value. It panics at values of other types. Readers of files append without going through any.
func (c *Column) Append(value any) {
	switch v := value.(type) {
	case nil:
		c.AppendMissing()
	case bool:
		c.AppendBool(v)
	case int64:
		c.AppendInt(v)
	case float64:
		c.AppendDouble(v)
	case string:
		c.AppendString(v)
	case time.Time:
		c.AppendInt(v.UnixMicro())
	case []any:
		for _, x := range v {
			c.Elems.Append(x)
		}
		c.EndList()
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			c.MapKeys.AppendString(key)
			c.Elems.Append(v[key])
		}
		c.EndMap()
	default:
		panic(fmt.Sprintf("no column holds a %T", value))
	}
}
