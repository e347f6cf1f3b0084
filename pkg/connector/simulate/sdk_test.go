//go:build sdk

package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/simulate"
)

// sdk says what a vendor's own client and ours do on simulators that hold the same.
type sdk struct {
	Collection string   `json:"collection"`
	Read       []string `json:"read"`
	Email      string   `json:"email"`
	Add        []string `json:"add"`
	Remove     []string `json:"remove"`
	Set        []string `json:"set"`
	Field      string   `json:"field"`
	Value      string   `json:"value"`
	Task       string   `json:"task"` // whom a task, or what is sent, is about

	object, people, kind, task, action string
	label                              string // the field that records are told by
	ids                                []string
	skips                              []string // what the client can't do, or the manifest does not
	payload                            map[string]any
}

// sdks are the vendors of whom there is a client for node.
var sdks = map[string]sdk{
	"hubspot":    {object: "contact", people: "contact", kind: "list", task: "contact_task", label: "email", Field: "jobtitle"},
	"salesforce": {object: "contact", people: "contact", kind: "campaign", task: "contact_task", label: "Email", Field: "Title", ids: []string{"003000000000101AAA", "003000000000102AAA", "003000000000103AAA", "003000000000104AAA", "003000000000105AAA", "003000000000999AAA"}},
	"marketo":    {object: "lead", people: "lead", kind: "list", action: "campaign", label: "email", Field: "title", payload: map[string]any{"campaign": int64(77), "text": "Hello"}, skips: []string{"records"}},
	"slack":      {object: "user", people: "user", kind: "channel", action: "message", label: "email", payload: map[string]any{"text": "Hello"}, skips: []string{"fields", "set", "value"}},
	"jira":       {object: "issue", people: "user", task: "task", action: "comment", label: "summary", Field: "summary", payload: map[string]any{"text": "Hello"}},
}

// TestSDK_seesWhatOurClientSees holds that a vendor's own client, and ours, read the same of simulators that hold the same, and leave them with the
// same effects.
func TestSDK_seesWhatOurClientSees(t *testing.T) {
	for name, s := range sdks {
		t.Run(name, func(t *testing.T) {
			s.fill()
			settings := map[string]any{}
			for _, x := range manifestOf(t, name).Settings {
				if x.Required && (x.Name == "token" || x.Name == "email" || x.Name == "project") {
					settings[x.Name] = "rehearsal" // no other will do
				}
			}
			theirs := newVendor(t, manifestOf(t, name), settings, simulate.Options{Page: 2, Free: true})
			ours := newVendor(t, manifestOf(t, name), settings, simulate.Options{Page: 2, Free: true})
			s.seed(t, theirs)
			s.seed(t, ours)
			got, want := s.theirs(t, name, theirs), s.ours(t, ours)
			for what, value := range want {
				if slices.Contains(s.skips, what) {
					continue
				}
				if a, b := asJSON(t, got[what]), asJSON(t, value); a != b {
					t.Errorf("%s: the vendor's client has %s, ours has %s", what, a, b)
				}
			}
			compareEffects(t, theirs, ours)
			t.Logf("%s: %d results alike, %d effects, %d requests of theirs and %d of ours", name, len(want)-len(s.skips), ours.Did().Count, theirs.Did().Requests, ours.Did().Requests)
		})
	}
}

// fill gives what all of them do: a member and a stranger are added among others, and somebody who is no member is removed.
func (s *sdk) fill() {
	if s.ids == nil {
		s.ids = []string{"101", "102", "103", "104", "105", "999"}
	}
	i := s.ids
	s.Collection, s.Email, s.Value = "Early intent", "bob@acme.example", "Captain"
	s.Read, s.Add, s.Remove, s.Set, s.Task = []string{i[0], i[1], i[5]}, []string{i[1], i[2], i[3], i[5]}, []string{i[0], i[4]}, []string{i[0], i[5]}, i[0]
}

func (s *sdk) seed(t *testing.T, v *vendor) {
	for n, name := range []string{"ann", "bob", "cleo", "dan", "eve"} {
		record := map[string]any{"id": s.ids[n], s.label: name + "@acme.example"}
		if err := v.Put(s.object, record); err != nil {
			t.Fatal(err)
		}
		if s.people != s.object {
			if err := v.Put(s.people, map[string]any{"id": "u" + s.ids[n], "emailAddress": name + "@acme.example"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.kind != "" {
		if err := v.Make(s.kind, s.Collection, s.ids[0], s.ids[1]); err != nil {
			t.Fatal(err)
		}
	}
}

// theirs runs the vendor's client.
func (s *sdk) theirs(t *testing.T, name string, v *vendor) map[string]any {
	t.Helper()
	dir := os.Getenv("SDK_DIR") // where `make test-sdk` installed them
	input, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(t.Context(), 2*time.Minute) // some try again for half an hour
	defer end()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(dir, name+".mjs"), v.at, string(input))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s.mjs: %s\n%s\nrequests: %v", name, err, errs.String(), v.Requests())
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%s.mjs: %s: %s", name, err, out.String())
	}
	return got
}

// ours does the same with our client.
func (s *sdk) ours(t *testing.T, v *vendor) map[string]any {
	t.Helper()
	out := map[string]any{}
	s.ourReading(t, v, out)
	if s.kind != "" {
		s.ourMembers(t, v, out)
	}
	if s.Field != "" {
		s.ourSetting(t, v, out)
	}
	w := v.Connector.(connector.Writer)
	if s.task != "" {
		about := s.Task
		if s.object == "issue" {
			about = ""
		}
		done := write(t, w, connector.Task, connector.Collection{Kind: s.task}, connector.Item{ID: about, Key: "k-1", Fields: map[string]any{"title": "Call"}})
		reports, err := v.Connector.(connector.TaskReader).Tasks(t.Context(), s.task, []string{done[0].Receipt})
		must(t, err)
		found, err := v.Connector.(connector.Looker).Lookup(t.Context(), s.task, []string{"k-1"})
		must(t, err)
		out["task"], out["looked_up"] = reports[done[0].Receipt].Status, found["k-1"] == done[0].Receipt
	}
	if v.manifest.Auth.Token == nil {
		stranger := &vendor{Server: v.Server, manifest: v.manifest, at: v.at}
		stranger.open(t, map[string]any{"token": "wrong", "email": "rehearsal"})
		out["refused"] = stranger.Check(t.Context()) != nil
	}
	if s.action != "" {
		done := write(t, w, connector.Send, connector.Collection{Kind: s.action}, connector.Item{ID: s.Task, Key: "k-1", Fields: s.payload})
		out["sent"] = done[0].Status == connector.Done
	}
	return out
}

func (s *sdk) ourReading(t *testing.T, v *vendor, out map[string]any) {
	if !slices.Contains(s.skips, "records") {
		records := [][]any{}
		must(t, v.Connector.(connector.RecordReader).Records(t.Context(), s.object, []string{"id", s.label}, time.Time{}, func(row []any) error {
			records = append(records, slices.Clone(row))
			return nil
		}))
		slices.SortFunc(records, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
		out["records"] = records
	}
	if !slices.Contains(s.skips, "fields") {
		fields, err := v.Connector.(connector.FieldReader).Fields(t.Context(), s.object, s.Read, []string{s.label})
		must(t, err)
		plain := map[string]string{}
		for id, of := range fields {
			plain[id] = of[s.label]
		}
		out["fields"] = plain
	}
	about := s.kind
	if about == "" {
		about = s.people
	}
	found, err := v.Connector.(connector.Resolver).Resolve(t.Context(), about, []string{s.Email})
	must(t, err)
	out["found"] = []string{found[s.Email].ID}
}

func (s *sdk) ourMembers(t *testing.T, v *vendor, out map[string]any) {
	c := connector.Collection{Kind: s.kind, Name: s.Collection}
	w, r := v.Connector.(connector.Writer), v.Connector.(connector.MemberReader)
	members := func() []string {
		ids, err := r.Members(t.Context(), c)
		must(t, err)
		return ids
	}
	out["members"] = members()
	out["added"] = byID(s.Add, write(t, w, connector.Add, c, items(s.Add)...))
	out["after_add"] = members()
	out["removed"] = byID(s.Remove, write(t, w, connector.Remove, c, items(s.Remove)...))
	out["after_remove"] = members()
	_, err := r.Members(t.Context(), connector.Collection{Kind: s.kind, Name: "Nowhere"})
	if s.object == "user" { // Slack's script asks for a person
		found, err := v.Connector.(connector.Resolver).Resolve(t.Context(), s.kind, []string{"nobody@acme.example"})
		must(t, err)
		out["missing"] = map[bool]string{true: "absent", false: "there"}[len(found) == 0]
		return
	}
	out["missing"] = map[bool]string{true: "absent", false: "there"}[errors.Is(err, connector.ErrNoCollection)]
}

func (s *sdk) ourSetting(t *testing.T, v *vendor, out map[string]any) {
	list := items(s.Set)
	for i := range list {
		list[i].Fields = map[string]any{s.Field: s.Value}
	}
	out["set"] = byID(s.Set, write(t, v.Connector.(connector.Writer), connector.Set, connector.Collection{Kind: s.object}, list...))
	fields, err := v.Connector.(connector.FieldReader).Fields(t.Context(), s.object, s.Set[:1], []string{s.Field})
	must(t, err)
	out["value"] = fields[s.Set[0]][s.Field]
}

func write(t *testing.T, w connector.Writer, verb connector.Verb, target connector.Collection, list ...connector.Item) []connector.Outcome {
	t.Helper()
	out, err := w.Write(t.Context(), connector.Batch{Verb: verb, Target: target, Items: list})
	must(t, err)
	for i, o := range out {
		if o.Status == connector.InDoubt {
			t.Errorf("%s %q: %s", verb, list[i].ID, o.Reason)
		}
	}
	return out
}

func items(ids []string) []connector.Item {
	var out []connector.Item
	for _, id := range ids {
		out = append(out, connector.Item{ID: id})
	}
	return out
}

func byID(ids []string, outcomes []connector.Outcome) map[string]string {
	out := map[string]string{}
	for i, id := range ids {
		out[id] = outcomes[i].Status.String()
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	must(t, err)
	return string(data)
}

// compareEffects compares what two systems did: who came into which collection, what was set, sent and given.
func compareEffects(t *testing.T, a, b *vendor) {
	t.Helper()
	of := func(v *vendor) string {
		var out []string
		for _, e := range v.Did().Effects {
			out = append(out, strings.Join([]string{e.Does, e.Kind, e.Target, e.ID}, " "))
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	if got, want := of(a), of(b); got != want {
		t.Errorf("the vendor's client did\n%s\n\nours did\n%s", got, want)
	}
	if got, want := asJSON(t, membersOf(a)), asJSON(t, membersOf(b)); got != want {
		t.Errorf("the vendor's client left %s, ours left %s", got, want)
	}
}

// membersOf gives who is in which collection, sorted: those who are taken one by one may come in in any order.
func membersOf(v *vendor) map[string]map[string][]string {
	of := v.Members()
	for _, collections := range of {
		for _, ids := range collections {
			slices.Sort(ids)
		}
	}
	return of
}
