package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// shelf is a connector that has the records it is told to have.
type shelf struct {
	connector.Connector
	objects map[string][]map[string]any
	fails   error // after the records
	many    int   // how often the records come
	began   func(n int)
}

func (s *shelf) Records(ctx context.Context, object string, fields []string, _ time.Time, each func([]any) error) error {
	records, ok := s.objects[object]
	if !ok {
		return &connector.NoObjectError{Where: "the shelf", Object: object, Known: []string{"accounts"}}
	}
	row, n := make([]any, len(fields)), 0
	for range max(1, s.many) {
		for _, r := range records {
			for i, f := range fields {
				if row[i] = r[f]; f == "gone" {
					return &connector.NoFieldError{Object: object, Field: f, Known: []string{"gone_by"}}
				}
			}
			if s.began != nil {
				s.began(n)
			}
			n++
			if err := errors.Join(ctx.Err(), each(row)); err != nil {
				return err
			}
		}
	}
	return s.fails
}

// stamped is a shelf with snapshots.
type stamped struct {
	*shelf
	open, made int
}

func (s *stamped) Snapshot(context.Context) (connector.RecordReader, func(), error) {
	s.open++
	s.made++
	return s.shelf, func() { s.open-- }, nil
}

func fromShelf(e *playbook.Entity, table string) *playbook.Entity {
	e.File, e.From = "", playbook.From{Connector: "dwh", Object: "table", Table: table}
	return e
}

func shelfRequest(c connector.Connector, entities ...*playbook.Entity) Request {
	r := request("", entities...)
	r.Connectors = map[string]connector.Connector{"dwh": c}
	return r
}

type record = map[string]any

func TestRead_objectsAreLinkedAndOfOneMoment(t *testing.T) {
	s := &stamped{shelf: &shelf{objects: map[string][]map[string]any{
		"accounts": {{"id": "a2"}, {"id": int64(1), "name": "A", "employees": int64(3), "intent": record{"x": int64(2), "a": 1.0, "none": nil}}},
		"events": {{"account_id": 1.0, "type": "web", "at": now.Add(-time.Hour)}, {"account_id": "a2", "type": "mail", "at": "2026-11-01"},
			{"account_id": "a2", "type": "later", "at": now.Add(time.Hour)}, {"account_id": "", "type": "", "at": nil}}}}}
	got := mustRead(t, shelfRequest(s, fromShelf(account(""), "accounts"), fromShelf(activity(""), "events")))
	accounts, events := got.Frame.Table("account"), got.Frame.Table("activity")
	diff(t, rows(accounts), [][]any{{"A", int64(3), []entry{{"a", int64(1)}, {"x", int64(2)}}, "1"}, {nil, nil, nil, "a2"}})
	if n := len(rows(events)); n != 3 {
		t.Errorf("there are %d events", n)
	}
	of := accounts.Children("activities")
	if len(of.Of(0)) != 1 || len(of.Of(1)) != 1 {
		t.Errorf("of the accounts are %v and %v", of.Of(0), of.Of(1))
	}
	if r := got.Reports[1]; r.Future != 1 || r.Rows != 3 || r.File != "dwh.table events" || !r.Modified.Equal(now) {
		t.Errorf("report: %+v", r)
	}
	if s.open != 0 || s.made != 1 {
		t.Errorf("%d snapshots were made, %d are open", s.made, s.open)
	}
}

func TestRead_badRecordsOfObjectsAreNamed(t *testing.T) {
	e := fromShelf(account(""), "accounts")
	e.Fields = append(e.Fields, field("email", scalar(frame.String)), field("at", scalar(frame.Time)), field("tags", listOf(frame.String)), field("fit", scalar(frame.Double)), field("in", scalar(frame.Bool)))
	good := record{"email": true, "employees": "12.0", "at": "2026-11-01", "tags": "a; b", "fit": int64(2), "in": "true", "intent": `{"a": 1}`, "name": 7.0}
	var records []map[string]any
	for i := range 20 {
		r := record{"id": fmt.Sprint("g", i)}
		for k, v := range good {
			r[k] = v
		}
		records = append(records, r)
	}
	records = append(records, record{"id": "a1", "employees": "many"}, record{"id": "a2", "employees": 1.5}, record{"id": "a3", "intent": []any{"x"}}, record{"id": "a4", "at": "infinity"},
		record{"id": "a5", "tags": []any{nil}}, record{"name": "x"}, record{"id": "a6", "in": int64(1)}, record{"id": "g1"}, record{"id": "a7", "name": []any{}}, record{"id": "a8", "name": "\xff"})
	got := mustRead(t, shelfRequest(&shelf{objects: map[string][]map[string]any{"accounts": records}}, e))
	r := got.Reports[0]
	if r.Rows != 20 || r.Bad != 10 {
		t.Errorf("there are %d rows, %d bad", r.Rows, r.Bad)
	}
	var texts []string
	for _, p := range r.BadSamples {
		texts = append(texts, p.Error())
	}
	diff(t, texts, []string{
		`dwh.table accounts: account "a1": employees: "many" is not an int`,
		`dwh.table accounts: account "a2": employees: 1.5 is not an int`,
		`dwh.table accounts: account "a3": intent: a list is not a map(string, int)`,
		`dwh.table accounts: account "a4": at: "infinity" is not a timestamp`,
		`dwh.table accounts: account "a5": tags: a list with a null in it`,
		`dwh.table accounts: account 26, as they came: id: the key is missing`,
		`dwh.table accounts: account "a6": in: "1" is not a bool`,
		`dwh.table accounts: account "g1": id: "g1" is the key of another record already`,
		`dwh.table accounts: account "a7": name: a list is not a string`,
		`dwh.table accounts: account "a8": name: "\xff" is not UTF-8`,
	})
	if first := rows(got.Frame.Table("account"))[0]; fmt.Sprint(first) != fmt.Sprint([]any{"7", int64(12), []entry{{"a", int64(1)}}, "g0", "true", "2026-11-01T00:00:00Z", []any{"a", "b"}, 2.0, true}) {
		t.Errorf("a good one is %v", first)
	}
}

func TestRead_saysWhatIsWrongWithAnObject(t *testing.T) {
	s := &shelf{objects: map[string][]map[string]any{"accounts": {{"id": "a"}}}}
	gone := fromShelf(account(""), "accounts")
	gone.Fields = append(gone.Fields, field("gone", scalar(frame.String)))
	stop := fromShelf(account(""), "bad")
	s.objects["bad"] = []map[string]any{{"id": nil}}
	for want, r := range map[string]Request{
		`the shelf has no "account" did you mean "accounts"?`:                                     shelfRequest(s, fromShelf(account(""), "account")),
		`dwh.table accounts has no field "gone", a field of account known: gone_by`:               shelfRequest(s, gone),
		`no records can be read from connector dwh export them to a file: file: data/account.csv`: shelfRequest(struct{ connector.Connector }{s}, fromShelf(account(""), "accounts")),
		`1 of 1 records of account are bad: they are not what the playbook says`:                  shelfRequest(s, stop),
		`reading account from dwh.table accounts: the wire broke`:                                 shelfRequest(&shelf{objects: s.objects, fails: errors.New("the wire broke")}, fromShelf(account(""), "accounts")),
		`reading account from dwh.table accounts: a record has 1 values for 4 fields`:             shelfRequest(short{s}, fromShelf(account(""), "accounts")),
	} {
		p := failRead(t, r)[0]
		if got := p.Message + " " + p.Hint; !strings.HasPrefix(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// short is a connector that gives less than it is asked for.
type short struct{ *shelf }

func (short) Records(_ context.Context, _ string, _ []string, _ time.Time, each func([]any) error) error {
	return each([]any{"a"})
}

func TestRead_objectsAreFreshByAField(t *testing.T) {
	s := &shelf{objects: map[string][]map[string]any{"accounts": {{"id": "a", "at": now.Add(-30 * time.Hour)}, {"id": "b", "at": now.Add(-26 * time.Hour)}, {"id": "c"}}}}
	e := fromShelf(account(""), "accounts")
	e.Fields = append(e.Fields, field("at", scalar(frame.Time)))
	e.Fresh = playbook.Fresh{Within: 24 * time.Hour, By: "at"}
	r := shelfRequest(s, e)
	if got := mustRead(t, r).Reports[0]; !got.Stale || got.Age != 26*time.Hour {
		t.Errorf("report: %+v", got)
	}
	e.Fresh.Refuse = true
	if p := failRead(t, r)[0]; p.Message != "dwh.table accounts is 1d 2h old; account accepts 1d" {
		t.Errorf("problem: %+v", p)
	}
	r.OldIsFit = true
	if got := mustRead(t, r).Reports[0]; !got.Stale {
		t.Errorf("report: %+v", got)
	}
	for _, record := range s.objects["accounts"] {
		delete(record, "at")
	}
	if got := mustRead(t, r).Reports[0]; got.Stale || len(got.Warnings) != 1 {
		t.Errorf("report: %+v", got)
	}
}

func TestRead_ofAnObjectStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &shelf{objects: map[string][]map[string]any{"accounts": {{"id": "a"}, {"id": "b"}}}, many: 1 << 40, began: func(n int) {
		if n == 3*partRows {
			cancel()
		}
	}}
	_, err := Read(ctx, shelfRequest(s, fromShelf(account(""), "accounts")))
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "reading account: ") {
		t.Errorf("it gives %v", err)
	}
	s.began = nil
	stop := fromShelf(account(""), "accounts")
	stop.BadStop = true                                             // the same keys again and again
	if list := failRead(t, shelfRequest(s, stop)); len(list) != 2 { // of its ten samples each once
		t.Errorf("it gives %v", list)
	}
}

// What is read does not depend on where parts end.
func TestRead_manyPartsOfAnObject(t *testing.T) {
	var records []map[string]any
	for i := range 2*partRows + 7 {
		records = append(records, record{"id": fmt.Sprint("k", i), "name": fmt.Sprint("n", i%10), "employees": int64(i)})
	}
	got := mustRead(t, shelfRequest(&shelf{objects: map[string][]map[string]any{"accounts": records}}, fromShelf(account(""), "accounts")))
	table := got.Frame.Table("account")
	if table.Rows != len(records) {
		t.Fatalf("there are %d rows", table.Rows)
	}
	for _, i := range []int{0, partRows - 1, partRows, 2 * partRows, 2*partRows + 6} {
		row, ok := table.Row(fmt.Sprint("k", i))
		if want := []any{fmt.Sprint("n", i%10), int64(i), nil, fmt.Sprint("k", i)}; !ok || !slices.Equal(rows(table)[row], want) {
			t.Errorf("record %d is %v", i, rows(table)[row])
		}
	}
}
