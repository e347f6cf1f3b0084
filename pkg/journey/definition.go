package journey

import (
	"cmp"
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
	ID    string            `json:"id"`
	Block string            `json:"block,omitempty"` // what it is within: a branch of a step, what follows the goal; "" for the play's own steps
	Keys  map[string]string `json:"keys"`
}

// Definition gives a play's canonical form: what it does, not how it is written or in which file.
func Definition(p *playbook.Play) string {
	d := definition{Keys: playWords(p)}
	d.add("", p.Steps)
	d.add("goal", p.GoalThen)
	for i := range p.Exits {
		d.add("exit "+p.Exits[i].Reason, p.Exits[i].Then)
	}
	text, err := json.Marshal(d) // maps of strings: it can't fail, and its keys are sorted
	if err != nil {
		return ""
	}
	return string(text)
}

func playWords(p *playbook.Play) map[string]string {
	words := map[string]string{"of": p.Of, "segment": oneLine(p.Segment.Text) + p.Named, "trigger": triggerText(p), "goal": oneLine(p.Goal.Text),
		"on_leave": map[playbook.OnLeave]string{playbook.Stay: "stay", playbook.Leave: "exit"}[p.OnLeave], "reentry": reentryText(p.Reentry),
		"limit": number(p.Limit), "order": oneLine(p.Order.Text), "priority": number(p.Priority), "holdout": share(p.Holdout),
		"status": map[playbook.Status]string{playbook.Running: "active", playbook.Paused: "paused", playbook.Draining: "draining"}[p.Status],
		"group":  p.Group, "calendar": p.Calendar}
	var mute []string
	for _, m := range p.Mute {
		mute = append(mute, m.Channel)
	}
	words["mute"] = strings.Join(mute, ", ")
	for _, x := range p.Exits { // several may have one reason
		key, text := "exit: "+x.Reason, oneLine(x.When.Text)
		switch {
		case x.Quiet > 0:
			text = "quiet for " + x.Quiet.String()
		case !x.After.IsZero():
			text = "after " + x.After.String()
		}
		if words[key] != "" {
			text = "; " + text
		}
		words[key] += text
	}
	dropEmpty(words)
	return words
}

// add adds the steps of a block, and those within them.
func (d *definition) add(block string, list []*playbook.Step) {
	for _, s := range list {
		d.Steps = append(d.Steps, stepDefinition{s.ID, block, stepWords(s)})
		for i := range s.Branches {
			d.add(s.ID+" "+s.Branches[i].Name, s.Branches[i].Steps)
		}
		d.add(s.ID+" on_timeout", s.OnTimeout)
		d.add(s.ID+" each", s.Steps)
	}
}

// stepWords gives what a step does, by key.
func stepWords(s *playbook.Step) map[string]string {
	does := s.Verb.String()
	if s.Verb.Outward() {
		does += " " + s.Target()
	}
	words := map[string]string{"does": does, "when": oneLine(s.When.Text), "order": oneLine(s.Order.Text), "limit": number(s.Limit),
		"allow": strings.Join(s.Allow, ", "), "channel": s.Channel, "by": namesText(s.By), "to": namesText(s.To), "due": s.Due.String(), "sla": s.SLA.String(),
		"outcomes": strings.Join(s.Outcomes, ", "), "wait": s.Wait.String(), "play": s.Play, "reason": s.Reason, "until": oneLine(s.Expr.Text)}
	for key, t := range map[string]*playbook.Template{"name": s.Name, "title": s.Title} {
		if t != nil {
			words[key] = t.Text
		}
	}
	var records []string
	for _, x := range s.For {
		records = append(records, oneLine(x.Text))
	}
	words["for"] = strings.Join(records, ", ")
	for _, a := range s.Fields {
		words["field "+a.Name] = valueText(a.Value)
	}
	manners(s, words)
	dropEmpty(words)
	return words
}

// manners adds how a step does what it does.
func manners(s *playbook.Step, words map[string]string) {
	set := func(key, value string, holds bool) {
		if holds {
			words[key] = value
		}
	}
	set("overwrite", "false", s.Verb == playbook.Set && !s.Overwrite)
	set("create", "true", s.Create)
	set("on_error", "continue", s.Continue)
	set("on_timeout", "continue", s.Resume)
	set("timeout", s.Timeout.After.String(), !s.Timeout.After.IsZero())
	set("timeout", strings.TrimSpace("quiet for "+s.Timeout.Quiet.String()+" "+oneLine(s.Timeout.Of.Text)), s.Timeout.Quiet > 0)
	set("if_past", map[playbook.IfPast]string{playbook.PastContinue: "continue", playbook.PastSkip: "skip", playbook.PastExit: "exit"}[s.IfPast], s.IfPast != 0)
	set("await", map[playbook.Await]string{playbook.AwaitFirst: "first", playbook.AwaitNone: "none"}[s.Await], s.Await != playbook.AwaitAll)
	set("window", windowText(s.Window), s.Window != nil)
	for _, a := range s.Asks {
		words["asks "+a.Name] = a.Type.String()
	}
	for i := range s.Branches {
		b := &s.Branches[i]
		words["branch "+b.Name] = strings.TrimSpace(oneLine(b.When.Text) + " " + number(b.Weight))
	}
	for _, e := range s.Escalate {
		words["escalate after "+e.After.String()] = valueWords(e.Send)
	}
}

func valueWords(s *playbook.Step) string {
	words := stepWords(s)
	out := words["does"] + " " + words["to"]
	for _, a := range s.Fields {
		out += " " + valueText(a.Value)
	}
	return oneLine(out)
}

func namesText(list []playbook.Name) string {
	var out []string
	for _, n := range list {
		out = append(out, n.Text)
	}
	return strings.Join(out, ", ")
}

func windowText(w *playbook.Window) string {
	if w == nil {
		return ""
	}
	if w.Hours == nil {
		return cmp.Or(w.Calendar, "business hours")
	}
	return fmt.Sprint(*w.Hours, w.Zone)
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
