package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/playbook"
)

// taskFunctions are about what people are asked, and what they answer.
func taskFunctions() cel.EnvOption {
	return several(
		cel.Function("task_notes", cel.Overload("task_notes_object", []*cel.Type{celTypes[Object]}, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return fromPlain(v, func(value any) ref.Val { return celtypes.String(taskNotes(value.(map[string]any))) })
		}))),
		cel.Function("pick", cel.Overload("pick_object_text", []*cel.Type{celTypes[Object], cel.StringType}, celTypes[Object], cel.BinaryBinding(func(object, names ref.Val) ref.Val {
			return fromPlain(object, func(value any) ref.Val {
				return celtypes.DefaultTypeAdapter.NativeToValue(pick(value.(map[string]any), string(names.(celtypes.String))))
			})
		}))),
	)
}

// taskNotes gives the text below a task's title: the payload that has no place of its own, what the task asks, and as what it may end.
func taskNotes(fields map[string]any) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := playbook.Text(fields[name])
		switch name {
		case "title", "assignee", "role", "due", "asks", "outcomes": // pkg/connector names them
		case "notes", "text":
			lines = append(lines, text)
		default:
			lines = append(lines, name+": "+text)
		}
	}
	for _, part := range []struct{ title, field string }{{"To be answered", "asks"}, {"Ends as one of", "outcomes"}} {
		if list, ok := fields[part.field].([]any); ok && len(list) > 0 {
			words := make([]string, len(list))
			for i, x := range list {
				words[i] = playbook.Text(x)
			}
			lines = append(lines, fmt.Sprintf("%s: %s", part.title, strings.Join(words, " | ")))
		}
	}
	return strings.Join(lines, "\n")
}

// pick gives those of an object's fields that have a value. names are separated by commas; ours=Theirs gives a field another name.
func pick(object map[string]any, names string) map[string]any {
	out := map[string]any{}
	for _, name := range strings.Split(names, ",") {
		ours, theirs, renamed := strings.Cut(strings.TrimSpace(name), "=")
		if !renamed {
			theirs = ours
		}
		ours, theirs = strings.TrimSpace(ours), strings.TrimSpace(theirs)
		if value, ok := object[theirs]; ok && value != nil && value != "" {
			out[ours] = value
		}
	}
	return out
}
