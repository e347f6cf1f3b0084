package expr

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/playbook"
)

// function is one function of the language beside CEL's own: everything that is known about it, in one entry.
type function struct {
	name   string
	syntax string // as people write it, for help
	help   string
	// overloads declares it for a playbook's entities, with its reference form.
	overloads func(b *playbook.Book) []cel.FunctionOpt
}

// table is every function of the language, in the order of the documentation. Macros of the same name add what an author leaves out (the
// record itself, standard arguments); see macros.go.
func table() []function {
	return []function{
		{"segment", `segment("x")`, "whether the record is in segment x", segmentFunction},
		{"score", `score("x")`, "the record's points of score x", scoreFunction},
		{"stage", `stage("x")`, "the name of the record's stage of x; \"\" for none", stageFunction},
		{"atLeast", `atLeast("x", "name")`, "whether the record's stage of x is that one or beyond it", atLeastFunction},
		{"changed", `changed(account.stage, "a", "b", days(7))`, "whether a recorded run saw this change within the time", changedFunction},
		{"enrolled", `enrolled("play")`, "whether the record is in the play now", enrolledFunction},
		{"finished", `finished("play", "converted")`, "whether the record ever left the play so", finishedFunction},
		{"days", "days(30)", "a duration of days of 24 hours", durationFunction("days", 24*time.Hour)},
		{"hours", "hours(8)", "a duration of hours", durationFunction("hours", time.Hour)},
		{"within", "account.activities.within(days(30))", "the events of the last 30 days", withinFunction},
		{"since", "account.activities.since(daysAgo(30))", "the events after a time", sinceFunction},
		{"quiet", "account.activities.quiet(days(30))", "whether there was no engagement for 30 days", quietFunction},
		{"get", `account.intent.get("topic", 0)`, "the value of a key, or else the default", getFunction},
		{"sum", "list.sum()", "the sum of numbers; 0 of none", sumFunction},
		{"avg", "list.avg()", "the mean of numbers; unknown of none", avgFunction},
		{"min", "list.min()", "the least value; unknown of none", extremeFunction("min", celtypes.IntNegOne)},
		{"max", "list.max()", "the greatest value; unknown of none", extremeFunction("max", celtypes.IntOne)},
		{knownName, "", "true of known true, false of false and unknown", knownFunction},
	}
}

// Functions gives the names of the language's functions beside CEL's own, in the order of the documentation, with those that only macros make.
func Functions() []string {
	names := []string{touchesName}
	for _, f := range table() {
		names = append(names, f.name)
	}
	return names
}

// functions declares the table's functions.
func functions(b *playbook.Book) []cel.EnvOption {
	var out []cel.EnvOption
	for _, f := range table() {
		if overloads := f.overloads(b); len(overloads) > 0 {
			out = append(out, cel.Function(f.name, overloads...))
		}
	}
	return out
}

// form is how a function is written.
type form struct {
	name, syntax string
	macro        bool // it is written out before types are checked
}

// builtIn are the forms of CEL's own functions and macros that suggestions choose from, and of our macros.
var builtIn = []form{{"has", "has(account.name)", true}, {"exists", "list.exists(x, CONDITION)", true}, {"all", "list.all(x, CONDITION)", true},
	{"exists_one", "list.exists_one(x, CONDITION)", true}, {"filter", "list.filter(x, CONDITION)", true}, {"map", "list.map(x, VALUE)", true},
	{"daysAgo", "daysAgo(30)", true}, {"count", `count("segment"), or list.size()`, true}, {"size", "list.size()", false},
	{"startsWith", `text.startsWith("a")`, false}, {"endsWith", `text.endsWith("a")`, false}, {"contains", `text.contains("a")`, false},
	{"matches", `text.matches("^a")`, false}, {"lowerAscii", "text.lowerAscii()", false}, {"upperAscii", "text.upperAscii()", false},
	{"trim", "text.trim()", false}, {"split", `text.split(",")`, false}, {"join", `list.join(", ")`, false}, {"replace", `text.replace("a", "b")`, false},
	{"orValue", "account.?name.orValue(\"\")", false}, {"timestamp", `timestamp("2026-11-22T09:00:00Z")`, false}, {"duration", `duration("90m")`, false},
	{"double", "double(1)", false}, {"int", "int(1.0)", false}, {"string", "string(1)", false}}

// forms gives how every function is written.
func forms() []form {
	out := slices.Clone(builtIn)
	for _, f := range table() {
		if f.syntax != "" {
			out = append(out, form{f.name, f.syntax, slices.Contains([]string{"segment", "score", "stage", "atLeast", "changed", "enrolled", "finished"}, f.name)})
		}
	}
	return out
}

// functionNames gives the names that suggestions choose from.
func functionNames() []string {
	var names []string
	for _, f := range forms() {
		names = append(names, f.name)
	}
	return names
}

// formOf gives how a function is written; the zero form if there is none of that name.
func formOf(name string) form {
	all := forms()
	if i := slices.IndexFunc(all, func(f form) bool { return f.name == name }); i >= 0 {
		return all[i]
	}
	return form{}
}

// keyed gives one overload for each entity whose records have a key.
func keyed(b *playbook.Book, overload func(entity string, t *cel.Type) cel.FunctionOpt) []cel.FunctionOpt {
	var out []cel.FunctionOpt
	for _, e := range b.Entities {
		if e.Key != "" {
			out = append(out, overload(e.Name, recordType(e.Name)))
		}
	}
	return out
}

// events gives one member overload for each event entity.
func events(b *playbook.Book, overload func(e *playbook.Entity, list *cel.Type) cel.FunctionOpt) []cel.FunctionOpt {
	var out []cel.FunctionOpt
	for _, e := range b.Entities {
		if e.Time != "" {
			out = append(out, overload(e, cel.ListType(recordType(e.Name))))
		}
	}
	return out
}

func segmentFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		return cel.Overload("segment_"+entity, []*cel.Type{cel.StringType, t}, cel.BoolType, cel.BinaryBinding(func(name, r ref.Val) ref.Val {
			row := r.(*record)
			verdict := row.data.Segments[string(name.(celtypes.String))]
			if verdict.Unknown.Has(row.row) {
				return celtypes.WrapErr(&Unknown{What: fmt.Sprintf("segment %s is unknown", name)})
			}
			return celtypes.Bool(verdict.True.Has(row.row))
		}))
	})
}

func changedFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		args := []*cel.Type{t, cel.StringType, cel.DynType, cel.DynType, cel.DurationType}
		return cel.Overload("changed_"+entity, args, cel.BoolType, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			from, err := plain(args[2])
			if err != nil {
				return celtypes.WrapErr(err)
			}
			to, err := plain(args[3])
			if err != nil {
				return celtypes.WrapErr(err)
			}
			r := args[0].(*record)
			return celtypes.Bool(r.data.changed(r, string(args[1].(celtypes.String)), playbook.Text(from), playbook.Text(to), args[4].(celtypes.Duration).Duration))
		}))
	})
}

func enrolledFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		return cel.Overload("enrolled_"+entity, []*cel.Type{cel.StringType, t}, cel.BoolType, cel.BinaryBinding(func(play, r ref.Val) ref.Val {
			row := r.(*record)
			return celtypes.Bool(row.data.Plays.Enrolled(string(play.(celtypes.String)), row.table.Key(row.row)))
		}))
	})
}

func finishedFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		args := []*cel.Type{cel.StringType, cel.StringType, t}
		return cel.Overload("finished_"+entity, args, cel.BoolType, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			row := args[2].(*record)
			play, outcome := string(args[0].(celtypes.String)), string(args[1].(celtypes.String))
			return celtypes.Bool(row.data.Plays.Finished(play, outcome, row.table.Key(row.row)))
		}))
	})
}

// durationFunction makes days and hours. More than a hundred years is a mistake.
func durationFunction(name string, unit time.Duration) func(*playbook.Book) []cel.FunctionOpt {
	most := int64(100 * 366 * 24 * time.Hour / unit)
	return func(*playbook.Book) []cel.FunctionOpt {
		return []cel.FunctionOpt{cel.Overload(name+"_int", []*cel.Type{cel.IntType}, cel.DurationType, cel.UnaryBinding(func(n ref.Val) ref.Val {
			count := int64(n.(celtypes.Int))
			if count < 0 || count > most {
				return celtypes.NewErr("%s(%d) is out of range", name, count)
			}
			return celtypes.Duration{Duration: time.Duration(count) * unit}
		}))}
	}
}

func withinFunction(b *playbook.Book) []cel.FunctionOpt {
	return events(b, func(e *playbook.Entity, list *cel.Type) cel.FunctionOpt {
		return cel.MemberOverload("within_"+e.Name, []*cel.Type{list, cel.DurationType}, list, cel.BinaryBinding(func(l, d ref.Val) ref.Val {
			return eventsAfter(l, func(data *Data) time.Time { return data.Now.Add(-d.(celtypes.Duration).Duration) })
		}))
	})
}

func sinceFunction(b *playbook.Book) []cel.FunctionOpt {
	return events(b, func(e *playbook.Entity, list *cel.Type) cel.FunctionOpt {
		return cel.MemberOverload("since_"+e.Name, []*cel.Type{list, cel.TimestampType}, list, cel.BinaryBinding(func(l, t ref.Val) ref.Val {
			return eventsAfter(l, func(*Data) time.Time { return t.(celtypes.Timestamp).Time })
		}))
	})
}

// eventsAfter gives the events of a list that come after a time, which may depend on the run's clock. Events without a time are left out.
func eventsAfter(list ref.Val, at func(*Data) time.Time) ref.Val {
	l, err := asRows(list)
	if err != nil {
		return celtypes.WrapErr(err)
	}
	if len(l.list) == 0 {
		return l
	}
	return l.after(at(l.data))
}

func quietFunction(b *playbook.Book) []cel.FunctionOpt {
	return events(b, func(e *playbook.Entity, list *cel.Type) cel.FunctionOpt {
		return cel.MemberOverload("quiet_"+e.Name, []*cel.Type{list, cel.DurationType}, cel.BoolType, cel.BinaryBinding(func(l, d ref.Val) ref.Val {
			recent, ok := eventsAfter(l, func(data *Data) time.Time { return data.Now.Add(-d.(celtypes.Duration).Duration) }).(*rows)
			if !ok {
				return celtypes.NewErr("quiet is about events")
			}
			for _, row := range recent.list {
				if recent.data.Engaged[e.Name].Has(int(row)) {
					return celtypes.False
				}
			}
			return celtypes.True
		}))
	})
}

func getFunction(*playbook.Book) []cel.FunctionOpt {
	value := cel.TypeParamType("V")
	args := []*cel.Type{cel.MapType(cel.StringType, value), cel.StringType, value}
	return []cel.FunctionOpt{cel.MemberOverload("map_get", args, value, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
		m, ok := args[0].(interface {
			Find(ref.Val) (ref.Val, bool)
		})
		if !ok {
			return celtypes.NewErr("get is about maps")
		}
		if found, ok := m.Find(args[1]); ok || found != nil {
			return found
		}
		return args[2]
	}))}
}

func knownFunction(*playbook.Book) []cel.FunctionOpt {
	return []cel.FunctionOpt{cel.Overload("playctl_known", []*cel.Type{cel.BoolType}, cel.BoolType,
		cel.OverloadIsNonStrict(), cel.UnaryBinding(func(v ref.Val) ref.Val { return celtypes.Bool(v == celtypes.True) }))}
}
