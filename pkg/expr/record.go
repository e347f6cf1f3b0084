package expr

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Unknown is the error behind every unknown value. What says which value is missing: "account.employees is missing".
type Unknown struct{ What string }

// Error gives What.
func (u *Unknown) Error() string { return u.What }

func missing(entity, field string) error { return &Unknown{What: entity + "." + field + " is missing"} }

// record is a row of a table as a CEL value, or an event as the state keeps it (stored; it has only fields).
type record struct {
	data   *Data
	table  *frame.Table
	row    int
	entity *playbook.Entity
	stored map[string]any
}

// has reports whether the i-th declared field is known.
func (r *record) has(i int) bool {
	if r.stored != nil {
		_, ok := r.stored[r.entity.Fields[i].Name]
		return ok
	}
	return r.table.Columns[i].IsKnown(r.row)
}

// field gives the value of the i-th declared field.
func (r *record) field(i int) (any, error) {
	if r.stored != nil {
		value, ok := r.stored[r.entity.Fields[i].Name]
		if !ok {
			return nil, missing(r.entity.Name, r.entity.Fields[i].Name)
		}
		return toCEL(storedValue(r.entity.Fields[i].Type, value)), nil
	}
	c := r.table.Columns[i]
	if !c.IsKnown(r.row) {
		return nil, missing(r.table.Entity, c.Name)
	}
	return columnValue(c, r.row), nil
}

// parent gives the record's parent.
func (r *record) parent(entity string) (any, error) {
	if r.stored == nil {
		if rel := r.table.Parent(entity); rel != nil && rel.Up[r.row] >= 0 {
			return &record{data: r.data, table: rel.Parent, row: int(rel.Up[r.row])}, nil
		}
		return nil, missing(r.table.Entity, entity)
	}
	return nil, missing(r.entity.Name, entity)
}

// children gives the record's children of one kind.
func (r *record) children(plural string) (any, error) {
	if r.stored != nil {
		return nil, missing(r.entity.Name, plural)
	}
	rel := r.table.Children(plural)
	return &rows{data: r.data, table: rel.Child, list: rel.Of(r.row)}, nil
}

// ConvertToNative implements ref.Val; a record has no native form.
func (r *record) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a record can't become a %s", t)
}

// ConvertToType implements ref.Val.
func (r *record) ConvertToType(t ref.Type) ref.Val {
	return celtypes.NewErr("a record can't become a %s", t.TypeName())
}

// Equal implements ref.Val: two records are equal if they are the same record.
func (r *record) Equal(other ref.Val) ref.Val {
	o, ok := other.(*record)
	return celtypes.Bool(ok && r.stored == nil && o.stored == nil && r.table == o.table && r.row == o.row)
}

// Type implements ref.Val.
func (r *record) Type() ref.Type {
	if r.entity != nil {
		return recordType(r.entity.Name)
	}
	return r.data.recordType(r.table.Entity)
}

// Value implements ref.Val.
func (r *record) Value() any { return r }

// columnValue gives a known value of a column as a CEL value.
func columnValue(c *frame.Column, row int) ref.Val {
	switch c.Type.Kind {
	case frame.Bool:
		return celtypes.Bool(c.Bools[row])
	case frame.Int:
		return celtypes.Int(c.Ints[row])
	case frame.Double:
		return celtypes.Double(c.Doubles[row])
	case frame.String:
		return celtypes.String(c.Text(row))
	case frame.Time:
		return celTime(time.UnixMicro(c.Ints[row]))
	case frame.Map:
		return &mapValue{column: c, from: int(c.Start[row]), to: int(c.Start[row+1])}
	}
	elems := make([]ref.Val, 0, c.Start[row+1]-c.Start[row])
	for i := c.Start[row]; i < c.Start[row+1]; i++ {
		elems = append(elems, columnValue(c.Elems, int(i)))
	}
	return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, elems)
}

// toCEL makes a CEL value of a plain one: string, bool, int64, float64, time.Time, []any, map[string]any.
func toCEL(value any) ref.Val {
	switch v := value.(type) {
	case time.Time:
		return celTime(v)
	case []any:
		elems := make([]ref.Val, len(v))
		for i, x := range v {
			elems[i] = toCEL(x)
		}
		return celtypes.NewRefValList(celtypes.DefaultTypeAdapter, elems)
	case map[string]any:
		entries := make(map[ref.Val]ref.Val, len(v))
		for k, x := range v {
			entries[celtypes.String(k)] = toCEL(x)
		}
		return newMap(entries)
	}
	return celtypes.DefaultTypeAdapter.NativeToValue(value)
}

// storedValue restores the type that a value lost in the state's JSON.
func storedValue(t frame.Type, value any) any {
	switch v := value.(type) {
	case float64:
		if t.Kind == frame.Int {
			return int64(v)
		}
	case string:
		if t.Kind == frame.Time {
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return at
			}
		}
	}
	return value
}

// plain makes a plain value of a CEL value, the inverse of toCEL. Records and other values that only expressions know are an error.
func plain(v ref.Val) (any, error) {
	switch v := v.(type) {
	case celtypes.String:
		return string(v), nil
	case celtypes.Bool:
		return bool(v), nil
	case celtypes.Int:
		return int64(v), nil
	case celtypes.Uint:
		return int64(v), nil
	case celtypes.Double:
		return float64(v), nil
	case celtypes.Timestamp:
		return v.Time.UTC(), nil
	case celtypes.Duration:
		return v.Duration.String(), nil
	case *record:
		return nil, errors.New("a whole record is no value; choose one of its fields")
	}
	return plainCollection(v)
}

// IsSet implements traits.FieldTester, through which optional selection (account.?employees) looks.
func (r *record) IsSet(field ref.Val) ref.Val {
	value := r.Get(field)
	return celtypes.Bool(!celtypes.IsError(value))
}

// Get implements traits.Indexer, through which optional selection looks.
func (r *record) Get(field ref.Val) ref.Val {
	name, _ := field.(celtypes.String)
	value, err := r.named(string(name))
	if err != nil {
		return celtypes.WrapErr(err)
	}
	return value.(ref.Val)
}

// named gives a field, a parent or the children of that name.
func (r *record) named(name string) (any, error) {
	if r.stored != nil {
		for i := range r.entity.Fields {
			if r.entity.Fields[i].Name == name {
				return r.field(i)
			}
		}
		return nil, missing(r.entity.Name, name)
	}
	for i, c := range r.table.Columns {
		if c.Name == name {
			return r.field(i)
		}
	}
	if r.table.Children(name) != nil {
		return r.children(name)
	}
	return r.parent(name)
}
