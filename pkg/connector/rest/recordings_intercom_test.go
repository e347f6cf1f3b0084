package rest_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// intercomRecording is of 2021, with a version of the API before 2.15.
var intercomRecording = recording{
	vendor:   "intercom",
	settings: func(base string) map[string]any { return map[string]any{"token": "token-1", "base_url": base} },
	replayed: 350, others: 175,
	meetings: []meeting{
		{"a contact that is not there (404), by the reading of contacts", func(x recorded) bool { return x.Status == 404 }, replayIntercomMissing},
		{"a conflict (409) or a mistake (400), by the update of a contact", func(x recorded) bool { return x.Status == 409 || x.Status == 400 }, replayIntercomRefused},
		{"a server that broke down (500), by the update of a contact: come again", func(x recorded) bool { return x.Status == 500 }, replayIntercomBroken},
		{"all contacts, by their listing", func(x recorded) bool { return x.Method == "GET" && x.Path == "/contacts" }, replayIntercomList},
		{"contacts that are found, by the look-up of contacts, or as those of a tag", func(x recorded) bool { return x.Path == "/contacts/search" }, replayIntercomSearch},
		{"all tags, by the naming and the finding of tags", func(x recorded) bool { return x.Path == "/tags" }, replayIntercomTags},
		{"a contact is tagged", func(x recorded) bool { return x.Method == "POST" && strings.HasSuffix(x.Path, "/tags") }, replayIntercomTag(connector.Add)},
		{"a contact's tag is taken off", func(x recorded) bool { return x.Method == "DELETE" && strings.Contains(x.Path, "/tags/") }, replayIntercomTag(connector.Remove)},
		{"the tags of a contact: we ask for the contacts of a tag", func(x recorded) bool { return strings.HasSuffix(x.Path, "/tags") }, nil},
		{"contacts are made, archived, deleted: no operation of ours does", func(x recorded) bool {
			return strings.HasSuffix(x.Path, "archive") || x.Method == "DELETE" || x.Method == "POST" && x.Path == "/contacts"
		}, nil},
		{"a contact is read", func(x recorded) bool { return x.Method == "GET" && strings.HasPrefix(x.Path, "/contacts/") }, replayIntercomContact},
		{"a contact is updated", func(x recorded) bool { return x.Method == "PUT" }, replayIntercomUpdate},
		{"attributes of contacts: we don't ask for them", func(x recorded) bool { return x.Path == "/data_attributes" }, nil},
	},
}

type intercomList struct{ Data []map[string]any }

// rows gives the contacts of a list: id, name and email, as text.
func (l intercomList) rows() [][]string {
	out := [][]string{}
	for _, c := range l.Data {
		out = append(out, []string{connector.Text(c["id"]), connector.Text(c["name"]), connector.Text(c["email"])})
	}
	return out
}

func replayIntercomMissing(p *tape, x recorded) {
	got, err := p.connector().Fields(p.Context(), "contact", []string{"6064d5c43910cc082d903f6c"}, []string{"name"})
	p.wantSame(x, err, map[string]map[string]string{}, got)
}

var oneContact = connector.Batch{Verb: connector.Set, Target: named("contact", ""), Items: []connector.Item{{ID: "6064d5c43910cc082d903f6c", Fields: map[string]any{"name": "Back User"}}}}

func replayIntercomRefused(p *tape, x recorded) {
	e := read[struct {
		Errors []struct{ Code, Message string }
	}](p.T, x.Response).Errors[0]
	p.wantWritten(x, oneContact, []string{"rejected: " + e.Code + ": " + e.Message})
}

func replayIntercomBroken(p *tape, x recorded) {
	p.after = `{"type":"contact","id":"6064d5c43910cc082d903f6c"}`
	p.wantWritten(x, oneContact, []string{"done"})
	if len(p.asked) != 2 {
		p.Errorf("%s: it was asked %d times, want 2", x, len(p.asked))
	}
}

func replayIntercomList(p *tape, x recorded) {
	p.wantRecords(x, "contact", []string{"name", "email"}, read[intercomList](p.T, x.Response).rows())
}

func replayIntercomSearch(p *tape, x recorded) {
	list := read[intercomList](p.T, x.Response)
	ids, members := map[string][]string{}, []string{}
	for _, c := range list.Data {
		members = append(members, c["id"].(string))
		if email, ok := c["email"].(string); ok {
			ids[strings.ToLower(email)] = append(ids[strings.ToLower(email)], c["id"].(string))
		}
	}
	p.wantResolved(x, "contact", ids, "nobody@example.org")
	p.again()
	p.besides(map[string]string{"GET /tags": `{"type":"list","data":[{"type":"tag","id":"49","name":"High value"}]}`})
	got, err := p.connector().Members(p.Context(), named("tag", "High value"))
	p.wantSame(x, err, slices.Sorted(slices.Values(members)), got)
}

func replayIntercomTags(p *tape, x recorded) {
	var names []string
	for _, tag := range read[intercomList](p.T, x.Response).Data {
		names = append(names, tag["name"].(string))
	}
	got, err := p.connector().Collections(p.Context(), "tag")
	p.wantSame(x, err, slices.Sorted(slices.Values(names)), got)
	for name, there := range map[string]bool{names[0]: true, "none has this name": false} {
		p.again()
		p.wantCollection(x, named("tag", name), there)
	}
}

// replayIntercomTag has one contact be tagged, or not any more, with the recorded path.
func replayIntercomTag(v connector.Verb) func(*tape, recorded) {
	return func(p *tape, x recorded) {
		tag := read[map[string]string](p.T, x.Response)
		p.besides(map[string]string{"GET /tags": `{"type":"list","data":[{"type":"tag","id":"` + tag["id"] + `","name":"High value"}]}`})
		id := strings.Split(x.Path, "/")[2]
		p.wantWritten(x, connector.Batch{Verb: v, Target: named("tag", "High value"), Items: itemsOf([]string{id})}, []string{"done"})
		if got := p.asked[len(p.asked)-1]; got.method != x.Method || got.path != x.Path || v == connector.Add && got.body != string(x.Body) {
			p.Errorf("%s: we ask %s %s %s", x, got.method, got.path, got.body)
		}
	}
}

func replayIntercomContact(p *tape, x recorded) {
	contact := read[map[string]any](p.T, x.Response)
	custom, _ := contact["custom_attributes"].(map[string]any)
	names := append(slices.Sorted(maps.Keys(custom)), "id", "role", "external_id", "email", "phone", "name", "owner_id", "created_at", "unsubscribed_from_emails")
	want := map[string]string{}
	for _, name := range names {
		value, own := contact[name]
		if !own {
			value = custom[name]
		}
		if value != nil {
			want[name] = connector.Text(value)
		}
	}
	id := contact["id"].(string)
	p.wantFields(x, "contact", map[string]map[string]string{id: want}, names)
	if got := p.asked[0]; got.path != x.Path {
		p.Errorf("%s: we ask %s %s", x, got.method, got.path)
	}
}

func replayIntercomUpdate(p *tape, x recorded) {
	fields := read[map[string]any](p.T, x.Body)
	if custom, ok := fields["custom_attributes"].(map[string]any); ok {
		maps.Copy(fields, custom)
		delete(fields, "custom_attributes")
	}
	b := connector.Batch{Verb: connector.Set, Target: named("contact", ""), Items: []connector.Item{{ID: strings.Split(x.Path, "/")[2], Fields: fields}}}
	p.wantWritten(x, b, []string{"done"})
	if got := p.asked[0]; got.method != x.Method || got.path != x.Path {
		p.Errorf("%s: we ask %s %s", x, got.method, got.path)
	}
}
