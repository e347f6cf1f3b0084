package postgres

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// way is how values of a column are read.
type way struct {
	select_ string // SQL round the column's name; "" for the name alone
	format  int16  // as the protocol has it: text or binary
	value   func(raw []byte) (any, error)
	many    bool // values are texts, the same ones again and again: a text that came before is not made anew
}

// sql gives what is selected for a column.
func (w *way) sql(column string) string {
	if w.select_ == "" {
		return column
	}
	return w.select_ + "(" + column + ")"
}

const binaryFormat = 1

var (
	texts   = &way{many: true, value: func(raw []byte) (any, error) { return string(raw), nil }}
	padded  = &way{many: true, value: func(raw []byte) (any, error) { return strings.TrimRight(string(raw), " "), nil }}
	jsons   = &way{value: jsonValue}
	viaJSON = &way{select_: "to_json", value: jsonValue}
)

// ways are those of types that are read in a way of their own, by their names in pg_type.
var ways = map[string]*way{
	"bool":        {format: binaryFormat, value: sized(1, func(raw []byte) any { return raw[0] != 0 })},
	"int2":        {format: binaryFormat, value: sized(2, func(raw []byte) any { return int64(int16(binary.BigEndian.Uint16(raw))) })},
	"int4":        {format: binaryFormat, value: sized(4, func(raw []byte) any { return int64(int32(binary.BigEndian.Uint32(raw))) })},
	"int8":        {format: binaryFormat, value: sized(8, func(raw []byte) any { return int64(binary.BigEndian.Uint64(raw)) })},
	"float8":      {format: binaryFormat, value: sized(8, func(raw []byte) any { return math.Float64frombits(binary.BigEndian.Uint64(raw)) })},
	"float4":      {value: numberValue}, // as it is written: 0.1, not the double that is next to it
	"numeric":     {value: numberValue},
	"timestamptz": {format: binaryFormat, value: sized(8, momentValue)},
	"bytea":       {format: binaryFormat, value: func(raw []byte) (any, error) { return bytesText(raw), nil }},
	"bpchar":      padded,
	"json":        jsons,
	"jsonb":       jsons,
	"hstore":      viaJSON,
}

// read gives how values of a column are read.
func (t columnType) read() *way {
	switch w := ways[t.base]; {
	case w != nil:
		return w
	case t.isArray, t.isComposite:
		return viaJSON
	}
	return texts // timestamp and date too, which are of the playbook's zone
}

// sized checks that a value has so many bytes.
func sized(n int, value func(raw []byte) any) func(raw []byte) (any, error) {
	return func(raw []byte) (any, error) {
		if len(raw) != n {
			return nil, errors.New("a value has another size than its type")
		}
		return value(raw), nil
	}
}

// momentValue reads a time: microseconds since 2000, or one of the infinities, which are words.
func momentValue(raw []byte) any {
	const to2000 = 946_684_800_000_000 // microseconds from 1970
	switch micros := int64(binary.BigEndian.Uint64(raw)); micros {
	case math.MaxInt64:
		return "infinity"
	case math.MinInt64:
		return "-infinity"
	default:
		return time.UnixMicro(micros + to2000).UTC()
	}
}

// numberValue reads a number: a whole one as an int64 if it is one of those and written without a point, as its digits if it has more of them, else a double.
func numberValue(raw []byte) (any, error) {
	text := string(raw)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if strings.Trim(text, "-0123456789") == "" {
		return text, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text, nil
	}
	return f, nil
}

// bytesText gives bytes as the text that they are, or as Postgres writes them: \x00ff.
func bytesText(raw []byte) string {
	if utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 {
		return string(raw)
	}
	return `\x` + hex.EncodeToString(raw)
}

// jsonValue reads JSON into values as records have them.
func jsonValue(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return plain(v), nil
}

// plain gives a decoded value with int64 and float64 for numbers.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, _ := numberValue([]byte(v)) // has no errors
		return n
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
	}
	return v
}

// mostSeen is how many texts of a column are remembered. A column with more different ones is not worth it.
const mostSeen = 256

// cell reads the values of one column.
type cell struct {
	as   *way
	seen map[string]any // texts that came before
}

// value reads a value that is not NULL.
func (c *cell) value(raw []byte) (any, error) {
	if !c.as.many || c.seen == nil {
		return c.as.value(raw)
	}
	if v, ok := c.seen[string(raw)]; ok {
		return v, nil
	}
	v, err := c.as.value(raw)
	if c.seen[string(raw)] = v; len(c.seen) > mostSeen {
		c.seen = nil
	}
	return v, err
}
