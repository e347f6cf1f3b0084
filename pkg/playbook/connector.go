package playbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) connectors(n document.Node) {
	r.named(n, "connectors", "connector", func(name, value document.Node) {
		c := Connector{Name: name.Text(), At: name, Settings: map[string]document.Node{}, Keys: map[string]document.Node{}}
		if value.Kind() != document.Map {
			r.unread["connector "+c.Name] = true
			r.fail(value, "write "+c.Name+": {uses: files, dir: ./desk}", "expected uses: and settings in connector %s, found %s", c.Name, found(value))
			return
		}
		for _, f := range value.Fields() {
			if f.Key.Text() == "uses" {
				r.text(&c.Uses)(f.Value)
				c.At = f.Value
				continue
			}
			r.checkSetting(f.Value)
			c.Settings[f.Key.Text()], c.Keys[f.Key.Text()] = f.Value, f.Key
		}
		if c.Uses == "" {
			r.unread["connector "+c.Name] = true
			r.fail(name, "write "+c.Name+": {uses: files, dir: ./desk}", "connector %s does not say what it uses", c.Name)
			return
		}
		r.book.Connectors = append(r.book.Connectors, c)
	})
}

// settingPattern matches what may stand between ${ and } in a setting.
var settingPattern = regexp.MustCompile(`^\s*env\.[A-Za-z_][A-Za-z0-9_]*\s*$`)

// checkSetting holds that settings have no expressions but ${env.NAME}: they are resolved before there are any records.
func (r *reader) checkSetting(n document.Node) {
	for _, item := range n.Items() {
		r.checkSetting(item)
	}
	for _, f := range n.Fields() {
		r.checkSetting(f.Value)
	}
	if n.Kind() != document.Scalar {
		return
	}
	t, p := NewTemplate(n)
	if p != nil {
		r.problems.Add(*p)
		return
	}
	for _, part := range t.Parts {
		if x := part.Expr; x.Exists() && !settingPattern.MatchString(x.Text) {
			r.problems.Add(x.Problem(-2, len(x.Text)+3, "write ${env.NAME} and set NAME in the environment", "expected ${env.NAME} in a setting, found ${%s}", strings.TrimSpace(x.Text)))
		}
	}
}

func (r *reader) connectorNames() []string {
	out := make([]string, len(r.book.Connectors))
	for i, c := range r.book.Connectors {
		out[i] = c.Name
	}
	slices.Sort(out)
	return out
}

// anyConnector gives the name of a connector for hints.
func (r *reader) anyConnector() string {
	if names := r.connectorNames(); len(names) > 0 {
		return names[0]
	}
	return "crm"
}
