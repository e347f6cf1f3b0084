package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// What plain scalars mean, from YAML 1.2's core schema: https://yaml.org/spec/1.2.2/#1032-tag-resolution
var (
	isInt      = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	isFloat    = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	isInfinite = regexp.MustCompile(`^[-+]?(\.inf|\.Inf|\.INF)$`)
	isNaN      = regexp.MustCompile(`^(\.nan|\.NaN|\.NAN)$`)
)

// longestNumber is where we stop to look whether a text is a number.
const longestNumber = 1 << 10

func isNull(text string) bool {
	return text == "" || text == "~" || text == "null" || text == "Null" || text == "NULL"
}

// number reports whether the node may be a number at all.
func (n Node) number() bool {
	return n.Kind() == Scalar && !n.Quoted() && len(n.n.text) <= longestNumber
}

// IsInt reports whether the node is written as an integer, such as 3, -3, 0x1f or 0o17. It may be too large for [Node.Int].
func (n Node) IsInt() bool { return n.number() && isInt.MatchString(n.n.text) }

// IsFloat reports whether the node is written as a number that is not an integer, such as 0.5, 1e3 or .inf.
func (n Node) IsFloat() bool {
	if !n.number() || isInt.MatchString(n.n.text) {
		return false
	}
	return isFloat.MatchString(n.n.text) || isInfinite.MatchString(n.n.text) || isNaN.MatchString(n.n.text)
}

// IsBool reports whether the node is true or false, in lower, upper or title case. Words such as yes and on are strings.
func (n Node) IsBool() bool {
	_, ok := n.Bool()
	return ok
}

// IsNull reports whether the node is null, ~ or an empty place, unquoted. An absent node is not null.
func (n Node) IsNull() bool { return n.Kind() == Null }

// IsString reports whether the node is a scalar that is neither a number nor a boolean.
func (n Node) IsString() bool {
	return n.Kind() == Scalar && !n.IsInt() && !n.IsFloat() && !n.IsBool()
}

// Int gives the integer; not ok if the node is none or doesn't fit into 64 bits.
func (n Node) Int() (int64, bool) {
	if !n.IsInt() {
		return 0, false
	}
	digits, base := n.n.text, 10
	switch {
	case strings.HasPrefix(digits, "0x"):
		digits, base = digits[2:], 16
	case strings.HasPrefix(digits, "0o"):
		digits, base = digits[2:], 8
	}
	i, err := strconv.ParseInt(digits, base, 64)
	return i, err == nil
}

// Float gives the number, an integer too; not ok if the node is none. Numbers out of range are not ok.
func (n Node) Float() (float64, bool) {
	switch {
	case n.IsInt():
		if i, ok := n.Int(); ok {
			return float64(i), true
		}
	case !n.IsFloat():
		return 0, false
	case isNaN.MatchString(n.n.text):
		return math.NaN(), true
	case isInfinite.MatchString(n.n.text):
		return math.Inf(1 - 2*strings.Count(n.n.text, "-")), true
	}
	f, err := strconv.ParseFloat(n.n.text, 64)
	return f, err == nil
}

// Bool gives the boolean; not ok if the node is none.
func (n Node) Bool() (value, ok bool) {
	if n.Kind() != Scalar || n.Quoted() {
		return false, false
	}
	switch n.n.text {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// Value gives the node as a Go value: string, int64, float64, bool, []any, map[string]any (by the text of the keys), or nil for null
// and absent. A number too large for its type is its text, so that no digit is lost in silence.
func (n Node) Value() any {
	switch n.Kind() {
	case Scalar:
		return n.scalarValue()
	case List:
		list := make([]any, len(n.n.items))
		for i, item := range n.n.items {
			list[i] = item.Value()
		}
		return list
	case Map:
		m := make(map[string]any, len(n.n.fields))
		for _, f := range n.n.fields {
			m[f.Key.Text()] = f.Value.Value()
		}
		return m
	}
	return nil
}

func (n Node) scalarValue() any {
	if b, ok := n.Bool(); ok {
		return b
	}
	if n.IsInt() {
		if i, ok := n.Int(); ok {
			return i
		}
		return n.n.text
	}
	if f, ok := n.Float(); ok {
		return f
	}
	return n.n.text
}
