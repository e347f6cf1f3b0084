package expr

import (
	"context"
	"errors"

	"github.com/google/cel-go/cel"
)

// Element is one record of a list that an expression is evaluated for in turn, under a name that the author chose. The zero value is none.
type Element struct{ Name, Entity string }

func (e Element) options() []cel.EnvOption {
	if e.Name == "" {
		return nil
	}
	return []cel.EnvOption{cel.Variable(e.Name, recordType(e.Entity))}
}

// entity gives the entity of the records that a variable stands for.
func (s Scope) entity(variable string) string {
	if variable == s.Element.Name && variable != "" {
		return s.Element.Entity
	}
	return variable
}

// Names gives what an expression of the scope can begin with.
func (s Scope) Names() []string { return s.names() }

// Each is a list of records and a condition on each of them.
type Each struct {
	List *Program // wanted as Records
	When *Program // a condition with an [Element] of the list's entity; nil for every record of the list
}

// Found is what an Each came to for one record.
type Found struct {
	Rows    []int    // of the list's entity: those for which the condition is known true
	Unknown *Unknown // why the list, or the condition on a record of it, is unknown: the first reason; nil if all is known
}

// At evaluates for one row of the entity that it is about.
func (e *Each) At(ctx context.Context, d *Data, row int) (Found, error) {
	at := Row(e.List.Scope.Self, row)
	var out Found
	list, err := e.List.Rows(ctx, d, at)
	if err != nil {
		return out, out.note(err)
	}
	if e.When == nil {
		return Found{Rows: list}, nil
	}
	for i, element := range list {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return out, ctx.Err()
		}
		at.Rows[e.When.Scope.Element.Name] = element
		switch holds, err := e.When.Bool(ctx, d, at); {
		case err != nil:
			if err := out.note(err); err != nil {
				return out, err
			}
		case holds:
			out.Rows = append(out.Rows, element)
		}
	}
	return out, nil
}

// note keeps why something is unknown, and gives back an error that means something else.
func (f *Found) note(err error) error {
	var unknown *Unknown
	if !errors.As(err, &unknown) {
		return err
	}
	if f.Unknown == nil {
		f.Unknown = unknown
	}
	return nil
}
