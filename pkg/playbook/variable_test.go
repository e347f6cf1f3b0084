package playbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/playbook"
)

// TestRead_variablesFromText holds the values that text from outside gives for each type, or what is said about it.
func TestRead_variablesFromText(t *testing.T) {
	for _, c := range []struct {
		kind, text string
		want       any
		message    string
	}{
		{"string", "007", "007", ""},
		{"string", "", "", ""},
		{"int", "-12", int64(-12), ""},
		{"int", "1.5", nil, `expected int, found "1.5"`},
		{"int", "9223372036854775808", nil, "expected int"},
		{"double", "1", 1.0, ""},
		{"double", "1e3", 1000.0, ""},
		{"double", "1,5", nil, "expected double"},
		{"bool", "true", true, ""},
		{"bool", "yes", nil, `expected true or false, found "yes"`},
		{"timestamp", "2026-11-22T09:00:00+01:00", time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), ""},
		{"timestamp", "2026-07-01", time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC), ""}, // midnight in New York
		{"timestamp", "tomorrow", nil, "expected a timestamp"},
		{"list(string)", "a, b c,d", []any{"a", "b c", "d"}, ""},
		{"list(string)", `["a, b"]`, []any{"a, b"}, ""},
		{"list(int)", "1,2", []any{int64(1), int64(2)}, ""},
		{"list(int)", "1,x", nil, `expected int, found "x"`},
		{"list(int)", `{"a": 1}`, nil, "expected int"},
		{"map(string, double)", `{"a": 1, "b": 0.5}`, map[string]any{"a": 1.0, "b": 0.5}, ""},
		{"map(string, int)", `{"a": "x"}`, nil, `expected int, found "x"`},
		{"map(string, int)", `[1]`, nil, "expected map(string, int), found a list"},
		{"map(string, int)", "a=1", nil, "expected map(string, int) as JSON"},
	} {
		text := "playbook: {timezone: America/New_York}\nvariables: {v: {type: \"" + c.kind + "\"}}"
		b, problems := readAny(text, playbook.Inputs{Variables: map[string]playbook.Input{"v": {Text: c.text, From: "PLAYCTL_VAR_v"}}})
		if c.message != "" {
			if len(problems) != 1 || !strings.Contains(problems[0].Message, c.message) || problems[0].At.File != "PLAYCTL_VAR_v" {
				t.Errorf("%s of %q: got %v, want %q", c.kind, c.text, problems, c.message)
			}
			continue
		}
		if diff := cmp.Diff(c.want, b.Variables[0].Value); len(problems) > 0 || diff != "" {
			t.Errorf("%s of %q: %v (-want +got):\n%s", c.kind, c.text, problems, diff)
		}
	}
}

// TestRead_variablesFromYAML does the same for defaults and environments.
func TestRead_variablesFromYAML(t *testing.T) {
	for _, c := range []struct {
		kind, yaml string
		want       any
		message    string
	}{
		{"string", "x", "x", ""},
		{"string", "12", nil, "expected string, found 12"},
		{"string", `"12"`, "12", ""},
		{"int", "12", int64(12), ""},
		{"int", "12.0", int64(12), ""},
		{"int", "12.5", nil, "expected int, found 12.5"},
		{"int", `"12"`, nil, `expected int, found "12"`},
		{"double", "12", 12.0, ""},
		{"bool", "true", true, ""},
		{"bool", "on", nil, `expected bool, found "on"`},
		{"timestamp", "2026-11-22", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), ""},
		{"list(string)", "[a, b]", []any{"a", "b"}, ""},
		{"list(string)", "[a, 1]", nil, "expected string, found 1"},
		{"list(string)", "a", nil, `expected list(string), found "a"`},
		{"map(string, int)", "{a: 1}", map[string]any{"a": int64(1)}, ""},
		{"map(string, int)", "{a: [1]}", nil, "expected int, found a list"},
		{"int", "null", nil, "expected int, found nothing"},
	} {
		for form, text := range map[string]string{
			"default":     "variables: {v: {type: \"" + c.kind + "\", default: " + c.yaml + "}}",
			"environment": "variables: {v: {type: \"" + c.kind + "\"}}\nenvironments: {e: {variables: {v: " + c.yaml + "}}}",
		} {
			b, problems := readAny(text, playbook.Inputs{Environment: map[string]string{"environment": "e"}[form]})
			if form == "default" || c.message == "" {
				if diff := cmp.Diff(c.want, b.Variables[0].Value); diff != "" {
					t.Errorf("%s: %s of %s (-want +got):\n%s", form, c.kind, c.yaml, diff)
				}
			}
			if c.message == "" != (len(problems) == 0) || c.message != "" && !strings.Contains(problems[0].Message, c.message) {
				t.Errorf("%s: %s of %s: got %v, want %q", form, c.kind, c.yaml, problems, c.message)
			}
		}
	}
}

// TestRead_environments holds that the chosen environment's settings lie over the connector's, and that all are checked.
func TestRead_environments(t *testing.T) {
	const text = `
variables: {floor: {type: int, default: 70}}
connectors: {crm: {uses: files, dir: ./crm, mode: x}}
environments:
  staging: {connectors: {crm: {dir: ./staging}}}
  test: {variables: {floor: 3}}
`
	for environment, want := range map[string]string{"": "./crm 70", "staging": "./staging 70", "test": "./crm 3"} {
		b, problems := readAny(text, playbook.Inputs{Environment: environment})
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		c := b.Connector("crm")
		if got := c.Settings["dir"].Text() + " " + playbook.Text(b.Variables[0].Value); got != want || c.Settings["mode"].Text() != "x" || c.Keys["dir"].Text() != "dir" {
			t.Errorf("%q: got %s, want %s", environment, got, want)
		}
	}
	_, problems := readAny(strings.Replace(text, "floor: 3", "floor: x", 1), playbook.Inputs{})
	if len(problems) != 1 || problems[0].Message != `variable floor: expected int, found "x"` {
		t.Errorf("an environment that is not chosen: got %v", problems)
	}
}

// TestText holds the one form in which values are written and compared.
func TestText(t *testing.T) {
	for want, value := range map[string]any{
		"": nil, "x": "x", "true": true, "-3": int64(-3), "1500000": 1.5e6, "0.1": 0.1, "1e-07": 1e-7, "1e+21": 1e21, "123456789012345680000": 123456789012345680000.0,
		"NaN": nan(), "0": 0.0, "2026-11-22T09:00:00Z": time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", 3600)),
		"2026-11-22T09:00:00.5Z": time.Date(2026, 11, 22, 9, 0, 0, 500e6, time.UTC), `["R&D",1,"<b>"]`: []any{"R&D", int64(1), "<b>"},
		`{"a":1,"b":[true]}`: map[string]any{"b": []any{true}, "a": int64(1)},
	} {
		if got := playbook.Text(value); got != want {
			t.Errorf("%v is %s, want %s", value, got, want)
		}
	}
}

func nan() float64 { zero := 0.0; return zero / zero }
