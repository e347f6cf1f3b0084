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

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// variables reads the declarations and settles each value: from outside, else from the environment, else the default.
func (r *reader) variables(n document.Node) {
	r.named(n, "variables", "variable", func(name, value document.Node) {
		if !r.identifier(name, "variable") && !identPattern.MatchString(name.Text()) {
			return
		}
		v := Variable{Name: name.Text(), Unread: true}
		var description string
		read := func(n document.Node) {
			var ok bool
			v.Type, ok = r.fieldType(n)
			v.Unread = !ok
		}
		r.mapping(value, "variable "+v.Name, keys{"type": read, "default": func(document.Node) {}, "description": r.text(&description)})
		switch {
		case value.Kind() != document.Map:
		case !r.get(value, "type").Exists():
			r.fail(name, "write "+v.Name+": {type: int, default: 70}", "variable %s has no type", v.Name)
		case !v.Unread:
			v.Value = r.variableValue(name, v, r.get(value, "default"))
		}
		r.book.Variables = append(r.book.Variables, v)
	})
}

// variableValue settles a value. Values of environments are checked with the environments.
func (r *reader) variableValue(at document.Node, v Variable, standard document.Node) any {
	if in, ok := r.inputs.Variables[v.Name]; ok {
		value, err := parseValue(v.Type, in.Text, r.book.Zone)
		if err != nil {
			p := problem(document.Node{}, "", "variable %s: %s", v.Name, err)
			p.At.File = in.From
			r.problems.Add(p)
		}
		return value
	}
	var fallback any
	if standard.Exists() {
		var err error
		if fallback, err = convert(v.Type, standard.Value(), r.book.Zone); err != nil {
			r.fail(standard, "", "variable %s: %s", v.Name, err)
		}
	}
	if chosen := r.environmentValue(v.Name); chosen.Exists() {
		value, _ := convert(v.Type, chosen.Value(), r.book.Zone)
		return value
	}
	if !standard.Exists() {
		r.fail(at, fmt.Sprintf("give it a default, or say --var %s=…", v.Name), "variable %s has no value", v.Name)
	}
	return fallback
}

// environmentValue is the chosen environment's override of a variable. It is looked up in the merged document by the section reader.
func (r *reader) environmentValue(name string) document.Node {
	return r.root.Get("environments").Get(r.inputs.Environment).Get("variables").Get(name)
}

// parseValue reads a variable's value from text given outside: lists and maps as JSON, a list of strings also with commas.
func parseValue(t frame.Type, text string, zone *time.Location) (any, error) {
	switch t.Kind {
	case frame.String:
		return text, nil
	case frame.List, frame.Map:
		if t.Kind == frame.List && !strings.HasPrefix(strings.TrimSpace(text), "[") {
			var list []any
			for item := range strings.SplitSeq(text, ",") {
				v, err := parseValue(*t.Elem, strings.TrimSpace(item), zone)
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
		return convert(t, v, zone)
	case frame.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected int, found %s", quoted(text))
		}
		return n, nil
	case frame.Double:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("expected double, found %s", quoted(text))
		}
		return n, nil
	case frame.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("expected true or false, found %s", quoted(text))
		}
		return text == "true", nil
	}
	return convert(t, text, zone)
}

// convert makes a YAML or JSON value one of a declared type.
func convert(t frame.Type, v any, zone *time.Location) (any, error) {
	mismatch := fmt.Errorf("expected %s, found %s", t, describe(v))
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
			return parseTime(s, zone)
		}
	case frame.List:
		if list, ok := v.([]any); ok {
			return convertAll(*t.Elem, list, zone)
		}
	case frame.Map:
		if m, ok := v.(map[string]any); ok {
			return convertMap(*t.Elem, m, zone)
		}
	}
	return nil, mismatch
}

// describe words a YAML or JSON value, for messages.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return quoted(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	}
	return Text(v)
}

func convertAll(elem frame.Type, list []any, zone *time.Location) (any, error) {
	out := make([]any, len(list))
	for i, x := range list {
		v, err := convert(elem, x, zone)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func convertMap(elem frame.Type, m map[string]any, zone *time.Location) (any, error) {
	out := make(map[string]any, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v, err := convert(elem, m[k], zone)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

// parseTime reads a time, or a date, which begins in the playbook's zone.
func parseTime(text string, zone *time.Location) (any, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t.UTC(), nil
	}
	return nil, fmt.Errorf("expected a timestamp such as 2026-11-22T09:00:00Z or 2026-11-22, found %s", quoted(text))
}
