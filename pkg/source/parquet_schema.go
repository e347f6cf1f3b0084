package source

import (
	"fmt"
	"time"

	"github.com/parquet-go/parquet-go"
	pq "github.com/parquet-go/parquet-go/format"

	"github.com/playctl/playctl/pkg/frame"
)

// shape is how a column of a Parquet file holds values of a type.
type shape struct {
	key, value *leaf // the keys of maps; the values of them, elements of lists, or the values
	json       bool  // lists and maps are JSON in texts

	// Of lists and maps: the levels of definition that say that there is one, and that it has an element.
	some, element int
}

// shapeOf finds out how a column holds values of a type; of a key, whole numbers are texts as well. It gives nil where the column holds
// something else.
func shapeOf(c *parquet.Column, of frame.Type, key bool, zone *time.Location) *shape {
	switch {
	case c.Leaf() && !c.Repeated() && (of.Kind == frame.List || of.Kind == frame.Map):
		if l := leafOf(c, frame.Type{Kind: frame.String}, false, zone); l != nil {
			return &shape{value: l, json: true}
		}
		return nil
	case c.Leaf() && !c.Repeated():
		if l := leafOf(c, of, key, zone); l != nil {
			return &shape{value: l}
		}
		return nil
	case of.Kind == frame.List:
		return listShape(c, of, zone)
	case of.Kind == frame.Map:
		return mapShape(c, of, zone)
	}
	return nil
}

// listShape takes lists as the format has them now, a group with a repeated group with an element, and as older writers have them:
// without the group around the element, or as a repeated column alone.
func listShape(c *parquet.Column, of frame.Type, zone *time.Location) *shape {
	repeated, element := c, c
	if !c.Repeated() {
		if len(c.Columns()) != 1 || !annotated[*pq.ListType](c) {
			return nil
		}
		repeated = c.Columns()[0]
		if element = repeated; !repeated.Leaf() && len(repeated.Columns()) == 1 && repeated.Name() != "array" && repeated.Name() != c.Name()+"_tuple" {
			element = repeated.Columns()[0]
		}
	}
	if !repeated.Repeated() || !element.Leaf() || element != repeated && element.Repeated() {
		return nil
	}
	l := leafOf(element, *of.Elem, false, zone)
	if l == nil {
		return nil
	}
	return &shape{value: l, some: repeated.MaxDefinitionLevel() - 1, element: repeated.MaxDefinitionLevel()}
}

// mapShape takes a group with a repeated group of a key and a value.
func mapShape(c *parquet.Column, of frame.Type, zone *time.Location) *shape {
	if c.Repeated() || len(c.Columns()) != 1 || !annotated[*pq.MapType](c) {
		return nil
	}
	entries := c.Columns()[0]
	if !entries.Repeated() || len(entries.Columns()) != 2 {
		return nil
	}
	key, value := entries.Columns()[0], entries.Columns()[1]
	if !key.Leaf() || key.Repeated() || !value.Leaf() || value.Repeated() {
		return nil
	}
	s := &shape{some: entries.MaxDefinitionLevel() - 1, element: entries.MaxDefinitionLevel()}
	s.key, s.value = leafOf(key, frame.Type{Kind: frame.String}, false, zone), leafOf(value, *of.Elem, false, zone)
	if s.key == nil || s.value == nil {
		return nil
	}
	return s
}

// annotated reports whether a group says that it is of a logical type.
func annotated[T pq.LogicalTypeValue](c *parquet.Column) bool {
	_, ok := logical(c).(T)
	return ok
}

// logical gives the logical type of a column, nil without one.
func logical(c *parquet.Column) pq.LogicalTypeValue {
	if t := c.Type().LogicalType(); t != nil {
		return t.Value
	}
	return nil
}

// leafOf finds out how a column of values holds those of a type. It gives nil where it does not.
func leafOf(c *parquet.Column, of frame.Type, key bool, zone *time.Location) *leaf {
	l := &leaf{kind: c.Type().Kind(), size: c.Type().Length(), index: c.Index(), of: of, repeats: c.MaxRepetitionLevel(), defined: c.MaxDefinitionLevel()}
	if l.kind == parquet.FixedLenByteArray && l.size <= 0 {
		return nil
	}
	ok := false
	switch of.Kind {
	case frame.Bool:
		ok = l.kind == parquet.Boolean
	case frame.Int:
		ok = l.asInt(logical(c))
	case frame.Double:
		ok = l.asDouble(logical(c))
	case frame.Time:
		ok = l.asTime(logical(c), zone)
	case frame.String:
		ok = l.asText(logical(c)) || key && l.asKey(logical(c))
	}
	if !ok {
		return nil
	}
	return l
}

// asInt takes whole numbers, doubles that are whole, and decimal numbers that are.
func (l *leaf) asInt(of pq.LogicalTypeValue) bool {
	switch t := of.(type) {
	case nil:
		if l.kind == parquet.Double || l.kind == parquet.Float {
			l.int = wholeDouble
			return true
		}
		return l.kind == parquet.Int32 || l.kind == parquet.Int64
	case *pq.IntType:
		if l.int = unsigned(t); l.int != nil {
			l.shown = unsignedShown
		}
		return true
	case *pq.DecimalType:
		scale := int(t.Scale)
		l.shown = decimalShown(scale)
		l.int = func(v *vector, i int) (int64, bool) { return parseInt(decimalText(v, i, scale)) }
		return validScale(t)
	}
	return false
}

// unsigned gives what reads numbers without a sign, nil for those with one.
func unsigned(t *pq.IntType) func(*vector, int) (int64, bool) {
	switch {
	case t.IsSigned:
		return nil
	case t.BitWidth == 64:
		return unsigned64
	}
	return unsigned32
}

// validScale reports whether a decimal number has a sensible number of digits behind the point.
func validScale(t *pq.DecimalType) bool { return t.Scale >= 0 && t.Scale <= 100 }

// asDouble takes doubles, whole numbers and decimal ones.
func (l *leaf) asDouble(of pq.LogicalTypeValue) bool {
	switch t := of.(type) {
	case nil:
		if l.kind == parquet.Int32 || l.kind == parquet.Int64 {
			l.real = realInt(nil)
			return true
		}
		return l.kind == parquet.Double || l.kind == parquet.Float
	case *pq.IntType:
		l.real = realInt(unsigned(t))
		if !t.IsSigned && t.BitWidth == 64 {
			l.real = realUnsigned64
		}
		return true
	case *pq.DecimalType:
		scale := int(t.Scale)
		l.shown = decimalShown(scale)
		l.real = func(v *vector, i int) (float64, bool) { return parseDouble(decimalText(v, i, scale)) }
		return validScale(t)
	}
	return false
}

// asTime takes times in any unit, dates, the times of Spark and Impala, and texts.
func (l *leaf) asTime(of pq.LogicalTypeValue, zone *time.Location) bool {
	switch t := of.(type) {
	case nil:
		if l.kind == parquet.Int96 {
			l.int, l.shown = unitsTime(1000), sparkShown
			return true
		}
		l.int = momentText(zone)
		return l.kind == parquet.ByteArray
	case *pq.StringType:
		l.int = momentText(zone)
		return true
	case *pq.TimestampType:
		if t.Unit.Value == nil {
			return false
		}
		unit := t.Unit.Value.Duration()
		l.int, l.shown = unitsTime(int64(unit)), dayShown(unit)
		if !t.IsAdjustedToUTC {
			l.int = localTime(l.int, zone)
		}
		return true
	case *pq.DateType:
		const day = 24 * time.Hour
		l.int, l.shown = localTime(unitsTime(int64(day)), zone), dayShown(day)
		return true
	}
	return false
}

// asText takes texts, bytes as they are, and what has a text of its own.
func (l *leaf) asText(of pq.LogicalTypeValue) bool {
	switch of.(type) {
	case nil, *pq.StringType, *pq.EnumType, *pq.JsonType:
		return l.kind == parquet.ByteArray || l.kind == parquet.FixedLenByteArray
	case *pq.UUIDType:
		l.text = uuidText
		return true
	}
	return false
}

// asKey takes whole numbers as texts.
func (l *leaf) asKey(of pq.LogicalTypeValue) bool {
	switch t := of.(type) {
	case nil:
		l.text = intText(nil)
		return l.kind == parquet.Int32 || l.kind == parquet.Int64
	case *pq.IntType:
		if l.text = intText(unsigned(t)); !t.IsSigned && t.BitWidth == 64 {
			l.text = unsignedText
		}
		return true
	case *pq.DecimalType:
		l.text = func(to []byte, v *vector, i int) []byte { return append(to, decimalText(v, i, 0)...) }
		return t.Scale == 0
	}
	return false
}

// described says what a column holds, for people.
func described(c *parquet.Column) string {
	switch {
	case !c.Leaf() && annotated[*pq.ListType](c):
		return "a list of other things"
	case !c.Leaf() && annotated[*pq.MapType](c):
		return "a map of other things"
	case !c.Leaf():
		return fmt.Sprintf("a group of %s", count(len(c.Columns()), "column"))
	case c.Repeated():
		return fmt.Sprintf("any number of %s", c.Type())
	}
	return c.Type().String()
}
