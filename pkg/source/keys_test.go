package source

import (
	"context"
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

func keysOf(t *testing.T, name, text string) ([]string, diag.List) {
	t.Helper()
	keys, err := ReadKeys(context.Background(), folder(t, name, text), &playbook.Segment{Name: "s", List: name})
	var problems diag.List
	if err != nil && !errors.As(err, &problems) {
		t.Fatal(err)
	}
	return keys, problems
}

func TestReadKeys_sortedAndOnce(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"first column":       {"k.csv", "account,name\na2,B\na1,\"A, Inc\"\na2,B\n", []string{"a1", "a2"}},
		"column id":          {"k.csv", "name, ID \nA,a1\nB,a2\n", []string{"a1", "a2"}},
		"column key":         {"k.CSV", "\ufeffname,key\r\nA,a1\r\n", []string{"a1"}},
		"id before key":      {"k.csv", "key,id\nx,a1\n", []string{"a1"}},
		"header alone":       {"k.csv", "id\n", nil},
		"lines":              {"k.txt", "\ufeff# ours\na2\r\n\n  a1 \na2\n#a3", []string{"a1", "a2"}},
		"no lines":           {"k.txt", "", nil},
		"lines with a comma": {"k.txt", "a,1\n", []string{"a,1"}},
	} {
		t.Run(name, func(t *testing.T) {
			keys, problems := keysOf(t, c.file, c.text)
			diff(t, lines(problems), "")
			diff(t, keys, c.want)
		})
	}
}

func TestReadKeys_nothingIsSkipped(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"empty":     {"k.csv", "", "k.csv: the file is empty | write a header, such as id\n"},
		"extension": {"k.xlsx", "", "k.xlsx: \"k.xlsx\" has an extension that can't be read | lists of keys can be .csv and .txt\n"},
		"csv": {"k.csv", "id,name\na1,A\n,B\na3\na4,\"D\na5,\"\n\xff,E\na6,F\"\n",
			"k.csv:3: column 1: the key is missing\n" +
				"k.csv:4: the record has another number of cells than the header | quote cells that have commas in them\n" +
				"k.csv:7: column 1: \"\\xff\" is not UTF-8 | export the file as UTF-8\n" +
				"k.csv:8: a quote inside a cell that does not begin with one, at byte 5\n"},
		"lines": {"k.txt", "a1\n\xff\n", "k.txt:2: \"\\xff\" is not UTF-8 | export the file as UTF-8\n"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, problems := keysOf(t, c.file, c.text)
			diff(t, lines(problems), c.want)
			if keys != nil {
				t.Errorf("got keys %v as well", keys)
			}
		})
	}
}

func TestReadKeys_fileThatIsNotThere(t *testing.T) {
	file, _ := document.Parse("playbook.yaml", []byte("list: lists/key.csv"))
	s := &playbook.Segment{Name: "s", List: "lists/key.csv", ListAt: file.Root().Get("list")}
	_, err := ReadKeys(context.Background(), folder(t, "lists/keys.csv", ""), s)
	var problems diag.List
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	diff(t, lines(problems), "playbook.yaml:1:7: there is no file \"lists/key.csv\" | did you mean \"lists/keys.csv\"?\n")
}

func TestReadKeys_endOfContextStopsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"k.csv", "k.txt"} {
		if _, err := ReadKeys(ctx, folder(t, name, "a\nb\n"), &playbook.Segment{Name: "s", List: name}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want that it was cancelled", name, err)
		}
	}
}
