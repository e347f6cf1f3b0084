package mapping

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/playctl/playctl/pkg/playbook"
)

// checkEvery is after how many elements of a list an evaluation looks whether its context has ended.
const checkEvery = 100

func decodeRune(text string) (rune, int) { return utf8.DecodeRuneInString(text) }

// Values are what the variables of a scope hold, by name: values as JSON has them (nil, bool, int64, float64, string, []any, map[string]any), []string,
// map[string]string and time.Time.
type Values map[string]any

// With gives the values with one more.
func (v Values) With(name string, value any) Values {
	out := make(Values, len(v)+1)
	for n, x := range v {
		out[n] = x
	}
	out[name] = value
	return out
}

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	source  playbook.Expr
	tree    ast.Expr // what was compiled: see Inverse
	program cel.Program
}

// String gives the expression as written, on one line.
func (p *Program) String() string { return strings.Join(strings.Fields(p.source.Text), " ") }

// Source gives the expression with its place.
func (p *Program) Source() playbook.Expr { return p.source }

// Value evaluates: to nil, bool, int64, float64, string, time.Time, []any or map[string]any. The error is [ErrAbsent], wrapped, where something is not
// there, the context's, or says why there is no value.
func (p *Program) Value(ctx context.Context, v Values) (any, error) {
	out, _, err := p.program.ContextEval(ctx, map[string]any(v))
	if err != nil {
		return nil, p.explain(ctx, err)
	}
	return plain(out)
}

// Holds evaluates a condition. What is absent makes it false.
func (p *Program) Holds(ctx context.Context, v Values) (bool, error) {
	value, err := p.Value(ctx, v)
	if err != nil {
		return false, ignoreAbsent(err)
	}
	holds, ok := value.(bool)
	if !ok {
		return false, fmt.Errorf("%s: expected true or false, found %s", p, kindOf(value))
	}
	return holds, nil
}

// List evaluates to a list. What is absent, or null, is an empty one.
func (p *Program) List(ctx context.Context, v Values) ([]any, error) {
	value, err := p.Value(ctx, v)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	switch list := value.(type) {
	case nil:
		return nil, nil
	case []any:
		return list, nil
	}
	return nil, fmt.Errorf("%s: expected a list, found %s", p, kindOf(value))
}

// Text evaluates to text, of whatever there is; "" where it is absent or null.
func (p *Program) Text(ctx context.Context, v Values) (string, error) {
	value, err := p.Value(ctx, v)
	if err != nil {
		return "", ignoreAbsent(err)
	}
	return playbook.Text(value), nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

// explain tells what is absent from what is wrong. cel-go has no kinds of errors but their words.
func (p *Program) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var why refusal
	if errors.As(err, &why) {
		return why
	}
	text := strings.TrimPrefix(err.Error(), "interrupted: ")
	for _, word := range []string{"no such key", "no such attribute", "index out of bounds", "index out of range", "optional.none() dereference"} {
		if strings.Contains(text, word) {
			kind := ErrAbsent
			if strings.HasPrefix(word, "no such") {
				kind = ErrNoField
			}
			return fmt.Errorf("%s: %w: %s", p, kind, text)
		}
	}
	return fmt.Errorf("%s: %s", p, text)
}

// kindOf names what a value is.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case time.Time:
		return "a time"
	}
	return "a number"
}

// plain gives a value of CEL as Go has it.
func plain(v ref.Val) (any, error) {
	switch x := v.(type) {
	case celtypes.Null:
		return nil, nil
	case celtypes.Bool:
		return bool(x), nil
	case celtypes.Int:
		return int64(x), nil
	case celtypes.Uint:
		return int64(x), nil
	case celtypes.Double:
		return float64(x), nil
	case celtypes.String:
		return string(x), nil
	case celtypes.Bytes:
		return string(x), nil
	case celtypes.Timestamp:
		return x.Time, nil
	case *celtypes.Optional:
		if !x.HasValue() {
			return nil, fmt.Errorf("%w: an optional value", ErrAbsent)
		}
		return plain(x.GetValue())
	case traits.Lister:
		return plainList(x)
	case traits.Mapper:
		return plainMap(x)
	}
	native, err := v.ConvertToNative(reflect.TypeFor[json.RawMessage]())
	if err != nil {
		return nil, fmt.Errorf("a value of type %s can't be written", v.Type())
	}
	return native, nil
}

func plainList(l traits.Lister) (any, error) {
	out := []any{}
	for it := l.Iterator(); it.HasNext() == celtypes.True; {
		item, err := plain(it.Next())
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

func plainMap(m traits.Mapper) (any, error) {
	out := map[string]any{}
	for it := m.Iterator(); it.HasNext() == celtypes.True; {
		key := it.Next()
		name, ok := key.(celtypes.String)
		if !ok {
			return nil, fmt.Errorf("the name of an object's field must be text, found %v", key)
		}
		value, err := plain(m.Get(key))
		if err != nil {
			return nil, err
		}
		out[string(name)] = value
	}
	return out, nil
}
