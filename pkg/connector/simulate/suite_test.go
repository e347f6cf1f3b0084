package simulate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

// harnesses are what the suite has to know of each vendor.
var harnesses = map[string]conntest.Harness{
	"hubspot": {Collection: "list", Object: "contact", Action: "event", Task: "contact_task"},
	"salesforce": {Collection: "campaign", Object: "contact", Action: "event", Task: "contact_task", ID: func(n int) string { return fmt.Sprintf("003%012dAAA", n) },
		IDs: []string{"003000000000901AAA", "003000000000902AAA"}},
	"marketo":  {Collection: "list", Object: "lead", Action: "campaign"},
	"slack":    {Collection: "channel", Object: "user", Action: "message"},
	"outreach": {Collection: "sequence", Object: "prospect", Task: "task"},
	"jira":     {Object: "issue", Action: "comment", Task: "task"},
}

// faultsOf are the simulator's names of the suite's faults.
var faultsOf = map[conntest.Fault]string{conntest.Refused: "429", conntest.Broken: "500", conntest.CutBefore: "cut-before", conntest.CutAfter: "cut-after", conntest.Stalled: "stall"}

// TestConnector runs the suite that every connector passes with our client of each vendor's simulator.
func TestConnector(t *testing.T) {
	for name, h := range harnesses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := manifestOf(t, name)
			v := newVendor(t, m, settingsOf[name], simulate.Options{Exists: numbered, Free: true, Patience: 200 * time.Millisecond})
			h.New = func(t *testing.T) conntest.System {
				v.Reset()
				v.open(t, settingsOf[name])
				return system(t, v, h)
			}
			h.Powers = conntest.PowersOf(v.Connector)
			if h.ID == nil {
				h.ID = func(n int) string { return fmt.Sprintf("%07d", 1_000_000+n) }
			}
			h.Blind, h.Many = true, 101
			if h.Names == nil {
				h.Names = names
			}
			if h.IDs == nil {
				h.IDs = []string{"1", "22", "333", "4444", "1000000000"}
			}
			conntest.Run(t, h)
		})
	}
}

// names are awkward ones that stand in an address all the same.
var names = []string{"Early intent", "Q3: renewals / EMEA", ".hidden", "ends.", `say "hi"`, "two\nlines", "a*b?c<d>e|f", "100%", "%41", "Zürich", "東京 🎉", "~", "$HOME", "[a]", "a,b", "{a}", "it's"}

// keyOf gives the key of an effect, where the suite can tell it: a vendor may want it in a form of its own, or none.
func keyOf(e *simulate.Effect) string {
	if n, ok := strings.CutPrefix(e.ID, "100"); ok && e.Key == "" || strings.Count(e.Key, "-") == 4 {
		return "key-" + n
	}
	return e.Key
}

// settingsOf are those that a vendor's playbooks give beside the address and the secrets.
var settingsOf = map[string]map[string]any{
	"salesforce": {"event": "Touch__e", "task_answers": "next_step=Next__c, budget=Budget__c"},
	"hubspot":    {"event": "pe_touch", "task_answers": "next_step, budget"},
	"jira":       {"outcome_field": "customfield_1", "answers_fields": "next_step=customfield_2, budget=customfield_3"},
	"marketo":    {"campaign": 77, "folder": 1},
}

func system(t *testing.T, v *vendor, h conntest.Harness) conntest.System {
	out := whole(t, v, h)
	switch v.manifest.Name {
	case "outreach":
		out.People = nil // it has nowhere to say how a task ended
	case "salesforce":
		out.Sent = nil // its events are of nobody, and have no key
	}
	return out
}

func whole(t *testing.T, v *vendor, h conntest.Harness) conntest.System {
	return conntest.System{
		Connector: v.Connector,
		Make: func(c connector.Collection) {
			if c.Kind != h.Collection && v.manifest.Name == "salesforce" {
				return // its campaigns are of contacts and of leads
			}
			if err := v.Make(c.Kind, c.Name); err != nil {
				t.Error(err)
			}
		},
		Members: func(c connector.Collection) []string { return v.Members()[c.Kind][c.Name] },
		Sent: func(action string) []connector.Item { // payloads and keys come in the vendor's form
			var out []connector.Item
			for _, e := range v.Did().Effects {
				if e.Does == "send" && e.Kind == action {
					out = append(out, connector.Item{ID: e.ID, Key: keyOf(e)})
				}
			}
			slices.SortStableFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) })
			return out
		},
		Tasks: func(kind string) []connector.Item {
			var out []connector.Item
			for _, x := range v.Given(kind) {
				out = append(out, connector.Item{ID: x.ID, Key: x.Key})
			}
			slices.SortStableFunc(out, func(a, b connector.Item) int { return strings.Compare(a.Key, b.Key) })
			return out
		},
		Identities: identities(t, v, h),
		People:     people(t, v),
		Inject:     func(f conntest.Fault) { v.Inject(faultsOf[f]) },
	}
}

func people(t *testing.T, v *vendor) *conntest.People {
	do := func(w simulate.Work) {
		if err := v.Work(w); err != nil {
			t.Error(err)
		}
	}
	return &conntest.People{
		Begin: func(kind, receipt string) { do(simulate.Work{Kind: kind, Receipt: receipt, Do: "begin"}) },
		Finish: func(kind, receipt, outcome string, answers map[string]string) {
			do(simulate.Work{Kind: kind, Receipt: receipt, Do: "finish", Outcome: outcome, Answers: answers})
		},
		Close:  func(kind, receipt string) { do(simulate.Work{Kind: kind, Receipt: receipt, Do: "close"}) },
		Delete: func(kind, receipt string) { do(simulate.Work{Kind: kind, Receipt: receipt, Do: "delete"}) },
	}
}

// numbered has every number be a record's.
func numbered(_, id string) bool {
	return strings.Trim(id, "0123456789") == "" || strings.HasPrefix(id, "003")
}

// identities puts two people in whom the vendor knows by an address too, and those to whom tasks are given.
func identities(t *testing.T, v *vendor, h conntest.Harness) *conntest.Identities {
	for _, task := range v.manifest.Tasks {
		for _, p := range task.People {
			for n := range 3 {
				reps := map[string]any{"id": fmt.Sprintf("50%d", n), v.manifest.Object(p.Object).Identities[0].Field: fmt.Sprintf("rep-%d@acme.example", n)}
				if err := v.Put(p.Object, reps); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, claim := range []string{"read_as_records", "read_records", "many_records", "one_who_reads", "among_the_records", "fields_come_in"} {
		if strings.Contains(t.Name(), claim) {
			return nil // it is about all records there are
		}
	}
	at := slices.IndexFunc(v.manifest.Objects, func(o *manifest.Object) bool {
		return len(o.Identities) > 0 && o.Identities[0].Field != "" && o.Identities[0].Fold && (o.Name == h.Object || h.Collection == "")
	})
	if at < 0 {
		return nil
	}
	o := v.manifest.Objects[at]
	i := &conntest.Identities{Known: map[string]string{"ann@acme.example": h.ID(11), "bob@acme.example": h.ID(12)}, Spellings: map[string]string{"ANN@acme.Example": "ann@acme.example"}, Batch: 100}
	if h.Collection == "" {
		i.Kind = o.Name
	}
	for address, id := range i.Known {
		if err := v.Put(o.Name, map[string]any{"id": id, o.Identities[0].Field: address}); err != nil {
			t.Fatal(err)
		}
	}
	return i
}
