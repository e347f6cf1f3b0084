package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

func TestCheck_namesEveryProblem(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Good.csv", "id\na\n")
	d.put("audiences/Bad.csv", "id\na\nb,c\n")
	d.put("audiences/a%zz.csv", "id\n")
	d.put("audiences/notes.txt", "not ours")
	d.put("audiences/.hidden.csv", "not ours either")
	d.put("company.csv", "name\nx\n")
	d.put("message.jsonl", "no JSON, but a crash leaves such lines\n")
	d.put("sequences", "a file where a folder should be")
	err := d.Check(t.Context())
	if err == nil {
		t.Fatal("no problem")
	}
	want := []string{
		`reading desk/company.csv: line 1: the first column is "name": the file needs a header whose first column is id`,
		`reading desk/audiences/Bad.csv: line 3: 2 cells, where the header has 1`,
		`reading desk/audiences/a%zz.csv: no name has this file: for "a%zz" call it "a%25zz.csv"`,
		`reading desk/sequences: not a directory`,
	}
	if got := strings.Split(err.Error(), "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

func TestCheck_leavesNothingBehind(t *testing.T) {
	d := newDesk(t)
	above := filepath.Dir(d.dir)
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(above); len(entries) != 0 {
		t.Errorf("the folder could be made, and %v was", entries)
	}
	d.put("audiences/Good.csv", "id\n")
	if err := d.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(d.dir)
	inner, _ := os.ReadDir(filepath.Join(d.dir, "audiences"))
	if len(entries) != 1 || len(inner) != 1 {
		t.Errorf("left %v and %v", entries, inner)
	}
}

func TestCheck_folderThatIsAFile(t *testing.T) {
	d := newDesk(t)
	if err := os.WriteFile(d.dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Check(t.Context()); err == nil || err.Error() != "opening desk: not a directory" {
		t.Errorf("got %v", err)
	}
	if got := d.fail(connector.Send, kind("message"), message("k", "x")); got != "opening desk: not a directory" {
		t.Errorf("sending gives %s", got)
	}
}
