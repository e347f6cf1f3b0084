package frame

import "fmt"

// Kind is the kind of values that a column holds.
type Kind uint8

// The kinds of values.
const (
	Bool Kind = iota
	Int
	Double
	String
	Time // microseconds since 1970-01-01T00:00:00Z
	List
	Map // keys are strings
)

var kindNames = [...]string{"bool", "int", "double", "string", "timestamp", "list", "map"}

// Type is the type of a column's values. Elem is the type of the elements of a list and of the values of a map, nil else.
type Type struct {
	Kind Kind
	Elem *Type
}

// String gives the type as playbooks write it: list(string), map(string, int).
func (t Type) String() string {
	switch t.Kind {
	case List:
		return fmt.Sprintf("list(%s)", t.Elem)
	case Map:
		return fmt.Sprintf("map(string, %s)", t.Elem)
	}
	return kindNames[t.Kind]
}

// Column is one field of every row of a table. Which slice holds the values depends on Type.Kind; the value at a row that is not Known
// is meaningless. Columns are not changed once their table is made.
type Column struct {
	Name  string
	Type  Type
	Known Bits

	Bools   []bool    // Bool
	Ints    []int64   // Int, Time
	Doubles []float64 // Double
	Codes   []uint32  // String: into Dict; 0 where there is no value, also when Dict is empty
	Dict    *Dict     // String

	// List and Map: the elements of row i are Elems[Start[i]:Start[i+1]], a map's keys stand beside its values in MapKeys,
	// sorted by key within a row.
	Start   []uint32
	Elems   *Column
	MapKeys *Column

	rows  int
	spare *mapSpare // Map: what sorting a row's entries reuses
}

// NewColumn gives an empty column to append to.
func NewColumn(name string, t Type) *Column {
	c := &Column{Name: name, Type: t}
	switch t.Kind {
	case String:
		c.Dict = &Dict{}
	case List:
		c.Elems = NewColumn(name, *t.Elem)
		c.Start = []uint32{0}
	case Map:
		c.Elems = NewColumn(name, *t.Elem)
		c.MapKeys = NewColumn(name, Type{Kind: String})
		c.Start = []uint32{0}
	}
	return c
}

// Len gives the number of rows.
func (c *Column) Len() int { return c.rows }

// IsKnown reports whether row has a value.
func (c *Column) IsKnown(row int) bool { return c.Known.Has(row) }

// Text gives the string at row, which must be known, of a String column.
func (c *Column) Text(row int) string { return c.Dict.at(c.Codes[row]) }

// grow makes room for one more row and says whether it is known.
func (c *Column) grow(known bool) {
	if c.rows>>6 >= len(c.Known) {
		c.Known = append(c.Known, 0)
	}
	if known {
		c.Known.Add(c.rows)
	}
	c.rows++
}

// AppendMissing adds a row without a value.
func (c *Column) AppendMissing() {
	switch c.Type.Kind {
	case Bool:
		c.Bools = append(c.Bools, false)
	case Int, Time:
		c.Ints = append(c.Ints, 0)
	case Double:
		c.Doubles = append(c.Doubles, 0)
	case String:
		c.Codes = append(c.Codes, 0)
	case List, Map:
		c.Start = append(c.Start, c.Start[c.rows])
	}
	c.grow(false)
}

// AppendBool adds a row to a Bool column.
func (c *Column) AppendBool(v bool) { c.Bools = append(c.Bools, v); c.grow(true) }

// AppendInt adds a row to an Int or Time column.
func (c *Column) AppendInt(v int64) { c.Ints = append(c.Ints, v); c.grow(true) }

// AppendDouble adds a row to a Double column.
func (c *Column) AppendDouble(v float64) { c.Doubles = append(c.Doubles, v); c.grow(true) }

// AppendString adds a row to a String column. v may point into a buffer that is used again.
func (c *Column) AppendString(v string) { c.Codes = append(c.Codes, c.Dict.Code(v)); c.grow(true) }

// EndList adds a row to a List column: its elements are those appended to Elems since the last row.
func (c *Column) EndList() { c.Start = append(c.Start, uint32(c.Elems.rows)); c.grow(true) }

// Truncate drops all rows from n on, and elements that no row has yet, so that a reader can take back a record that turned out bad half
// way.
func (c *Column) Truncate(n int) {
	n = min(n, c.rows)
	switch c.Type.Kind {
	case Bool:
		c.Bools = c.Bools[:n]
	case Int, Time:
		c.Ints = c.Ints[:n]
	case Double:
		c.Doubles = c.Doubles[:n]
	case String:
		c.Codes = c.Codes[:n]
	case List, Map:
		c.Start = c.Start[:n+1]
		c.Elems.Truncate(int(c.Start[n]))
		if c.MapKeys != nil {
			c.MapKeys.Truncate(int(c.Start[n]))
		}
	}
	c.rows = n
	c.Known = c.Known[:(n+63)/64]
	if n&63 != 0 {
		c.Known[n>>6] &= 1<<(n&63) - 1
	}
}
