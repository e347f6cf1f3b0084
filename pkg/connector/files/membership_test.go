package files_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

func TestAdd_fieldsAreFurtherColumns(t *testing.T) {
	for name, c := range map[string]struct {
		before   string
		items    []connector.Item
		statuses string
		after    string
	}{
		"a column that is there":    {"id,role\na,user\n", []connector.Item{set("b", "role", "buyer")}, "done", "id,role\na,user\nb,buyer\n"},
		"a new column":              {"id\na\n", []connector.Item{set("b", "role", "buyer"), set("c")}, "done, done", "id,role\na,\nb,buyer\nc,\n"},
		"no column for no value":    {"id\na\n", []connector.Item{set("b", "role", "")}, "done", "id\na\nb\n"},
		"who is a member stays":     {"id,role\na,user\n", []connector.Item{set("a", "role", "buyer"), set("A@x.com", "role", "x"), set("a@X.com", "role", "y")}, "already, done, already", "id,role\na,user\nA@x.com,x\n"},
		"an empty file":             {"", []connector.Item{set("b", "role", "buyer", "note", "x")}, "done", "id,note,role\nb,x,buyer\n"},
		"other bytes are kept":      {"\ufeffid, role ,mine\r\n\"a\",\"x\",1\r\n", []connector.Item{set("b", "role", "a,b", "note", "n")}, "done", "\ufeffid, role ,mine,note\r\n\"a\",\"x\",1,\r\nb,\"a,b\",,n\r\n"},
		"a bad field is rejected":   {"id\n", []connector.Item{set("b", "id", "c"), set("c", "role", "\xff"), set("d")}, "rejected the field id is the record's own id, rejected the field role is not UTF-8 text, done", "id\nd\n"},
		"what a crash left is gone": {"id,role\na,\n\x00,buy", []connector.Item{set("b", "role", "buyer")}, "done", "id,role\na,\nb,buyer\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("audiences/Intent.csv", c.before)
			if got := statuses(d.write(connector.Add, audience("Intent"), c.items...)); got != c.statuses {
				t.Errorf("outcomes are %s, want %s", got, c.statuses)
			}
			d.want("audiences/Intent.csv", c.after)
		})
	}
}

func TestSet_fieldsOfMembers(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id,role,mine\na,user,\"1\"\nb,,2\na,,3\n")
	got := statuses(d.write(connector.Set, audience("Intent"), set("a", "role", "buyer"), set("b", "note", "x"), set("c", "role", "x"), set("b", "note", "x")))
	want := "done, done, rejected it is no member: its id is not in desk/audiences/Intent.csv, already"
	if got != want {
		t.Errorf("outcomes are %s, want %s", got, want)
	}
	d.want("audiences/Intent.csv", "id,role,mine,note\na,buyer,\"1\",\nb,,2,x\na,buyer,3,\n")
}

// TestFields_columnsOfOneName: which one holds a field could not be told; who is in is not in doubt.
func TestFields_columnsOfOneName(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id,role,role\na,x,y\n")
	want := `reading desk/audiences/Intent.csv: line 1: two columns are called "role"`
	if _, err := d.MembershipFields(t.Context(), audience("Intent"), []string{"a"}, []string{"role"}); err == nil || err.Error() != want {
		t.Errorf("reading gives %v", err)
	}
	if got := d.fail(connector.Set, audience("Intent"), set("a", "role", "z")); got != want {
		t.Errorf("setting gives %s", got)
	}
	if got := d.fail(connector.Add, audience("Intent"), set("b", "role", "z")); got != want {
		t.Errorf("adding with fields gives %s", got)
	}
	d.write(connector.Add, audience("Intent"), ids("b")...)
	d.want("audiences/Intent.csv", "id,role,role\na,x,y\nb,,\n")
}

func TestCollections_areTheFilesWithNames(t *testing.T) {
	d := newDesk(t)
	for _, file := range []string{"Z.csv", "Q3%3A renewals.csv", "a.csv", "notes.txt", ".hidden.csv", ".a.csv123", "bad%zz.csv", ".csv"} {
		d.put("audiences/"+file, "id\n")
	}
	d.put("lists/Other.csv", "id\n")
	got, err := d.Collections(t.Context(), "audience")
	if want := []string{"Q3: renewals", "Z", "a"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
	if got, err := d.Collections(t.Context(), "sequence"); err != nil || len(got) != 0 {
		t.Errorf("a kind without a folder: %q and %v", got, err)
	}
	if _, err := d.Collections(t.Context(), "segment"); err == nil || !strings.Contains(err.Error(), `no such kind as "segment"`) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestMembershipsOf_idsAsAskedFor(t *testing.T) {
	d := newDesk(t)
	d.put("lists/B.csv", "id,x\nAnn@X.com,\nc,\nann@x.com,\n")
	d.put("lists/A.csv", "id\nann@x.com\n")
	d.put("audiences/C.csv", "id\nann@x.com\n")
	got, err := d.MembershipsOf(t.Context(), "list", []string{"ANN@x.com", " c", "d", "ann@x.com"})
	want := map[string][]string{"ANN@x.com": {"A", "B"}, " c": {"B"}, "ann@x.com": {"A", "B"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestMembershipsOf_fileThatCantBeRead: who is in it is not known, so nothing is.
func TestMembershipsOf_fileThatCantBeRead(t *testing.T) {
	d := newDesk(t)
	d.put("lists/A.csv", "id\na\n")
	d.put("lists/B.csv", "id\na,b\n")
	_, err := d.MembershipsOf(t.Context(), "list", []string{"a"})
	if want := "reading desk/lists/B.csv: line 2: 2 cells, where the header has 1"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	d.put("sequences", "a file where a folder should be")
	_, err = d.MembershipsOf(t.Context(), "sequence", []string{"a"})
	if want := "reading desk/sequences: not a directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
