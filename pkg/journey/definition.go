package journey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/playbook"
)

// definition is a play as the state keeps it, to tell what changed in it: words by key, and steps in order.
type definition struct {
	Keys  map[string]string `json:"keys"`
	Steps []stepDefinition  `json:"steps"`
}

type stepDefinition struct {
	ID   string            `json:"id"`
	Keys map[string]string `json:"keys"`
}

// Definition gives a play's canonical form: what it does, not how it is written or in which file.
func Definition(p *playbook.Play) string {
	d := definition{Keys: map[string]string{"of": p.Of, "segment": oneLine(p.Segment.Text) + p.Named, "trigger": triggerText(p), "goal": oneLine(p.Goal.Text),
		"on_leave": map[playbook.OnLeave]string{playbook.Stay: "stay", playbook.Leave: "exit"}[p.OnLeave], "reentry": reentryText(p.Reentry),
		"limit": number(p.Limit), "order": oneLine(p.Order.Text), "priority": number(p.Priority), "holdout": share(p.Holdout),
		"status": map[playbook.Status]string{playbook.Running: "active", playbook.Paused: "paused", playbook.Draining: "draining"}[p.Status]}}
	for _, x := range p.Exits { // several may have one reason
		key := "exit: " + x.Reason
		if d.Keys[key] != "" {
			d.Keys[key] += "; "
		}
		d.Keys[key] += oneLine(x.When.Text)
	}
	for _, s := range p.Steps {
		d.Steps = append(d.Steps, stepDefinition{ID: s.ID, Keys: stepWords(s)})
	}
	dropEmpty(d.Keys)
	text, err := json.Marshal(d) // maps of strings: it can't fail, and its keys are sorted
	if err != nil {
		return ""
	}
	return string(text)
}

func stepWords(s *playbook.Step) map[string]string {
	words := map[string]string{"does": s.Verb.String() + " " + s.Target(), "when": oneLine(s.When.Text), "order": oneLine(s.Order.Text), "limit": number(s.Limit)}
	if s.Name != nil {
		words["name"] = s.Name.Text
	}
	var records []string
	for _, x := range s.For {
		records = append(records, oneLine(x.Text))
	}
	words["for"] = strings.Join(records, ", ")
	for _, a := range s.Fields {
		words["field "+a.Name] = valueText(a.Value)
	}
	if s.Verb == playbook.Set && !s.Overwrite {
		words["overwrite"] = "false"
	}
	if s.Create {
		words["create"] = "true"
	}
	if s.Continue {
		words["on_error"] = "continue"
	}
	dropEmpty(words)
	return words
}

func valueText(v playbook.Value) string {
	switch {
	case v.Template != nil:
		return v.Template.Text
	case v.List != nil:
		parts := make([]string, len(v.List))
		for i, x := range v.List {
			parts[i] = valueText(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case v.Map != nil:
		parts := make([]string, len(v.Map))
		for i, a := range v.Map {
			parts[i] = a.Name + ": " + valueText(a.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return playbook.Text(v.Literal)
}

func triggerText(p *playbook.Play) string {
	switch p.Trigger.Kind {
	case playbook.OnEntry:
		return "entry"
	case playbook.OnEvents:
		return "on " + oneLine(p.Trigger.Expr.Text)
	case playbook.OnWhen:
		return "when " + oneLine(p.Trigger.Expr.Text)
	case playbook.OnBatches:
		return fmt.Sprintf("cron %s in %s", p.Trigger.Cron, p.Trigger.Zone)
	}
	return "manual"
}

func reentryText(r playbook.Reentry) string {
	text := ""
	switch r.Mode {
	case playbook.Always:
		text = "always"
	case playbook.After:
		text = "after " + r.After.String()
	case playbook.Per:
		text = "per " + oneLine(r.Per.Text)
	}
	if r.Max > 0 {
		text += " max " + strconv.Itoa(r.Max)
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func share(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f*100, 'g', 6, 64) + "%"
}

func dropEmpty(m map[string]string) {
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
}

// definedTrigger gives the words for the trigger in a definition.
func definedTrigger(text string) string {
	var d definition
	if json.Unmarshal([]byte(text), &d) != nil {
		return ""
	}
	return d.Keys["trigger"]
}

// compareDefinitions tells in words what differs between two definitions of a play.
func compareDefinitions(before, after string) []string {
	if before == after {
		return nil
	}
	var a, b definition
	if json.Unmarshal([]byte(before), &a) != nil || json.Unmarshal([]byte(after), &b) != nil {
		return []string{"definition changed"}
	}
	out := compareKeys("", a.Keys, b.Keys)
	for _, s := range b.Steps {
		i := slices.IndexFunc(a.Steps, func(o stepDefinition) bool { return o.ID == s.ID })
		if i < 0 {
			out = append(out, "+ step "+s.ID+": "+s.Keys["does"])
			continue
		}
		out = append(out, compareKeys("step "+s.ID+": ", a.Steps[i].Keys, s.Keys)...)
	}
	for _, s := range a.Steps {
		if !slices.ContainsFunc(b.Steps, func(o stepDefinition) bool { return o.ID == s.ID }) {
			out = append(out, "- step "+s.ID+": "+s.Keys["does"])
		}
	}
	if len(out) == 0 {
		out = append(out, "steps reordered")
	}
	return out
}

func compareKeys(prefix string, a, b map[string]string) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []string
	for _, k := range slices.Compact(keys) {
		switch x, y := a[k], b[k]; {
		case x == y:
		case x == "":
			out = append(out, prefix+k+": "+y)
		case y == "":
			out = append(out, prefix+k+" removed: "+x)
		default:
			out = append(out, prefix+k+": "+x+" → "+y)
		}
	}
	return out
}
