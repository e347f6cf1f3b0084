package render

import (
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// resourceChange is one operation as Terraform's policy tools expect it.
type resourceChange struct {
	Address string          `json:"address"` // play.step["record"]
	Mode    string          `json:"mode"`
	Type    string          `json:"type"` // desk.audience
	Name    string          `json:"name"` // Intent; empty for fields and effects
	Change  changeDocument  `json:"change"`
	Playctl playctlDocument `json:"playctl"`
}

// changeDocument is what is before and after: null where there is nothing.
type changeDocument struct {
	Actions []string       `json:"actions"`
	Before  map[string]any `json:"before"`
	After   map[string]any `json:"after"`
}

// playctlDocument is what Terraform has no word for.
type playctlDocument struct {
	Key       string `json:"key"`  // the same in the next plan if it is still to be done
	Verb      string `json:"verb"` // keep, add, remove, remove_any, set, send, task, cancel
	Entity    string `json:"entity"`
	Record    string `json:"record"`
	Play      string `json:"play"`
	Step      string `json:"step"`
	Lane      string `json:"lane,omitempty"` // entity:key of the lane's record
	Role      string `json:"role,omitempty"` // who is to do a task
	Due       string `json:"due,omitempty"`  // of a task
	SLA       string `json:"sla,omitempty"`  // by when somebody must have touched it
	Certainty string `json:"certainty"`
	Once      bool   `json:"once"` // can't be undone
	Drift     bool   `json:"drift,omitempty"`
	Withdraw  bool   `json:"withdraw,omitempty"`
	Stranger  bool   `json:"stranger,omitempty"`
	Attempts  int    `json:"attempts,omitempty"` // earlier ones
}

// resourceChanges gives every operation, in the plan's order.
func resourceChanges(p *plan.Plan) []resourceChange {
	out := make([]resourceChange, 0, len(p.Operations))
	for i := range p.Operations {
		o := &p.Operations[i]
		out = append(out, resourceChange{Address: address(o), Mode: "managed", Type: typeOf(o.Place()), Name: o.Target.Name, Change: changeOf(o),
			Playctl: beside(o)})
	}
	return out
}

// beside tells of an operation what Terraform has no word for.
func beside(o *plan.Operation) playctlDocument {
	d := playctlDocument{Key: o.Key, Verb: verbOf(o), Entity: o.Record.Entity, Record: o.Record.Key, Play: o.Play, Step: o.Step,
		Lane: o.Lane, Role: roleOf(o), Certainty: string(o.Certainty), Once: isOnce(o.Verb), Drift: o.Drift, Withdraw: o.Withdraw, Stranger: o.Stranger,
		Attempts: o.Attempts}
	if o.Task != nil && o.Verb == connector.Task {
		d.Due, d.SLA = stamp(o.Task.DueAt), stamp(o.Task.SLAAt)
	}
	return d
}

// address names an operation as Terraform names one of several instances.
func address(o *plan.Operation) string {
	return strings.TrimPrefix(o.Play+"."+o.Step, ".") + `["` + o.Record.Key + `"]`
}

func typeOf(p connector.Place) string { return p.Connector + "." + p.Kind }

// changeOf gives what is before and after. A member of a collection is shown by its record, never by the id that the connector knows.
func changeOf(o *plan.Operation) changeDocument {
	member := map[string]any{"entity": o.Record.Entity, "record": o.Record.Key}
	switch o.Verb {
	case connector.Add:
		if len(o.Fields) > 0 {
			member["fields"] = jsonFields(o.Fields)
		}
		return changeDocument{Actions: []string{"create"}, After: member}
	case connector.Remove, connector.Cancel:
		return changeDocument{Actions: []string{"delete"}, Before: member}
	case connector.Send, connector.Task:
		return changeDocument{Actions: []string{"create"}, After: jsonFields(o.Fields)}
	}
	before := map[string]any{}
	for name := range o.Fields {
		before[name] = nil
		if text, known := o.Before[name]; known {
			before[name] = text
		}
	}
	return changeDocument{Actions: []string{"update"}, Before: before, After: jsonFields(o.Fields)}
}

func jsonFields(fields map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range fields {
		out[name] = jsonValue(v)
	}
	return out
}
