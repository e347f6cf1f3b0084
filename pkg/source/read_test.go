package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	accountsText = "id,name,employees,intent\na1,A,1,\na2,B,,\n"
	eventsText   = "account_id,type,at\na2,web,2026-11-01\na1,web,2026-11-03\na1,mail,2026-11-02T09:00:00Z\n"
)

func TestRead_linksEntities(t *testing.T) {
	got := mustRead(t, request(folder(t, "data/a.csv", accountsText, "data/e.jsonl", `{"account_id": "a2", "type": "web", "at": "2026-11-01"}
{"account_id": "a1", "type": "web", "at": "2026-11-03"}
{"account_id": "a1", "type": "mail", "at": "2026-11-02T09:00:00Z"}
`), account("data/a.csv"), activity("data/e.jsonl")))
	accounts, events := got.Frame.Table("account"), got.Frame.Table("activity")
	of := accounts.Children("activities")
	diff(t, rows(events), [][]any{{"mail", "2026-11-02T09:00:00Z"}, {"web", "2026-11-03T00:00:00Z"}, {"web", "2026-11-01T00:00:00Z"}})
	diff(t, [][]uint32{of.Of(0), of.Of(1)}, [][]uint32{{0, 1}, {2}})
	if len(got.Reports) != 2 || got.Reports[0].Entity != "account" || got.Reports[1].Entity != "activity" {
		t.Errorf("reports: %+v", got.Reports)
	}
	if r := got.Reports[0]; r.File != "data/a.csv" || !r.Modified.Equal(now.Add(-time.Hour)) || r.Age != time.Hour || r.Stale || r.Took != 0 {
		t.Errorf("report: %+v", r)
	}
}

func TestRead_futureEventsDoNotExist(t *testing.T) {
	r := request(folder(t, "a.csv", accountsText, "e.csv", eventsText+"a1,web,2026-11-22T09:00:00Z\na1,web,2026-11-22T09:00:00.000001Z\na1,\xff,2027-01-01\na1,none,\na1,web,soon\n"),
		account("a.csv"), activity("e.csv"))
	got := mustRead(t, r)
	if report := got.Reports[1]; report.Rows != 5 || report.Future != 2 || report.Bad != 1 {
		t.Errorf("report: %+v", report)
	}
	if first := rows(got.Frame.Table("activity"))[0]; first[1] != nil {
		t.Errorf("the first event is %v, want the one without a time", first)
	}
	r.Now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	if report := mustRead(t, r).Reports[1]; report.Rows != 3 || report.Future != 4 {
		t.Errorf("report of an earlier run: %+v", report)
	}
}

func TestRead_timesWithoutOffsetAreInTheZone(t *testing.T) {
	r := request(folder(t, "a.csv", accountsText, "e.csv", eventsText), account("a.csv"), activity("e.csv"))
	r.Zone = time.FixedZone("", -5*3600)
	diff(t, rows(mustRead(t, r).Frame.Table("activity"))[1], []any{"web", "2026-11-03T05:00:00Z"})
	r.Zone = nil
	diff(t, rows(mustRead(t, r).Frame.Table("activity"))[1], []any{"web", "2026-11-03T00:00:00Z"})
}

func TestRead_orphansAreCountedAndSampled(t *testing.T) {
	e := activity("e.csv")
	e.Parents = append(e.Parents, playbook.Parent{Column: "contact_email", Entity: "account"})
	text := "account_id,contact_email,type,at\n"
	for i, id := range []string{"z", "x2", "a1", "", "x1", "x2", "x3-that-is-much-longer-than-that", "y"} {
		text += fmt.Sprintf("%s,%s,web,2026-11-0%d\n", id, []string{"a2", "nobody"}[i%2], i+1)
	}
	got := mustRead(t, request(folder(t, "a.csv", accountsText, "e.csv", text), account("a.csv"), e))
	diff(t, got.Reports[1].Orphans, []Orphans{
		{Parent: "account", Count: 6, Sample: []string{"x1", "x2", "x3-that-is-much-long…"}},
		{Parent: "account", Count: 4, Sample: []string{}},
	})
	if got.Reports[0].Orphans != nil {
		t.Errorf("accounts have no parents, and orphans %v", got.Reports[0].Orphans)
	}
}

func TestRead_filesThatAreNotThere(t *testing.T) {
	dir := folder(t, "data/accounts.csv", accountsText, "data/people.csv", "", "data/sub/x.csv", "")
	text := []byte("a: data/acounts.csv\nb: nowhere/a.csv\nc: data/sub\nd: data/accounts.xlsx\ne: data/zzz.csv\nf: data/sub.csv\n")
	file, _ := document.Parse("playbook.yaml", text)
	if err := os.Mkdir(filepath.Join(dir, "data/sub.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := request(dir)
	for _, f := range file.Root().Fields() {
		e := account(f.Value.Text())
		e.Name, e.FileAt = f.Key.Text(), f.Value
		r.Entities = append(r.Entities, e)
	}
	diff(t, lines(failRead(t, r)), `playbook.yaml:1:4: there is no file "data/acounts.csv" | did you mean "data/accounts.csv"?
playbook.yaml:2:4: there is no file "nowhere/a.csv" | there is no folder "nowhere" either
playbook.yaml:3:4: "data/sub" has an extension that can't be read | files can be .csv, .jsonl, .ndjson and .parquet
playbook.yaml:4:4: "data/accounts.xlsx" has an extension that can't be read | files can be .csv, .jsonl, .ndjson and .parquet
playbook.yaml:5:4: there is no file "data/zzz.csv"
playbook.yaml:6:4: opening "data/sub.csv": it is a folder, not a file of records
`)
}

func TestRead_problemsNameThePlaceInThePlaybook(t *testing.T) {
	file, _ := document.Parse("playbook.yaml", []byte("fields: {region: string}\nparent: group -> account\nfresh: {within: 24h}\n"))
	e := account("a.csv")
	e.Fields[1].At = file.Root().Get("fields").Fields()[0].Key
	e.Fields[1].Name = "region"
	e.Parents = []playbook.Parent{{Column: "group", Entity: "account", At: file.Root().Get("parent")}}
	e.Fresh = playbook.Fresh{Within: 24 * time.Hour, Refuse: true, At: file.Root().Get("fresh")}
	dir := folder(t, "a.csv", accountsText)
	if err := os.Chtimes(filepath.Join(dir, "a.csv"), now, now.Add(-76*time.Hour)); err != nil {
		t.Fatal(err)
	}
	diff(t, lines(failRead(t, request(dir, e))), `playbook.yaml:1:10: a.csv has no column "region", a field of account | known: employees, id, intent, name
playbook.yaml:2:9: a.csv has no column "group", which names the parent of account | known: employees, id, intent, name
playbook.yaml:3:8: a.csv is 3d 4h old; account accepts 1d | export it again; with on_stale: warn the run goes on
`)
	e.Parents[0].Entity = "group"
	if got := lines(failRead(t, request(dir, e))); !strings.Contains(got, `playbook.yaml:2:9: the parent "group" of account is not an entity with a key`) {
		t.Errorf("problems:\n%s", got)
	}
}

func TestRead_staleFilesAreReportedOrRefused(t *testing.T) {
	dir := folder(t, "a.csv", accountsText)
	for within, stale := range map[time.Duration]bool{0: false, time.Hour: false, time.Hour - 1: true} {
		e := account("a.csv")
		e.Fresh.Within = within
		if got := mustRead(t, request(dir, e)).Reports[0].Stale; got != stale {
			t.Errorf("an hour old, %s accepted: stale is %t", within, got)
		}
	}
	e := account("a.csv")
	e.Fresh = playbook.Fresh{Within: 90 * time.Second, Refuse: true}
	diff(t, lines(failRead(t, request(dir, e))), "a.csv: a.csv is 1h old; account accepts 2m | export it again; with on_stale: warn the run goes on\n")
	e.Fresh.Within = 2 * time.Hour
	mustRead(t, request(dir, e))
}

func TestAge_isShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 40 * time.Second: "40s", 90 * time.Minute: "1h 30m", 3 * time.Hour: "3h", 49 * time.Hour: "2d 1h", 48*time.Hour + time.Minute: "2d", 59 * time.Minute: "59m",
	} {
		if got := age(d); got != want {
			t.Errorf("%s is worded %q, want %q", time.Duration(d), got, want)
		}
	}
}

func TestRead_badRecordsStopTheRunWhereTheEntitySaysSo(t *testing.T) {
	text := accountsText + "b1,,x,\nb2,,,\nb3,,y,\n"
	e := account("a.csv")
	e.BadStop = true
	problems := failRead(t, request(folder(t, "a.csv", text), e))
	diff(t, lines(problems), "a.csv:4: column 3 (employees): \"x\" is not an int\na.csv:6: column 3 (employees): \"y\" is not an int\n")
	if problems.Errors() != 2 {
		t.Error("they are not errors")
	}
	if got := failRead(t, request(folder(t, "a.csv", text+strings.Repeat("c,,z,\n", 500)), e)); len(got) != maxSamples {
		t.Errorf("%d problems, want the first %d", len(got), maxSamples)
	}
	mustRead(t, request(folder(t, "a.csv", accountsText), e))
}

func TestRead_moreBadRecordsThanGoodOnesAreAnError(t *testing.T) {
	half := "id,name,employees,intent\na1,,,\na2,,,\nb1,,x,\nb2,,x,\n"
	if got := mustRead(t, request(folder(t, "a.csv", half), account("a.csv"))); got.Reports[0].Bad != 2 {
		t.Errorf("report: %+v", got.Reports[0])
	}
	diff(t, lines(failRead(t, request(folder(t, "a.csv", half+"b3\nb4,\n"), account("a.csv")))),
		`a.csv: 4 of 6 records of account are bad: the file is not what the playbook says | export it again, or correct the entity's fields
a.csv:4: column 3 (employees): "x" is not an int
a.csv:5: column 3 (employees): "x" is not an int
a.csv:6: the record has 1 cell, the header 4
`)
}

func TestRead_problemsOfAllFilesAreReportedTogether(t *testing.T) {
	dir := folder(t, "a.csv", "id,name,employees,intent\nx\n", "b.csv", "id,name,employees,intent\ny\n", "c.csv", accountsText)
	b, c := account("b.csv"), account("c.csv")
	b.Name, c.Name = "b", "c"
	for range 10 {
		diff(t, lines(failRead(t, request(dir, account("a.csv"), b, c))),
			`a.csv: 1 of 1 records of account are bad: the file is not what the playbook says | export it again, or correct the entity's fields
a.csv:2: the record has 1 cell, the header 4
b.csv: 1 of 1 records of b are bad: the file is not what the playbook says | export it again, or correct the entity's fields
b.csv:2: the record has 1 cell, the header 4
`)
	}
}

func TestRead_fileOutsideOfThePlaybook(t *testing.T) {
	dir := folder(t, "data/a.csv", accountsText, "playbook/x", "")
	for _, file := range []string{"../data/a.csv", filepath.ToSlash(filepath.Join(dir, "data/a.csv"))} {
		if got := mustRead(t, request(filepath.Join(dir, "playbook"), account(file))); got.Reports[0].Rows != 2 {
			t.Errorf("report: %+v", got.Reports[0])
		}
	}
}

func TestRead_orderOfRecordsMakesNoDifference(t *testing.T) {
	records := strings.SplitAfter(strings.TrimPrefix(eventsText+"a9,web,2026-11-05\na1,web,2026-11-03\n,mail,\n", "account_id,type,at\n"), "\n")
	records = records[:len(records)-1]
	want := ""
	for i := range 20 {
		rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(records), func(a, b int) { records[a], records[b] = records[b], records[a] })
		got := mustRead(t, request(folder(t, "a.csv", accountsText, "e.csv", "account_id,type,at\n"+strings.Join(records, "")), account("a.csv"), activity("e.csv")))
		text := fmt.Sprintf("%v %v", rows(got.Frame.Table("activity")), got.Frame.Table("activity").Parent("account").Up)
		if want == "" {
			want = text
		}
		diff(t, text, want)
	}
}

func TestRead_keyOfAnotherTypeThanItsFieldIsItsOwnColumn(t *testing.T) {
	e := account("a.csv")
	e.Key = "employees"
	table := mustRead(t, request(folder(t, "a.csv", "id,name,employees,intent\nx,,007,\ny,,2,\n"), e)).Frame.Table("account")
	diff(t, []string{table.Key(0), table.Key(1)}, []string{"007", "2"})
	diff(t, rows(table), [][]any{{nil, int64(7), nil, "x"}, {nil, int64(2), nil, "y"}})
}

// largeText gives accounts of so many bytes.
func largeText(size int) string {
	var text strings.Builder
	text.WriteString("id,name,employees,intent\n")
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "a%d,Account number %d,%d,\"{\"\"bi\"\":%d}\"\n", i, i, i, i%100)
	}
	return text.String()
}

func TestRead_endOfContextStopsIt(t *testing.T) {
	dir := folder(t, "a.csv", largeText(20<<20))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, request(dir, account("a.csv"))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}

	ctx, cancel = context.WithCancel(context.Background())
	r := request(dir, account("a.csv"))
	var at time.Time
	r.Progress = func(Progress) {
		if at.IsZero() {
			at = time.Now()
			cancel()
		}
	}
	_, err := Read(ctx, r)
	if late := time.Since(at); !at.IsZero() && late > 100*time.Millisecond {
		t.Errorf("it took %s to stop", late)
	}
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(fmt.Sprint(err), "reading account: ") {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestRead_endOfContextStopsLinking(t *testing.T) {
	x := &reading{table: newTable(account(""), Request{})}
	for i := range 300_000 {
		for _, c := range x.table.builder.Columns[:3] {
			c.AppendMissing()
		}
		x.table.builder.Key.AppendString(fmt.Sprint(i * 7919 % 300_000))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := link(ctx, []*reading{x}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestRead_measuresByTheClockItIsGiven(t *testing.T) {
	r := request(folder(t, "a.csv", accountsText), account("a.csv"))
	at := now
	r.Clock = func() time.Time { at = at.Add(time.Second); return at }
	if took := mustRead(t, r).Reports[0].Took; took != time.Second {
		t.Errorf("reading took %s, want a second", took)
	}
}

func TestRead_tellsProgress(t *testing.T) {
	r := request(folder(t, "a.csv", largeText(8<<20), "e.csv", eventsText), account("a.csv"), activity("e.csv"))
	last := map[string]Progress{}
	calls := 0
	r.Progress = func(p Progress) {
		calls++
		if before := last[p.Entity]; p.Rows < before.Rows || p.Bytes < before.Bytes || p.Bytes > p.Total {
			t.Errorf("%+v after %+v", p, before)
		}
		last[p.Entity] = p
	}
	start := time.Now()
	got := mustRead(t, r)
	if limit := 2 * (2 + int(time.Since(start)/interval)); calls > limit {
		t.Errorf("%d calls in %s, want %d at the most", calls, time.Since(start), limit)
	}
	for _, report := range got.Reports {
		want := Progress{Entity: report.Entity, Rows: report.Rows, Bytes: report.Bytes, Total: report.Bytes}
		if last[report.Entity] != want {
			t.Errorf("the last progress is %+v, want %+v", last[report.Entity], want)
		}
	}
}

// growing is a format that lengthens its own file while it is read.
type growing struct{ path string }

func (g growing) read(*table) (diag.List, error) {
	file, err := os.OpenFile(g.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString("a3,,,\n")
	return nil, errors.Join(err, file.Close())
}

func TestRead_fileThatChangesMeanwhileIsRefused(t *testing.T) {
	dir := folder(t, "a.csv", accountsText)
	in, err := openInput(context.Background(), filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	x := &reading{table: newTable(account("a.csv"), request(dir)), in: in, format: growing{filepath.Join(dir, "a.csv")}, progress: &meter{}}
	problems, err := x.read(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, lines(problems), "a.csv: the file changed while it was read | write exports under another name and rename them\n")
	if err := in.file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRead_nothing(t *testing.T) {
	if got := mustRead(t, request(t.TempDir())); len(got.Frame.Tables) != 0 || len(got.Reports) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestRead_entityWithoutFieldsOrKey(t *testing.T) {
	e := &playbook.Entity{Name: "x", File: "a.csv"}
	if got := mustRead(t, request(folder(t, "a.csv", accountsText), e)); got.Frame.Table("x").Rows != 0 {
		t.Errorf("%d rows of no columns", got.Frame.Table("x").Rows)
	}
}
