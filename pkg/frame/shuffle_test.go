package frame

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// record is a row of any entity: its key, its parents' keys and its fields' values.
type record struct {
	key     string
	parents []any
	values  []any
}

// fieldTypes are the types of the fields of every entity in shuffle tests. The first is the time of events.
var fieldTypes = []Type{scalar(Time), scalar(String), scalar(Double), scalar(Bool), listOf(scalar(String)), mapOf(scalar(Int))}

// drawValue draws a value from few, so that ties are common.
func drawValue(t *rapid.T, of Type) any {
	if rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
		return nil
	}
	n := rapid.IntRange(0, 2).Draw(t, "value")
	switch of.Kind {
	case Bool:
		return n == 0
	case Int, Time:
		return int64(n)
	case Double:
		return samples[3].values[2+n]
	case String:
		return strings.Repeat("x", n)
	case List:
		list := []any{}
		for range n {
			list = append(list, drawValue(t, *of.Elem))
		}
		return list
	}
	entries := []pair{}
	for i := range n {
		entries = append(entries, pair{string(rune('a' + i)), drawValue(t, *of.Elem)})
	}
	return entries
}

// drawRecords draws records with distinct keys; parents are named by keys of which some are not there.
func drawRecords(t *rapid.T, entity string, parents ...string) []record {
	records := make([]record, rapid.IntRange(0, 12).Draw(t, entity))
	for i := range records {
		records[i].key = fmt.Sprint(entity, i)
		for _, p := range parents {
			var key any
			if n := rapid.IntRange(-1, 5).Draw(t, p); n >= 0 {
				key = fmt.Sprint(p, n)
			}
			records[i].parents = append(records[i].parents, key)
		}
		for _, of := range fieldTypes {
			records[i].values = append(records[i].values, drawValue(t, of))
		}
	}
	return records
}

// build makes a builder of records. Events have no key.
func build(entity string, event bool, records []record, parents ...string) *Builder {
	b := &Builder{Entity: entity}
	for i, of := range fieldTypes {
		b.Columns = append(b.Columns, NewColumn(fmt.Sprint("f", i), of))
	}
	if b.Time = "f0"; !event {
		b.Time, b.Key = "", NewColumn("id", scalar(String))
	}
	for _, p := range parents {
		b.Parents = append(b.Parents, ParentLink{p, entity + "s", NewColumn(p+"_id", scalar(String))})
	}
	for _, r := range records {
		for i, v := range r.values {
			put(b.Columns[i], v)
		}
		for i, key := range r.parents {
			put(b.Parents[i].Keys, key)
		}
		if b.Key != nil {
			b.Key.AppendString(r.key)
		}
	}
	return b
}

// dump writes everything that a frame says, without the codes of strings, which depend on the order of reading.
func dump(f *Frame) string {
	var out strings.Builder
	for _, table := range f.Tables {
		fmt.Fprintf(&out, "%s: %d rows\n", table.Entity, table.Rows)
		for row := range table.Rows {
			if table.HasKey() {
				fmt.Fprintf(&out, "%s ", table.Key(row))
			}
			for _, c := range table.Columns {
				fmt.Fprintf(&out, "%s ", show(get(c, row)))
			}
			for _, r := range table.Parents() {
				fmt.Fprintf(&out, "%s:%d ", show(get(r.Keys, row)), r.Up[row])
			}
			out.WriteString("\n")
		}
		for _, r := range table.Parents() {
			fmt.Fprintf(&out, "%s of %s: %v %v, %d orphans\n", r.Plural, r.Parent.Entity, r.Start, r.Down, r.Orphans)
			if first, run := r.Run(); run {
				fmt.Fprintf(&out, "from %d on\n", first)
			}
		}
	}
	return out.String()
}

func TestLink_orderOfReadingMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accounts, people := drawRecords(t, "account"), drawRecords(t, "person", "account")
		events := drawRecords(t, "event", "account", "person")
		link := func(accounts, people, events []record) string {
			return dump(Link([]*Builder{
				build("account", false, accounts),
				build("person", false, people, "account"),
				build("event", true, events, "account", "person"),
			}))
		}
		shuffled := func(records []record, name string) []record { return rapid.Permutation(records).Draw(t, name) }
		want := link(accounts, people, events)
		got := link(shuffled(accounts, "accounts"), shuffled(people, "people"), shuffled(events, "events"))
		if got != want {
			t.Fatalf("in another order:\n%s\nat first:\n%s", got, want)
		}
	})
}

// TestLink_relationsAreWhatKeysSay checks a frame against its own keys, row by row.
func TestLink_relationsAreWhatKeysSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Link([]*Builder{
			build("account", false, drawRecords(t, "account")),
			build("event", true, drawRecords(t, "event", "account"), "account"),
		})
		r := f.Table("event").Parent("account")
		orphans, children := 0, 0
		for row, up := range r.Up {
			parent, ok := int32(-1), false
			if r.Keys.IsKnown(row) {
				var at int
				if at, ok = r.Parent.Row(r.Keys.Text(row)); ok {
					parent = int32(at)
				} else {
					orphans++
				}
			}
			if up != parent {
				t.Fatalf("the parent of row %d is %d, want %d", row, up, parent)
			}
		}
		for parent := range r.Parent.Rows {
			for i, row := range r.Of(parent) {
				children++
				if r.Up[row] != int32(parent) || i > 0 && r.Child.Time().compare(int(r.Of(parent)[i-1]), int(row)) > 0 {
					t.Fatalf("child %d of row %d is out of place", row, parent)
				}
			}
		}
		if r.Orphans != orphans || children != len(r.Down) {
			t.Fatalf("%d orphans, want %d; %d children, want %d", r.Orphans, orphans, children, len(r.Down))
		}
	})
}

// BenchmarkLink links a world that is not in order: accounts, three people and ten events for each.
func BenchmarkLink(b *testing.B) {
	const accounts = 100_000
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		builders := scrambled(accounts)
		b.StartTimer()
		Link(builders)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(14*accounts), "ns/row")
}

// scrambled makes a world whose rows stand in an order that multiplying by a prime gives.
func scrambled(accounts int) []*Builder {
	const prime = 15_485_863
	id := func(entity string, i, n int) string { return fmt.Sprintf("%s-%07d", entity, i*prime%n) }
	account, person := build("account", false, nil), build("person", false, nil, "account")
	event := build("event", true, nil, "account", "person")
	text := []any{nil, "web_visit", "email_open"}
	fill := func(b *Builder, i int) {
		for c, v := range []any{int64(i * prime % 1_000_003), text[i%3], float64(i), i%2 == 0, []any{"x"}, nil} {
			put(b.Columns[c], v)
		}
	}
	for i := range accounts {
		account.Key.AppendString(id("a", i, accounts))
		fill(account, i)
	}
	for i := range 3 * accounts {
		person.Key.AppendString(id("p", i, 3*accounts))
		person.Parents[0].Keys.AppendString(id("a", i, accounts))
		fill(person, i)
	}
	for i := range 10 * accounts {
		event.Parents[0].Keys.AppendString(id("a", i, accounts))
		event.Parents[1].Keys.AppendString(id("p", i, 3*accounts))
		fill(event, i)
	}
	return []*Builder{account, person, event}
}
