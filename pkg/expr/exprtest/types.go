package exprtest

import (
	"strings"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// typ is a type as CEL writes it, such as list(string); map(int) is a map from strings, and @person a record of person.
type typ string

const (
	boolean typ = "bool"
	integer typ = "int"
	double  typ = "double"
	text    typ = "string"
	moment  typ = "timestamp"
	span    typ = "duration"
)

// scalars are the types that fields and the elements of lists and maps may have.
var scalars = []typ{boolean, integer, double, text, moment}

func listOf(t typ) typ      { return "list(" + t + ")" }
func mapOf(t typ) typ       { return "map(" + t + ")" }
func recordOf(e string) typ { return typ("@" + e) }

// elem gives the type of a list's elements or of a map's values; "" of others.
func (t typ) elem() typ {
	_, inner, ok := strings.Cut(string(t), "(")
	if !ok {
		return ""
	}
	return typ(strings.TrimSuffix(inner, ")"))
}

func (t typ) isList() bool { return strings.HasPrefix(string(t), "list(") }
func (t typ) isMap() bool  { return strings.HasPrefix(string(t), "map(") }

// entity gives the entity of a record's type; "" of others.
func (t typ) entity() string {
	e, ok := strings.CutPrefix(string(t), "@")
	if !ok {
		return ""
	}
	return e
}

// fieldType gives the type of a declared one.
func fieldType(t frame.Type) typ {
	switch t.Kind {
	case frame.Bool:
		return boolean
	case frame.Int:
		return integer
	case frame.Double:
		return double
	case frame.Time:
		return moment
	case frame.List:
		return listOf(fieldType(*t.Elem))
	case frame.Map:
		return mapOf(fieldType(*t.Elem))
	}
	return text
}

// written gives a type as playbooks declare it.
func (t typ) written() string {
	if t.isMap() {
		return "map(string, " + string(t.elem()) + ")"
	}
	return string(t)
}

// children are what a record of an entity calls the records below it.
type children struct{ plural, entity string }

// below gives the children of an entity's records.
func below(b *playbook.Book, entity string) []children {
	var out []children
	for _, e := range b.Entities {
		for _, p := range e.Parents {
			if p.Entity == entity && e.Plural != "" {
				out = append(out, children{e.Plural, e.Name})
			}
		}
	}
	return out
}
