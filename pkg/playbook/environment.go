package playbook

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// unnamed is what the environment without a name is called in playctl.lineage, and in the names of remote states.
const unnamed = "default"

// reserved are names that no environment can have, in any case: of folders of .playctl, in which each has one of its own, and of tables of a database,
// where each may have its own prefix; and of the one without a name.
var reserved = []string{unnamed, "backups", "cache", "damaged", "http", "sealed"}

// whyReserved says what a reserved name stands for.
func whyReserved(name string) string {
	if strings.EqualFold(name, unnamed) {
		return "that is the one without a name, which no --env chooses"
	}
	return "playctl keeps something of that name beside the states of environments, and they would get mixed"
}

// environments checks what every environment overrides, and takes over the connectors' settings of the chosen one. Its variables were
// looked up when the variables were read.
func (r *reader) environments(n document.Node) {
	r.named(n, "environments", "environment", func(name, value document.Node) {
		if slices.ContainsFunc(reserved, func(s string) bool { return strings.EqualFold(s, name.Text()) }) {
			r.fail(name, "choose another name", "an environment can't be called %q: %s", name.Text(), whyReserved(name.Text()))
		}
		chosen := name.Text() == r.inputs.Environment
		r.mapping(value, "environment "+name.Text(), keys{
			"variables": func(n document.Node) {
				r.overrides(n, name.Text(), "variables", func(f document.Field) { r.overrideVariable(f) })
			},
			"connectors": func(n document.Node) {
				r.overrides(n, name.Text(), "connectors", func(f document.Field) { r.overrideConnector(f, chosen) })
			},
		})
	})
}

// overrides holds that what an environment overrides is declared.
func (r *reader) overrides(n document.Node, environment, section string, override func(document.Field)) {
	if n.Kind() != document.Map {
		r.fail(n, "write them below it, indented, as name: …", "expected %s in environment %s, found %s", section, environment, found(n))
		return
	}
	declared, kind := r.root.Get(section), section[:len(section)-1]
	var known []string
	for _, f := range declared.Fields() {
		known = append(known, f.Key.Text())
	}
	for _, f := range n.Fields() {
		if name := f.Key.Text(); !slices.Contains(known, name) {
			r.fail(f.Key, diag.Suggest(name, known), "environment %s overrides %s %q, which is not declared", environment, kind, name)
			continue
		}
		override(f)
	}
}

// overrideVariable checks a value against the variable's type.
func (r *reader) overrideVariable(f document.Field) {
	for _, v := range r.book.Variables {
		if v.Name == f.Key.Text() && !v.Unread {
			if _, err := convert(v.Type, f.Value.Value(), r.book.Zone); err != nil {
				r.fail(f.Value, "", "variable %s: %s", v.Name, err)
			}
		}
	}
}

// overrideConnector puts an environment's settings over those of the connector, if the environment is the chosen one.
func (r *reader) overrideConnector(f document.Field, chosen bool) {
	name := f.Key.Text()
	if f.Value.Kind() != document.Map {
		r.fail(f.Value, "write "+name+": {SETTING: VALUE}", "expected settings of connector %s, found %s", name, found(f.Value))
		return
	}
	c := r.book.Connector(name)
	if c == nil {
		return
	}
	settings, keys := maps.Clone(c.Settings), maps.Clone(c.Keys)
	for _, s := range f.Value.Fields() {
		if s.Key.Text() == "uses" {
			r.fail(s.Key, "declare a second connector", "an environment can't change what connector %s uses", name)
			continue
		}
		r.checkSetting(s.Value)
		settings[s.Key.Text()], keys[s.Key.Text()] = s.Value, s.Key
	}
	if chosen {
		c.Settings, c.Keys = settings, keys
	}
}

// checkInputs reports what was given from outside and is not declared. Its place is where it was given.
func (r *reader) checkInputs(environments, variables document.Node) {
	fail := func(from, hint, format string, args ...any) {
		p := problem(document.Node{}, hint, format, args...)
		p.At.File = from
		r.problems.Add(p)
	}
	if e := r.inputs.Environment; e != "" && !environments.Get(e).Exists() && !r.unread["environments"] {
		fail("--env", suggestOr(e, fieldNames(environments), "declare it under environments:"), "there is no environment %q", e)
	}
	for _, name := range slices.Sorted(maps.Keys(r.inputs.Variables)) {
		if !variables.Get(name).Exists() && !r.unread["variables"] {
			fail(r.inputs.Variables[name].From, suggestOr(name, fieldNames(variables), "declare it under variables:"), "variable %q is not declared", name)
		}
	}
}

// suggestOr suggests a known name, or else says what to do where nothing is known.
func suggestOr(name string, known []string, otherwise string) string {
	if len(known) == 0 {
		return otherwise
	}
	return diag.Suggest(name, known)
}

func fieldNames(n document.Node) []string {
	var out []string
	for _, f := range n.Fields() {
		out = append(out, f.Key.Text())
	}
	return out
}
