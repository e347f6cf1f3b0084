package frame

import (
	"fmt"
	"slices"
	"testing"
)

// world makes builders of accounts, people of accounts, and activities of both.
func world(accounts, people []string, activities [][3]any) []*Builder {
	account := &Builder{Entity: "account", Key: NewColumn("id", scalar(String))}
	account.Columns = []*Column{account.Key}
	for _, id := range accounts {
		account.Key.AppendString(id)
	}
	person := &Builder{Entity: "person", Key: NewColumn("id", scalar(String))}
	person.Parents = []ParentLink{{"account", "people", NewColumn("account_id", scalar(String))}}
	for _, id := range people {
		person.Key.AppendString(id)
		put(person.Parents[0].Keys, accountOf(id))
	}
	activity := &Builder{Entity: "activity", Time: "at", Columns: []*Column{NewColumn("type", scalar(String)), NewColumn("at", scalar(Time))}}
	activity.Parents = []ParentLink{
		{"account", "activities", NewColumn("account_id", scalar(String))},
		{"person", "activities", NewColumn("person_id", scalar(String))},
	}
	for i, a := range activities {
		put(activity.Parents[0].Keys, a[0])
		put(activity.Parents[1].Keys, a[1])
		put(activity.Columns[1], a[2])
		activity.Columns[0].AppendString(fmt.Sprint("t", i))
	}
	return []*Builder{account, person, activity}
}

// accountOf gives the account of a person "a1/p1", nil for "p1".
func accountOf(person string) any {
	for i := range person {
		if person[i] == '/' {
			return person[:i]
		}
	}
	return nil
}

// types gives the types of some activities.
func types(t *Table, rows []uint32) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, t.Column("type").Text(int(r)))
	}
	return out
}

func TestLink_sortsRecordsByKey(t *testing.T) {
	table := Link(world([]string{"b", "", "a", "Ä", "a1", "B"}, nil, nil)).Table("account")
	want := []string{"", "B", "a", "a1", "b", "Ä"}
	for row, key := range want {
		if table.Key(row) != key {
			t.Errorf("key of row %d is %q, want %q", row, table.Key(row), key)
		}
		if got, ok := table.Row(key); !ok || got != row {
			t.Errorf("row of %q is %d, %t; want %d", key, got, ok, row)
		}
	}
	if _, ok := table.Row("c"); ok {
		t.Error("found a key that is not there")
	}
	if table.Rows != len(want) || !table.HasKey() || table.Time() != nil {
		t.Errorf("%d rows, key %t, time %v", table.Rows, table.HasKey(), table.Time())
	}
}

func TestLink_findsChildrenOfParents(t *testing.T) {
	f := Link(world([]string{"a2", "a1", "a3"}, []string{"a1/p3", "a2/p1", "a9/p4", "p5", "a1/p2"}, nil))
	account, person := f.Table("account"), f.Table("person")
	people := account.Children("people")
	if people == nil || people != person.Parent("account") || people.Child != person || people.Parent != account {
		t.Fatal("the relation is not reached from both sides")
	}
	for id, want := range map[string][]string{"a1": {"a1/p2", "a1/p3"}, "a2": {"a2/p1"}, "a3": nil} {
		row, _ := account.Row(id)
		var got []string
		for _, p := range people.Of(row) {
			got = append(got, person.Key(int(p)))
			if people.Up[p] != int32(row) {
				t.Errorf("the parent of %s is row %d, want %d", person.Key(int(p)), people.Up[p], row)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("people of %s: %v, want %v", id, got, want)
		}
	}
	if people.Orphans != 1 {
		t.Errorf("%d orphans, want 1: a person without an account is none", people.Orphans)
	}
	for _, id := range []string{"a9/p4", "p5"} {
		if row, _ := person.Row(id); people.Up[row] != -1 {
			t.Errorf("%s has parent %d, want none", id, people.Up[row])
		}
	}
	if row, _ := person.Row("a9/p4"); people.Keys.Text(row) != "a9" {
		t.Errorf("the orphan names %q, want a9", people.Keys.Text(row))
	}
}

func TestLink_ordersEventsByParentTimeAndContent(t *testing.T) {
	f := Link(world([]string{"a2", "a1"}, []string{"a1/p1", "a1/p2"}, [][3]any{
		{"a2", nil, int64(5)},      // t0
		{"a1", "a1/p1", int64(9)},  // t1
		{"a1", "a1/p2", int64(2)},  // t2
		{nil, "a1/p1", int64(1)},   // t3
		{"a9", nil, int64(0)},      // t4
		{"a1", nil, nil},           // t5
		{"a1", "a1/p1", int64(2)},  // t6
		{"a2", "a1/p1", int64(-3)}, // t7
	}))
	account, person, activity := f.Table("account"), f.Table("person"), f.Table("activity")
	var order []string
	for row := range activity.Rows {
		order = append(order, activity.Column("type").Text(row))
	}
	if want := []string{"t4", "t3", "t5", "t2", "t6", "t1", "t7", "t0"}; !slices.Equal(order, want) {
		t.Errorf("events stand as %v, want %v", order, want)
	}
	if activity.Time() != activity.Column("at") || activity.HasKey() {
		t.Error("the time column is not the one declared")
	}

	ofAccounts := activity.Parents()[0]
	if want := []string{"t5", "t2", "t6", "t1"}; !slices.Equal(types(activity, ofAccounts.Of(0)), want) {
		t.Errorf("events of a1: %v, want %v, those without a time first", types(activity, ofAccounts.Of(0)), want)
	}
	if want := []string{"t7", "t0"}; !slices.Equal(types(activity, ofAccounts.Of(1)), want) {
		t.Errorf("events of a2: %v, want %v", types(activity, ofAccounts.Of(1)), want)
	}
	if ofAccounts.Orphans != 1 {
		t.Errorf("%d orphans, want 1", ofAccounts.Orphans)
	}

	ofPeople := activity.Parents()[1]
	if ofPeople != person.Children("activities") || ofAccounts != account.Children("activities") || ofPeople != activity.Parent("person") {
		t.Fatal("the second parent is not reached from both sides")
	}
	row, _ := person.Row("a1/p1")
	if want := []string{"t7", "t3", "t6", "t1"}; !slices.Equal(types(activity, ofPeople.Of(row)), want) {
		t.Errorf("events of a1/p1: %v, want %v, in order of time over accounts", types(activity, ofPeople.Of(row)), want)
	}
}

func TestLink_keyedEventsStandByKeyAndAreChildrenByTime(t *testing.T) {
	builders := world([]string{"a1"}, nil, nil)
	visit := &Builder{Entity: "visit", Time: "at", Key: NewColumn("id", scalar(String)), Columns: []*Column{NewColumn("at", scalar(Time))}}
	visit.Parents = []ParentLink{{"account", "visits", NewColumn("account_id", scalar(String))}}
	for _, v := range []struct {
		id string
		at any
	}{{"v3", int64(1)}, {"v1", int64(2)}, {"v2", nil}, {"v0", int64(1)}} {
		visit.Key.AppendString(v.id)
		put(visit.Columns[0], v.at)
		visit.Parents[0].Keys.AppendString("a1")
	}
	f := Link(append(builders, visit))
	table := f.Table("visit")
	var got []string
	for _, row := range f.Table("account").Children("visits").Of(0) {
		got = append(got, table.Key(int(row)))
	}
	if want := []string{"v2", "v0", "v3", "v1"}; !slices.Equal(got, want) {
		t.Errorf("visits %v, want %v", got, want)
	}
	if table.Key(0) != "v0" || table.Key(3) != "v3" {
		t.Errorf("the table begins with %q and ends with %q, want v0 and v3", table.Key(0), table.Key(3))
	}
}

func TestLink_twoColumnsMayNameTheSameParent(t *testing.T) {
	builders := world([]string{"a1", "a2"}, []string{"a1/p1"}, nil)
	former := NewColumn("former_id", scalar(String))
	former.AppendString("a2")
	builders[1].Parents = append(builders[1].Parents, ParentLink{"account", "leavers", former})
	f := Link(builders)
	account := f.Table("account")
	if got := account.Children("people").Of(0); len(got) != 1 {
		t.Errorf("people of a1: %v", got)
	}
	if got := account.Children("leavers").Of(1); len(got) != 1 || len(account.Children("leavers").Of(0)) != 0 {
		t.Errorf("leavers of a2: %v", got)
	}
	if parents := f.Table("person").Parents(); len(parents) != 2 || parents[1].Plural != "leavers" {
		t.Errorf("%d parents", len(parents))
	}
}

func TestLink_columnsInSeveralPlacesAreOne(t *testing.T) {
	builders := world([]string{"b", "a"}, []string{"b/p2", "a/p1"}, nil)
	person := builders[1]
	person.Columns = []*Column{person.Key, person.Parents[0].Keys}
	f := Link(builders)
	table := f.Table("person")
	if table.Column("id").Text(0) != "a/p1" || table.Key(0) != "a/p1" || table.Column("account_id").Text(0) != "a" {
		t.Errorf("first row: %s %s %s", table.Column("id").Text(0), table.Key(0), table.Column("account_id").Text(0))
	}
	if table.Column("id") != table.keys || table.Column("account_id") != table.Parent("account").Keys {
		t.Error("a column in two places was copied twice")
	}
}

func TestLink_keepsTheOrderOfEntitiesAndTheOrderOfFields(t *testing.T) {
	builders := world([]string{"a"}, nil, [][3]any{{"a", nil, int64(1)}})
	slices.Reverse(builders)
	f := Link(builders)
	var got []string
	for _, table := range f.Tables {
		got = append(got, table.Entity)
	}
	if want := []string{"activity", "person", "account"}; !slices.Equal(got, want) {
		t.Errorf("tables %v, want %v", got, want)
	}
	if f.Table("deal") != nil || f.Table("account").Column("x") != nil || f.Table("account").Children("x") != nil || f.Table("account").Parent("x") != nil {
		t.Error("found what is not there")
	}
	if cols := f.Table("activity").Columns; cols[0].Name != "type" || cols[1].Name != "at" {
		t.Error("fields stand in another order than declared")
	}
}

func TestLink_nothing(t *testing.T) {
	f := Link(world(nil, nil, nil))
	for _, table := range f.Tables {
		if table.Rows != 0 {
			t.Errorf("%s has %d rows", table.Entity, table.Rows)
		}
	}
	if len(Link(nil).Tables) != 0 {
		t.Error("a frame of nothing has tables")
	}
	if people := f.Table("account").Children("people"); len(people.Start) != 1 || len(people.Down) != 0 {
		t.Errorf("offsets of no children: %v %v", people.Start, people.Down)
	}
}

func TestLink_sortsKeysThatShareABeginning(t *testing.T) {
	var ids, want []string
	for i := range 3000 {
		ids = append(ids, fmt.Sprintf("0015g00000%d", (i*7919)%3000))
	}
	ids = append(ids, "0015g00000", "0015g", "0015g\x00", "0015g00000\x00\x00")
	want = append(want, ids...)
	slices.Sort(want)
	table := Link(world(ids, nil, nil)).Table("account")
	for row, key := range want {
		if table.Key(row) != key {
			t.Fatalf("key of row %d is %q, want %q", row, table.Key(row), key)
		}
	}
}

func TestBuilder_countsAndDropsRows(t *testing.T) {
	b := world(nil, []string{"a/p1", "a/p2"}, nil)[1]
	if b.Rows() != 2 {
		t.Errorf("%d rows, want 2", b.Rows())
	}
	b.Parents[0].Keys.AppendString("a")
	if b.Rows() != 2 {
		t.Errorf("%d rows with half a row more, want 2", b.Rows())
	}
	b.Truncate(2)
	if b.Parents[0].Keys.Len() != 2 {
		t.Error("half a row was not dropped")
	}
	b.Truncate(0)
	if b.Rows() != 0 || b.Key.Len() != 0 {
		t.Errorf("%d rows after all were dropped", b.Rows())
	}
	if (&Builder{}).Rows() != 0 {
		t.Error("a builder without columns has rows")
	}
}
