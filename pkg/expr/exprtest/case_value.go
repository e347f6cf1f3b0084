package exprtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// written gives values in a form that JSON can hold and [restored] reads: whole numbers as they are, doubles as text, since JSON has neither NaN nor
// infinities nor tells 1 from 1.0.
func written(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		out[name] = writtenValue(v)
	}
	return out
}

func writtenValue(value any) any {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case map[string]any:
		return written(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = writtenValue(x)
		}
		return out
	}
	return value
}

// decode reads JSON without making doubles of whole numbers.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

func readRecords(e *playbook.Entity, data []byte) ([]*Record, error) {
	var out []*Record
	for line := range bytes.Lines(data) {
		r := &Record{}
		if err := decode(line, r); err != nil {
			return nil, err
		}
		for name, value := range r.Values {
			f := e.Field(name)
			if f == nil {
				return nil, fmt.Errorf("%s has no field %q", e.Name, name)
			}
			var err error
			if r.Values[name], err = restored(fieldType(f.Type), value); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// restored gives a value of a type from what JSON holds of it.
func restored(t typ, value any) (any, error) {
	switch v := value.(type) {
	case json.Number:
		if t == double {
			return v.Float64()
		}
		return v.Int64()
	case []any:
		for i, x := range v {
			var err error
			if v[i], err = restored(t.elem(), x); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key, x := range v {
			var err error
			if v[key], err = restored(t.elem(), x); err != nil {
				return nil, err
			}
		}
	case string:
		return restoredText(t, v)
	}
	return value, nil
}

func restoredText(t typ, v string) (any, error) {
	switch t {
	case double:
		if v == "-0" {
			return math.Copysign(0, -1), nil
		}
		return strconv.ParseFloat(v, 64)
	case moment:
		at, err := time.Parse(time.RFC3339Nano, v)
		return at.UTC(), err
	}
	return v, nil
}
