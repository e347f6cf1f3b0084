package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// AppliedJSON writes what became of a plan as one document: the run, the counts, and each operation with its end. It holds no ids by which
// connectors know records.
func AppliedJSON(w io.Writer, p *plan.Plan, r *apply.Result) error {
	a := newAftermath(p, r)
	doc := appliedDocument{FormatVersion: formatVersion, Playbook: p.Playbook, Environment: p.Environment, Lineage: p.Lineage, Run: runDocument(&r.Run),
		Complete: r.Complete(), Interrupted: r.Interrupted, Counts: map[string]int{}, Operations: []outcomeDocument{}}
	if r.Err != nil {
		doc.Error = r.Err.Error()
	}
	for _, status := range statuses() {
		doc.Counts[word(status)] = r.Count(status)
	}
	for i := range p.Operations {
		o := &p.Operations[i]
		d := outcomeDocument{Address: address(o), Type: typeOf(o.Place()), Name: o.Target.Name, Verb: verbOf(o), Entity: o.Record.Entity, Record: o.Record.Key,
			Key: o.Key, Once: isOnce(o.Verb), Status: word(r.Outcomes[i].Status), Receipt: withoutID(r.Outcomes[i].Receipt, o.ID)}
		if r.Outcomes[i].Status != apply.Done {
			d.Reason = a.why(i)
		}
		doc.Operations = append(doc.Operations, d)
	}
	return writeJSON(w, doc)
}

// word gives a status as documents write it.
func word(s apply.Status) string { return strings.ReplaceAll(string(s), " ", "_") }

type appliedDocument struct {
	FormatVersion string            `json:"format_version"`
	Playbook      string            `json:"playbook"`
	Environment   string            `json:"environment,omitempty"`
	Lineage       string            `json:"lineage,omitempty"`
	Run           *runJSON          `json:"run"` // null where not even the start could be recorded
	Complete      bool              `json:"complete"`
	Interrupted   bool              `json:"interrupted"`
	Error         string            `json:"error,omitempty"`
	Counts        map[string]int    `json:"counts"` // by status
	Operations    []outcomeDocument `json:"operations"`
}

type outcomeDocument struct {
	Address string `json:"address"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Verb    string `json:"verb"`
	Entity  string `json:"entity"`
	Record  string `json:"record"`
	Key     string `json:"key"`
	Once    bool   `json:"once"`
	Status  string `json:"status"` // done, already_so, failed, in_doubt, later, skipped
	Reason  string `json:"reason,omitempty"`
	Receipt string `json:"receipt,omitempty"`
}

type runJSON struct {
	ID       string `json:"id"`
	Serial   int64  `json:"serial"`
	Started  string `json:"started"`
	Finished string `json:"finished,omitempty"`
	Status   string `json:"status"`
	By       string `json:"by,omitempty"`
	Plan     string `json:"plan,omitempty"` // the saved plan that was applied
}

func runDocument(r *state.Run) *runJSON {
	if r.Status == "" {
		return nil
	}
	return &runJSON{ID: r.ID, Serial: r.Serial, Started: stamp(r.Started), Finished: stamp(r.Finished), Status: string(r.Status), By: r.By, Plan: r.Plan}
}
