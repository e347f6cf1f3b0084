package playbook

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// variables reads the declarations and settles each value: from outside, else from the environment, else the default.
func (r *reader) variables(n document.Node) {
	var declared []string
	r.named(n, "variables", func(name, value document.Node) {
		if !r.identifier(name, "variable") {
			return
		}
		declared = append(declared, name.Text())
		v := Variable{Name: name.Text()}
		var standard document.Node
		var description string
		typed := false
		r.mapping(value, "variable "+v.Name, keys{
			"type":        func(n document.Node) { v.Type, typed = r.fieldType(n) },
			"default":     func(n document.Node) { standard = n },
			"description": r.text(&description),
		})
		if !typed {
			if !value.Get("type").Exists() {
				r.fail(name, "write "+v.Name+": {type: int, default: 70}", "variable %s has no type", v.Name)
			}
			return
		}
		v.Value = r.variableValue(name, v, standard)
		r.book.Variables = append(r.book.Variables, v)
	})
	for _, name := range slices.Sorted(maps.Keys(r.inputs.Variables)) {
		if !slices.Contains(declared, name) {
			r.fail(n, diag.Suggest(name, declared), "%s sets variable %q, which is not declared", r.inputs.Variables[name].From, name)
		}
	}
}

func (r *reader) undeclaredInputs(root document.Node) {
	for _, name := range slices.Sorted(maps.Keys(r.inputs.Variables)) {
		r.fail(root, "declare it under variables:", "%s sets variable %q, which is not declared", r.inputs.Variables[name].From, name)
	}
}

func (r *reader) variableValue(at document.Node, v Variable, standard document.Node) any {
	if in, ok := r.inputs.Variables[v.Name]; ok {
		value, err := parseValue(v.Type, in.Text)
		if err != nil {
			r.fail(at, "", "variable %s from %s: %s", v.Name, in.From, err)
		}
		return value
	}
	chosen := r.environmentValue(v.Name)
	if !chosen.Exists() {
		chosen = standard
	}
	if !chosen.Exists() {
		r.fail(at, fmt.Sprintf("give it a default, or say --var %s=…", v.Name), "variable %s has no value", v.Name)
		return nil
	}
	value, err := convert(v.Type, chosen.Value())
	if err != nil {
		r.fail(chosen, "", "variable %s: %s", v.Name, err)
	}
	return value
}

// environmentValue is the chosen environment's override of a variable. It is looked up in the merged document by the section reader.
func (r *reader) environmentValue(name string) document.Node {
	return r.root.Get("environments").Get(r.inputs.Environment).Get("variables").Get(name)
}

// parseValue reads a variable's value from text given outside: lists and maps as JSON, a list of strings also with commas.
func parseValue(t frame.Type, text string) (any, error) {
	switch t.Kind {
	case frame.String:
		return text, nil
	case frame.List, frame.Map:
		if t.Kind == frame.List && !strings.HasPrefix(strings.TrimSpace(text), "[") {
			var list []any
			for item := range strings.SplitSeq(text, ",") {
				v, err := parseValue(*t.Elem, strings.TrimSpace(item))
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			return list, nil
		}
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("expected %s as JSON: %w", t, err)
		}
		return convert(t, v)
	case frame.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected int, found %q", text)
		}
		return n, nil
	case frame.Double:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("expected double, found %q", text)
		}
		return n, nil
	case frame.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("expected true or false, found %q", text)
		}
		return text == "true", nil
	}
	return convert(t, text)
}

// convert makes a YAML or JSON value one of a declared type.
func convert(t frame.Type, v any) (any, error) {
	mismatch := fmt.Errorf("expected %s, found %v", t, v)
	switch t.Kind {
	case frame.String:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case frame.Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case frame.Int:
		switch n := v.(type) {
		case int64:
			return n, nil
		case float64:
			if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
				return int64(n), nil
			}
		}
	case frame.Double:
		switch n := v.(type) {
		case int64:
			return float64(n), nil
		case float64:
			return n, nil
		}
	case frame.Time:
		if s, ok := v.(string); ok {
			return parseTime(s)
		}
	case frame.List:
		if list, ok := v.([]any); ok {
			return convertAll(*t.Elem, list)
		}
	case frame.Map:
		if m, ok := v.(map[string]any); ok {
			return convertMap(*t.Elem, m)
		}
	}
	return nil, mismatch
}

func convertAll(elem frame.Type, list []any) (any, error) {
	out := make([]any, len(list))
	for i, x := range list {
		v, err := convert(elem, x)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func convertMap(elem frame.Type, m map[string]any) (any, error) {
	out := make(map[string]any, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v, err := convert(elem, m[k])
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func parseTime(text string) (any, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return nil, fmt.Errorf("expected a timestamp such as 2026-11-22T09:00:00Z or 2026-11-22, found %q", text)
}
