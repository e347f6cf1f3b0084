package source

import (
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"

	"github.com/playctl/playctl/pkg/frame"
)

func readJSON(t *testing.T, text string) *Result {
	t.Helper()
	return mustRead(t, request(folder(t, "a.jsonl", text), account("a.jsonl")))
}

func TestJSON_valuesHaveTheirTypes(t *testing.T) {
	got := readJSON(t, "\ufeff"+`{"id": "a2", "name": "Zürich \u00e9", "employees": 12, "intent": {"data platform": 90, "bi": 3}, "x": [1, {"y": null}]}`+"\r\n"+
		"\n  \n"+`{"id": "a1", "employees": null}`+"\n"+`{"name": "", "id": "a3"}`)
	diff(t, rows(got.Frame.Table("account")), [][]any{
		{nil, nil, nil, "a1"},
		{"Zürich é", int64(12), []entry{{"bi", int64(3)}, {"data platform", int64(90)}}, "a2"},
		{"", nil, nil, "a3"},
	})
	if r := got.Reports[0]; r.Rows != 3 || r.Bad != 0 || len(r.Warnings) != 0 {
		t.Errorf("report: %+v", r)
	}
}

func TestJSON_keysMayBeWholeNumbers(t *testing.T) {
	e := account("a.ndjson")
	e.Parents = []playbook.Parent{{Column: "group", Entity: "account"}}
	e.Plural = "members"
	got := mustRead(t, request(folder(t, "a.ndjson", `{"id": 17, "group": "18"}
{"id": "18", "group": 17}
{"id": 9007199254740993, "group": ""}
{"id": 1.5}
{"id": true}
{"id": "19", "group": {}}
{"id": "20"}
`), e))
	r := got.Frame.Table("account").Parent("account")
	diff(t, rows(got.Frame.Table("account")), [][]any{{nil, nil, nil, "17"}, {nil, nil, nil, "18"}, {nil, nil, nil, "20"}, {nil, nil, nil, "9007199254740993"}})
	diff(t, r.Up, []int32{1, 0, -1, -1})
	diff(t, lines(got.Reports[0].BadSamples), `a.ndjson:4: id: 1.5 is not a string
a.ndjson:5: id: true is not a string
a.ndjson:6: group: an object is not a string
`)
}

func TestJSON_badRecordsAreLeftOutCountedAndNamed(t *testing.T) {
	got := readJSON(t, `{"id": "a1"}
{"id": "a2", "employees": "12"}
{"id": "a3", "employees": 12.5}
{"id": "a4", "name": 4}
{"name": "A"}
{"id": ""}
{"id": null}
{"id": "a1", "name": "again"}
{"id": "a9", "name": "secret value"
["id", "a10"]
"a11"
{"id": "a12", "name": "\q"}
{"id": "a13", "intent": {"a": []}}
{"id": "b1"}{"id": "b2"}
`+strings.Repeat("\n", 100)+"{\"id\": \"c1\", \"name\": \"\xff\"}\n"+`{"id":"d1"}
{"id":"d2"}
{"id":"d3"}
{"id":"d4"}
{"id":"d5"}
{"id":"d6"}
{"id":"d7"}
{"id":"d8"}
{"id":"d9"}
{"id":"e1"}
{"id":"e2"}
{"id":"e3"}
{"id":"e4", "name": "D"}
`)
	r := got.Reports[0]
	if r.Rows != 14 || r.Bad != 14 {
		t.Errorf("%d rows and %d bad ones, want 14 and 14", r.Rows, r.Bad)
	}
	diff(t, lines(r.BadSamples), `a.jsonl:2: employees: "12" is not an int
a.jsonl:3: employees: 12.5 is not an int
a.jsonl:4: name: 4 is not a string
a.jsonl:5: id: the key is missing
a.jsonl:6: id: the key is missing
a.jsonl:7: id: the key is missing
a.jsonl:8: id: "a1" is the key of line 1 already
a.jsonl:9: the line is not JSON: unexpected end of JSON input, at byte 35
a.jsonl:10: the line is not a JSON object but an array
a.jsonl:11: the line is not a JSON object but a string
`)
	want := diag.Related{At: diag.Position{File: "a.jsonl", Line: 1}, Message: "the record that is kept"}
	diff(t, r.BadSamples[6].Related, []diag.Related{want})
}

// TestJSON_nanIsNotNull holds it in every spelling that the parser takes for a number.
func TestJSON_nanIsNotNull(t *testing.T) {
	got := readJSON(t, `{"id": "a1", "employees": null}
{"id": "a2", "employees": nan}
{"id": "a3", "name": nAN}
{"id": "a4", "intent": naN}
{"id": nan}
{"id": "a6", "employees": NaN}
{"id": "a7"}
{"id": "a8"}
{"id": "a9"}
{"id": "b1"}
{"id": "b2", "name": "x", "intent": {"a": 1}}
`)
	diff(t, lines(got.Reports[0].BadSamples), `a.jsonl:2: employees: nan is not an int
a.jsonl:3: name: nAN is not a string
a.jsonl:4: intent: naN is not a map(string, int) | write a JSON object, {"a": 1}
a.jsonl:5: id: nan is not a string
a.jsonl:6: employees: NaN is not an int
`)
}

func TestJSON_fieldThatNoRecordHasIsAWarning(t *testing.T) {
	e := account("a.jsonl")
	e.Fields = append(e.Fields, field("region", scalar(frame.String)))
	got := mustRead(t, request(folder(t, "a.jsonl", `{"id": "a1", "name": null, "employes": 3, "intent": {}}`), e))
	diff(t, lines(got.Reports[0].Warnings), `a.jsonl: no record of a.jsonl has "employees", a field of account | did you mean "employes"?
a.jsonl: no record of a.jsonl has "region", a field of account | known: employes
`)
	if got.Reports[0].Warnings[0].Severity != diag.Warning {
		t.Error("it is an error")
	}
}

func TestJSON_emptyFileIsAWarning(t *testing.T) {
	got := readJSON(t, "")
	diff(t, lines(got.Reports[0].Warnings), "a.jsonl: the file is empty\n")
	if got.Frame.Table("account").Rows != 0 {
		t.Error("it has rows")
	}
}

func TestJSON_lineOfManyMegabytesIsRefused(t *testing.T) {
	text := `{"id": "a1"}` + "\n" + `{"id": "` + strings.Repeat("x", maxRecord+10)
	problems := failRead(t, request(folder(t, "a.jsonl", text), account("a.jsonl")))
	diff(t, lines(problems), "a.jsonl:2: the record that begins about here has more than 16 MiB | is there a quote that is not closed, or is the file no text?\n")
}

func TestJSON_deepNestingIsABadRecord(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	got := readJSON(t, `{"id": "a1"}`+"\n"+`{"id": "a2", "x": `+deep+"\n"+`{"id": "a3"}`)
	if r := got.Reports[0]; r.Rows != 2 || r.Bad != 1 {
		t.Errorf("report: %+v", r)
	}
}

func TestJSON_lastOfEqualKeysCounts(t *testing.T) {
	got := readJSON(t, `{"id": "a1", "name": "A", "name": "B"}`)
	diff(t, rows(got.Frame.Table("account")), [][]any{{"B", nil, nil, "a1"}})
}
