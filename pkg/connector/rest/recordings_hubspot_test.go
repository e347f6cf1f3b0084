package rest_test

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// hubspotRecording is of 2022: contacts/v1 for contacts and lists, crm/v3 for objects.
var hubspotRecording = recording{
	vendor:   "hubspot",
	settings: func(base string) map[string]any { return map[string]any{"token": "pat-123", "base_url": base} },
	replayed: 841, others: 524,
	meetings: []meeting{
		{"a search is refused for the rate of a second, without Retry-After: come again", func(x recorded) bool { return x.Status == 429 }, replayHubspotRefused},
		{"records that are found, by the reading, the listing and the look-up of records", func(x recorded) bool { return strings.HasSuffix(x.Path, "/search") }, replayHubspotSearch},
		{"records that are updated", func(x recorded) bool { return strings.HasSuffix(x.Path, "/batch/update") }, replayHubspotUpdate},
		{"a record that is not there (404), by the reading of records", func(x recorded) bool { return x.Status == 404 }, replayHubspotMissing},
		{"a value that is refused (400), by the update of a record", func(x recorded) bool { return x.Status == 400 }, replayHubspotInvalid},
		{"records are made or archived: no operation of ours does", func(x recorded) bool {
			return strings.HasSuffix(x.Path, "/batch/create") || strings.HasSuffix(x.Path, "/batch/archive") || x.Method == "DELETE" || strings.Contains(x.Path, "/createOrUpdate/")
		}, nil},
		{"contacts and lists of contacts/v1: answers have another shape than those of crm/v3, which we speak", func(x recorded) bool { return strings.HasPrefix(x.Path, "/contacts/v1/") }, nil},
		{"associations, schemas and properties: we don't ask for them", func(x recorded) bool {
			return strings.Contains(x.Path, "associations") || strings.Contains(x.Path, "/schemas") || strings.HasPrefix(x.Path, "/properties/")
		}, nil},
		{"the account and another party's token service", func(x recorded) bool {
			return strings.HasPrefix(x.Path, "/integrations/") || strings.HasPrefix(x.Path, "/api/v1/oauth/")
		}, nil},
	},
}

type hubspotAnswer struct {
	Message string
	Results []hubspotResult
}

type hubspotResult struct {
	ID         string
	Properties map[string]*string
}

type hubspotSearch struct {
	Properties   []string
	FilterGroups []struct {
		Filters []struct{ PropertyName string }
	}
}

// hubspotObject gives the object of ours that is nearest: custom ones are read as companies are.
func hubspotObject(x recorded) string {
	if strings.Contains(x.Path, "/CONTACT/") {
		return "contact"
	}
	return "company"
}

func replayHubspotSearch(p *tape, x recorded) {
	asked, answer := read[hubspotSearch](p.T, x.Body), read[hubspotAnswer](p.T, x.Response)
	if len(answer.Results) == 0 {
		p.wantRecords(x, hubspotObject(x), asked.Properties, [][]string{})
		return
	}
	fields, rows, ids := map[string]map[string]string{}, [][]string{}, map[string][]string{}
	by := asked.FilterGroups[0].Filters[0].PropertyName
	for _, r := range answer.Results {
		fields[r.ID] = map[string]string{}
		row := []string{r.ID}
		for _, name := range asked.Properties {
			text := ""
			if value := r.Properties[name]; value != nil {
				text = *value
				fields[r.ID][name] = text
			}
			row = append(row, text)
		}
		rows = append(rows, row)
		if value := r.Properties[by]; value != nil {
			ids[strings.ToLower(*value)] = append(ids[strings.ToLower(*value)], r.ID)
		}
	}
	p.wantFields(x, hubspotObject(x), fields, asked.Properties)
	p.again()
	p.wantRecords(x, hubspotObject(x), asked.Properties, rows)
	if kind := map[string]string{"email": "contact", "domain": "company"}[by]; kind == hubspotObject(x) {
		p.again()
		p.wantResolved(x, kind, ids, map[string]string{"contact": "nobody@example.org", "company": "nobody.example.org"}[kind])
	}
}

// replayHubspotRefused has the answer be fine the second time: a refusal is no failure, and nothing is lost.
func replayHubspotRefused(p *tape, x recorded) {
	p.after = `{"total": 1, "results": [{"id": "77", "properties": {"domain": "acme.example", "email": "ann@acme.example"}}]}`
	kind, identity := "company", "acme.example"
	if hubspotObject(x) == "contact" {
		kind, identity = "contact", "ann@acme.example"
	}
	p.wantResolved(x, kind, map[string][]string{identity: {"77"}})
	if len(p.asked) != 2 {
		p.Errorf("%s: it was asked %d times, want 2", x, len(p.asked))
	}
}

func replayHubspotUpdate(p *tape, x recorded) {
	body := read[struct {
		Inputs []struct {
			ID         string
			Properties map[string]any
		}
	}](p.T, x.Body)
	b := connector.Batch{Verb: connector.Set, Target: named(hubspotObject(x), "")}
	var want []string
	answer := read[hubspotAnswer](p.T, x.Response)
	for _, in := range body.Inputs {
		b.Items = append(b.Items, connector.Item{ID: in.ID, Fields: in.Properties})
		if !slices.ContainsFunc(answer.Results, func(r hubspotResult) bool { return r.ID == in.ID }) {
			p.Fatalf("%s: it says nothing of %s", x, in.ID)
		}
		want = append(want, "done")
	}
	p.wantWritten(x, b, want)
}

func replayHubspotMissing(p *tape, x recorded) {
	got, err := p.connector().Fields(p.Context(), "contact", []string{"1"}, []string{"firstname"})
	p.wantSame(x, err, map[string]map[string]string{}, got)
}

func replayHubspotInvalid(p *tape, x recorded) {
	message := read[hubspotAnswer](p.T, x.Response).Message
	p.wantWritten(x, connector.Batch{Verb: connector.Set, Target: named("contact", ""), Items: itemsOf([]string{"1"})}, []string{"rejected: " + message})
}
