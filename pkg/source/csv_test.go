package source

import (
	"strings"
	"testing"
)

func readAccounts(t *testing.T, text string) *Result {
	t.Helper()
	return mustRead(t, request(folder(t, "a.csv", text), account("a.csv")))
}

func TestCSV_columnsMayStandInAnyOrder(t *testing.T) {
	text := "employees,ignored,id,intent,name\n12,x,a2,\"{\"\"bi\"\":3}\",\"Acme, \"\"Inc\"\"\nZürich\"\n,,a1,,\n"
	got := readAccounts(t, text)
	diff(t, rows(got.Frame.Table("account")), [][]any{
		{nil, nil, nil, "a1"},
		{"Acme, \"Inc\"\nZürich", int64(12), []entry{{"bi", int64(3)}}, "a2"},
	})
	if r := got.Reports[0]; r.Rows != 2 || r.Bad != 0 || r.Bytes != int64(len(text)) {
		t.Errorf("report: %+v", r)
	}
}

func TestCSV_marksLineEndsAndSpacesOfTheHeaderAreNoMatter(t *testing.T) {
	want := [][]any{{"A", int64(1), nil, "a1"}, {"B", nil, nil, "a2"}}
	for name, text := range map[string]string{
		"plain":           "id,name,employees,intent\na1,A,1,\na2,B,,\n",
		"mark and crlf":   "\ufeffid,name,employees,intent\r\na1,A,1,\r\na2,B,,\r\n",
		"no last newline": "id,name,employees,intent\na1,A,1,\na2,B,,",
		"spaces":          "id, name ,employees,\tintent\na1,A,1,\na2,B,,\n",
		"empty lines":     "\nid,name,employees,intent\n\n\na1,A,1,\n\na2,B,,\n\n",
		"all quoted":      "\"id\",\"name\",\"employees\",\"intent\"\n\"a1\",\"A\",\"1\",\"\"\n\"a2\",\"B\",\"\",\"\"\n",
	} {
		t.Run(name, func(t *testing.T) { diff(t, rows(readAccounts(t, text).Frame.Table("account")), want) })
	}
}

func TestCSV_headerWithoutRowsIsFine(t *testing.T) {
	got := readAccounts(t, "id,name,employees,intent")
	if got.Frame.Table("account").Rows != 0 || got.Reports[0].Rows != 0 || len(got.Reports[0].Warnings) != 0 {
		t.Errorf("report: %+v", got.Reports[0])
	}
}

func TestCSV_badRecordsAreLeftOutCountedAndNamed(t *testing.T) {
	got := readAccounts(t, strings.Join([]string{
		"id,name,employees,intent",
		"a1,A,1,",
		"a2,B,many,",
		"a3,C",
		",D,4,",
		"a1,E,5,",
		"a6,\"F\"x,6,",
		"a7,G\"g,7,",
		"a8,M\xfcller,8,",
		"a9,I,9,{bi: 1}",
		"a2,J,10,",
		"b1,,,", "b2,,,", "b3,,,", "b4,,,", "b5,,,", "b6,,,",
	}, "\n"))
	r := got.Reports[0]
	if r.Rows != 8 || r.Bad != 8 {
		t.Errorf("%d rows and %d bad ones, want 8 and 8", r.Rows, r.Bad)
	}
	want := `a.csv:3: column 3 (employees): "many" is not an int
a.csv:4: the record has 2 cells, the header 4
a.csv:5: column 1 (id): the key is missing
a.csv:6: column 1 (id): "a1" is the key of line 2 already
a.csv:7: a quoted cell is not closed as it must be, at byte 6 | double the quotes in a quoted cell: "a ""b"" c"
a.csv:8: a quote inside a cell that does not begin with one, at byte 5 | double the quotes in a quoted cell: "a ""b"" c"
a.csv:9: column 2 (name): "M\xfcller" is not UTF-8 | export the file as UTF-8
a.csv:10: column 4 (intent): "{bi: 1}" is not a map(string, int) | write a JSON object, {"a": 1}
`
	diff(t, lines(r.BadSamples), want)
	if got.Frame.Table("account").Rows != 8 {
		t.Errorf("%d rows in the frame, want 8", got.Frame.Table("account").Rows)
	}
	if row, ok := got.Frame.Table("account").Row("a2"); !ok || get(got.Frame.Table("account").Column("name"), row) != "J" {
		t.Error("a key of a bad record is not free for a good one")
	}
}

func TestCSV_strayQuoteCountsTheLinesItSwallows(t *testing.T) {
	got := readAccounts(t, "id,name,employees,intent\na1,,,\n"+"a2,\"B,,\na3,,,\na4,\"D\",,\n"+strings.Repeat("x,,,\n", 1)+"a5,,,\na6,,,\na7,,,\n")
	r := got.Reports[0]
	if r.Bad != 3 || r.Rows != 5 {
		t.Errorf("%d rows and %d bad ones, want 5 and 3", r.Rows, r.Bad)
	}
	diff(t, lines(r.BadSamples), "a.csv:3: a quoted cell goes on to line 5 and is not closed as it must be | double the quotes in a quoted cell: \"a \"\"b\"\" c\"\n")
}

func TestCSV_quoteThatSwallowsTheRestIsAnError(t *testing.T) {
	text := "id,name,employees,intent\n" + strings.Repeat("a1,,,\n", 1) + "a2,\"B,,\n" + strings.Repeat("x,,,\n", 20)
	problems := failRead(t, request(folder(t, "a.csv", text), account("a.csv")))
	diff(t, lines(problems), "a.csv:3: a quoted cell of this record has no end: it swallows the rest of the file | close the quote, or export the file again\n")
}

func TestCSV_columnsThatAreMissingAreErrors(t *testing.T) {
	for name, c := range map[string]struct{ header, want string }{
		"renamed":   {"id,name,employes,intent", "a.csv: a.csv has no column \"employees\", a field of account | did you mean \"employes\"?\n"},
		"key":       {"ident,name,employees,intent", "a.csv: a.csv has no column \"id\", the key of account | known: employees, ident, intent, name\n"},
		"case":      {"id,Name,employees,intent", "a.csv: a.csv has no column \"name\", a field of account | did you mean \"Name\"?\n"},
		"twice":     {"id,name,employees,intent,name", "a.csv:1: two columns are named \"name\" | remove or rename one of them\n"},
		"empty":     {"", "a.csv: the file is empty | write a header, also where there are no records\n"},
		"mark only": {"\ufeff", "a.csv: the file is empty | write a header, also where there are no records\n"},
		"latin 1":   {"id,name,employees,intent,gr\xf6\xdfe", "a.csv:1: name 5 of the header is not UTF-8 | export the file as UTF-8\n"},
		"broken":    {"id,na\"me", "a.csv:1: the header is not CSV: a quote inside a cell that does not begin with one, at byte 6\n"},
		"semicolon": {"id;name;employees;intent", strings.Join([]string{
			`a.csv: a.csv has no column "employees", a field of account | separate cells by commas, not by ";"`,
			`a.csv: a.csv has no column "id", the key of account | separate cells by commas, not by ";"`,
			`a.csv: a.csv has no column "intent", a field of account | separate cells by commas, not by ";"`,
			`a.csv: a.csv has no column "name", a field of account | separate cells by commas, not by ";"`, ""}, "\n")},
	} {
		t.Run(name, func(t *testing.T) {
			problems := failRead(t, request(folder(t, "a.csv", c.header+"\n"), account("a.csv")))
			diff(t, lines(problems), c.want)
		})
	}
}

func TestCSV_recordOfManyMegabytesIsRefused(t *testing.T) {
	text := "id,name,employees,intent\na1,\"" + strings.Repeat("long lines\n", 2*maxRecord/10)
	problems := failRead(t, request(folder(t, "a.csv", text), account("a.csv")))
	diff(t, lines(problems), "a.csv:2: the record that begins about here has more than 16 MiB | is there a quote that is not closed, or is the file no text?\n")
}

func TestCSV_valuesOfPersonsAreNotShown(t *testing.T) {
	e := account("a.csv")
	e.Fields[1].Name = "work_phone"
	got := mustRead(t, request(folder(t, "a.csv", "id,name,work_phone,intent\na1,,+1 202 555 0100,\na2,,,jo@example.com\na3,,,\na3@example.com,,,\na3@example.com,,,"+
		"\na4,,,a text that is very long indeed\nb1,,,\nb2,,,\nb3,,,\n"), e))
	diff(t, lines(got.Reports[0].BadSamples), `a.csv:2: column 3 (work_phone): a value of 15 characters is not an int
a.csv:3: column 4 (intent): a value of 14 characters is not a map(string, int) | write a JSON object, {"a": 1}
a.csv:6: column 1 (id): a value of 14 characters is the key of line 5 already
a.csv:7: column 4 (intent): "a text that is very …" is not a map(string, int) | write a JSON object, {"a": 1}
`)
}
