package files_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
)

// set gives an item that sets fields: names and values in turn.
func set(id string, pairs ...any) connector.Item {
	item := connector.Item{ID: id, Fields: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		item.Fields[pairs[i].(string)] = pairs[i+1]
	}
	return item
}

func TestSet_file(t *testing.T) {
	for name, c := range map[string]struct {
		before   string
		items    []connector.Item
		outcomes string
		after    string
	}{
		"changes one cell": {
			"id,tier,note\na,gold,\"x\"\nb,silver, y \n", []connector.Item{set("a", "tier", "bronze")}, "done",
			"id,tier,note\na,bronze,\"x\"\nb,silver, y \n",
		},
		"appends new rows": {
			"id,tier,note\na,gold,x\n", []connector.Item{set("b", "note", "y"), set("c", "tier", "gold")}, "done, done",
			"id,tier,note\na,gold,x\nb,,y\nc,gold,\n",
		},
		"appends columns at the right": {
			"id,tier\n\na,gold\r\nb,\n", []connector.Item{set("b", "zeal", "1", "note", "x, y")}, "done",
			"id,tier,note,zeal\n\na,gold,,\r\nb,,\"x, y\",1\n",
		},
		"keeps a byte order mark and CRLF": {
			"\ufeffid,tier\r\na,gold\r\n", []connector.Item{set("a", "tier", "x", "note", "y"), set("b", "note", "z")}, "done, done",
			"\ufeffid,tier,note\r\na,x,y\r\nb,,z\r\n",
		},
		"ends an unfinished line": {
			"id,tier\na,gold", []connector.Item{set("a", "tier", "x"), set("b", "tier", "y")}, "done, done",
			"id,tier\na,x\nb,y\n",
		},
		"ends an unfinished line before new rows": {
			"id,tier\na,gold", []connector.Item{set("b", "tier", "y")}, "done",
			"id,tier\na,gold\nb,y\n",
		},
		"sets repeats together": {
			"id,tier\na,x\nb,x\nA,x\na,y\n", []connector.Item{set("a", "tier", "y")}, "done",
			"id,tier\na,y\nb,x\nA,x\na,y\n",
		},
		"clears": {
			"id,tier\na,x\n", []connector.Item{set("a", "tier", nil), set("a", "tier", "")}, "done, already",
			"id,tier\na,\n",
		},
		"needs no column for no value": {
			"id,tier\na,x\n", []connector.Item{set("a", "note", ""), set("b", "note", ""), set("b", "note", ""), set("c")},
			"already, done, already, already", "id,tier\na,x\nb,\n",
		},
		"lets later items see earlier ones": {
			"id,tier\na,x\n", []connector.Item{set("a", "tier", "y"), set("a", "tier", "y"), set("a", "tier", "x")},
			"done, already, done", "id,tier\na,x\n",
		},
		"gives an empty file a header": {
			"\n", []connector.Item{set("a", "tier", "x")}, "done",
			"\nid,tier\na,x\n",
		},
		"refuses bad names and values": {
			"id,tier\na,x\n",
			[]connector.Item{set("a", "id", "b"), set("a", "", "b"), set("a", " tier", "b"), set("a", "tier", "\x00"), set("", "tier", "y")},
			"rejected the field id is the record's own id, rejected a field's name is empty or has white space round it, " +
				"rejected a field's name is empty or has white space round it, rejected the field tier is not UTF-8 text, rejected the id is empty",
			"id,tier\na,x\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("company.csv", c.before)
			if got := statuses(d.write(connector.Set, kind("company"), c.items...)); got != c.outcomes {
				t.Errorf("outcomes are %s, want %s", got, c.outcomes)
			}
			d.want("company.csv", c.after)
			if err := d.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSet_makesTheFile(t *testing.T) {
	d := newDesk(t)
	d.write(connector.Set, kind("play/book"), set("a", "tier", "gold", "note", "two\nlines"), set("b", "tier", int64(3)))
	d.want("play%2Fbook.csv", "id,note,tier\na,\"two\nlines\",gold\nb,,3\n")
}

func TestFields_areByTheIDsAskedFor(t *testing.T) {
	d := newDesk(t)
	d.put("person.csv", "id, tier ,note\nAnn@X.com,gold,\nbob@x.com,,  spaces  \n")
	got, err := d.Fields(t.Context(), "person", []string{"ann@x.com", " Bob@x.com", "nobody"}, []string{"tier", "note", "id", "other"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{"ann@x.com": {"tier": "gold"}, " Bob@x.com": {"note": "  spaces  "}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFields_refusesTwoColumnsOfOneName(t *testing.T) {
	d := newDesk(t)
	d.put("person.csv", "id,tier,,,tier\n")
	want := `reading desk/person.csv: line 1: two columns are called "tier"`
	if _, err := d.Fields(t.Context(), "person", []string{"a"}, []string{"tier"}); err == nil || err.Error() != want {
		t.Errorf("reading gives %v, want %s", err, want)
	}
	if got := d.fail(connector.Set, kind("person"), set("a", "tier", "x")); got != want {
		t.Errorf("setting gives %s, want %s", got, want)
	}
	if err := d.Check(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("checking gives %v, want %s", err, want)
	}
}
