package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

func TestMembers_understandsHandEdits(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"plain":                       {"id\nb\na\n", []string{"a", "b"}},
		"no rows":                     {"id\n", nil},
		"an empty file":               {"", nil},
		"only blank lines":            {"\n\n", nil},
		"no final line break":         {"id\na", []string{"a"}},
		"CRLF":                        {"id\r\na\r\nb\r\n", []string{"a", "b"}},
		"CR at the end":               {"id\r\na\r", []string{"a"}},
		"a byte order mark":           {"\ufeffid\na\n", []string{"a"}},
		"a quoted header":             {"\ufeff\"id\",\"note\"\n\"a\",\"\"\n", []string{"a"}},
		"a header in capitals":        {" ID \na\n", []string{"a"}},
		"blank lines and rows":        {"\n\nid,note\n\n  ,\n,\na,\n\n", []string{"a"}},
		"white space":                 {"id\n  a \n\tb\n", []string{"a", "b"}},
		"a no-break space":            {"id\na\u00a0\n", []string{"a"}},
		"repeats":                     {"id\na\nb\na\n a\n", []string{"a", "b"}},
		"addresses in any case":       {"id\nAnn@X.com\nann@x.com\n", []string{"ann@x.com"}},
		"further columns":             {"id,name,note\na,Ann,\"likes \"\"tea\"\", not coffee\"\n", []string{"a"}},
		"quotes, commas, line breaks": {"id\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n", []string{"a,b", `say "hi"`, "two\nlines"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("audiences/Intent.csv", c.file)
			if got := d.members("Intent"); !slices.Equal(got, c.want) {
				t.Errorf("members are %q, want %q", got, c.want)
			}
			if err := d.Check(t.Context()); err != nil {
				t.Errorf("check: %v", err)
			}
			// Whatever the file looks like, a member can be added, and comes out again with all else as it was.
			if got := statuses(d.write(connector.Add, audience("Intent"), ids("new")...)); got != "done" {
				t.Errorf("adding is %s", got)
			}
			if got := d.members("Intent"); !slices.Equal(got, slices.Sorted(slices.Values(append(c.want, "new")))) {
				t.Errorf("after adding, members are %q", got)
			}
			d.write(connector.Remove, audience("Intent"), ids("new")...)
			if got := d.got("audiences/Intent.csv"); !strings.HasPrefix(got, c.file) {
				t.Errorf("the file was %q and is %q", c.file, got)
			}
		})
	}
}

func TestMembers_saysWhichLineIsWrong(t *testing.T) {
	for file, want := range map[string]string{
		"id,note\na,\nb\n":           "line 3: 1 cell, where the header has 2",
		"id\n\"x\ny\"\na,b\n":        "line 4: 2 cells, where the header has 1",
		"id,note\n,called twice\n":   "line 2: no id in the first column",
		"id\na\n5\" pipe\n":          "line 3: a quote inside a cell",
		"id\n\"a\"b\n":               "line 2: text after the quote",
		"id\na\n\"b\nc\n":            "line 3: a quote that is opened and never closed",
		"name,id\nAnn,a\n":           `line 1: the first column is "name"`,
		"id;note\na;\n":              `line 1: the first column is "id;note"`,
		"\n\na\nb\n":                 `line 3: the first column is "a"`,
		"id\nZ\xfcrich\n":            "line 2: a character that is not UTF-8",
		"\xff\xfei\x00d\x00\n\x00":   "line 1: not a text file",
		"\x00i\x00d\x00\n\x00a":      "line 1: not a text file",
		"id\na\x00\n":                "line 2: not a text file",
		"id\r\na\r\n\"b\"x\r\nc\r\n": "line 3: text after the quote",
	} {
		d := newDesk(t)
		d.put("audiences/Intent.csv", file)
		want = "reading desk/audiences/Intent.csv: " + want
		_, err := d.Members(t.Context(), audience("Intent"))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", file, err, want)
		}
		if err := d.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("checking %q gives %v, want %s", file, err, want)
		}
		if got := d.fail(connector.Add, audience("Intent"), ids("new")...); !strings.HasPrefix(got, want) {
			t.Errorf("adding to %q gives %s, want %s", file, got, want)
		}
		d.want("audiences/Intent.csv", file)
	}
}

func TestWrite_keepsBytesOfOtherLines(t *testing.T) {
	for name, c := range map[string]struct {
		before, add, remove, after string
	}{
		"appends in the order given":       {"id\n", "c a b", "", "id\nc\na\nb\n"},
		"gives an empty file a header":     {"", "a", "", "id\na\n"},
		"ends an unfinished line":          {"id\na", "b", "", "id\na\nb\n"},
		"ends an unfinished header":        {"id", "b", "", "id\nb\n"},
		"ends an unfinished CRLF":          {"id\r\na\r", "b", "", "id\r\na\r\nb\r\n"},
		"goes on with CRLF":                {"id\r\na\r\n", "b", "", "id\r\na\r\nb\r\n"},
		"fills further columns":            {"id,x,y\na,1,2\n", "b", "", "id,x,y\na,1,2\nb,,\n"},
		"keeps the byte order mark":        {"\ufeffid\na\n", "b", "a", "\ufeffid\nb\n"},
		"gives a header after only a mark": {"\ufeff", "b", "", "\ufeffid\nb\n"},
		"removes every repeat":             {"id\na\nb\n a \n\"a\"\n", "", "a", "id\nb\n"},
		"removes an unfinished line":       {"id\na\nb", "", "b", "id\na\n"},
		"keeps blank lines and odd quotes": {"id,n\n\n\"a\", x \n,\nb,\"q\"\n\n", "", "b", "id,n\n\n\"a\", x \n,\n\n"},
		"keeps mixed line breaks":          {"id\na\r\nb\nc\r\n", "", "b", "id\na\r\nc\r\n"},
		"removes lines in quotes":          {"id,n\n\"a\nb\",\"x\ny\"\nc,\n", "", "a\nb", "id,n\nc,\n"},
		"removes the last member":          {"id\na\n", "", "a", "id\n"},
		"adds addresses as they are":       {"id\n", "Ann@X.com", "", "id\nAnn@X.com\n"},
		"removes addresses in any case":    {"id\nAnn@X.com\nB@x.com\n", "", "aNN@x.com", "id\nB@x.com\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.put("audiences/Intent.csv", c.before)
			if c.add != "" {
				d.write(connector.Add, audience("Intent"), ids(strings.Split(c.add, " ")...)...)
			}
			if c.remove != "" {
				d.write(connector.Remove, audience("Intent"), ids(c.remove)...)
			}
			d.want("audiences/Intent.csv", c.after)
		})
	}
}

func TestWrite_doesNotTouchTheFileIfNothingChanges(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\na")
	path := filepath.Join(d.dir, "audiences/Intent.csv")
	before, _ := os.Stat(path)
	d.write(connector.Add, audience("Intent"), ids("a", "", " a ")...)
	d.write(connector.Remove, audience("Intent"), ids("b")...)
	after, _ := os.Stat(path)
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("the file was written")
	}
	d.want("audiences/Intent.csv", "id\na")
}

func TestWrite_noticesHandEditsBetweenCalls(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\na\n")
	d.write(connector.Add, audience("Intent"), ids("b")...)
	d.put("audiences/Intent.csv", "id\nc\n")
	if got := statuses(d.write(connector.Add, audience("Intent"), ids("b", "c")...)); got != "done, already" {
		t.Errorf("after an edit: %s", got)
	}
	if err := os.Remove(filepath.Join(d.dir, "audiences/Intent.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Members(t.Context(), audience("Intent")); !errors.Is(err, connector.ErrNoCollection) {
		t.Errorf("after removing the file: %v", err)
	}
	d.put("audiences/Intent.csv", "id\nd\n")
	if got := d.members("Intent"); !slices.Equal(got, []string{"d"}) {
		t.Errorf("after making it again: %q", got)
	}
}

// TestMembers_noticesEveryKindOfEdit changes one of size, time and identity at a time.
func TestMembers_noticesEveryKindOfEdit(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(d.dir, "audiences/Intent.csv")
	at := func(when time.Time) {
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	want := func(ids ...string) {
		t.Helper()
		if got := d.members("Intent"); !slices.Equal(got, ids) {
			t.Errorf("members are %q, want %q", got, ids)
		}
	}
	d.put("audiences/Intent.csv", "id\na\n")
	at(noon)
	want("a")
	d.put("audiences/Intent.csv", "id\na\nb\n") // longer
	at(noon)
	want("a", "b")
	d.put("audiences/Intent.csv", "id\na\nc\n") // later
	at(noon.Add(time.Millisecond))
	want("a", "c")
	if err := os.Rename(path, path+".old"); err != nil { // another file
		t.Fatal(err)
	}
	d.put("audiences/Intent.csv", "id\na\nd\n")
	at(noon.Add(time.Millisecond))
	want("a", "d")
	d.put("audiences/Intent.csv", "id\na\n\x00\n") // an append that another process is about to commit, within a clock tick
	at(noon)
	want("a")
	d.put("audiences/Intent.csv", "id\na\ne\n")
	at(noon)
	want("a", "e")
}

func TestWrite_missingCollectionNamesItsFile(t *testing.T) {
	d := newDesk(t)
	for range 2 {
		_, err := d.Members(t.Context(), audience("Q3: EMEA"))
		want := "reading desk/audiences/Q3%3A EMEA.csv: no such collection"
		if !errors.Is(err, connector.ErrNoCollection) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if got := d.fail(connector.Add, audience("Q3: EMEA"), ids("a")...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := d.Create(t.Context(), audience("other")); err != nil { // now the folder exists
			t.Fatal(err)
		}
	}
	if got := d.fail(connector.Add, connector.Collection{Kind: "segment", Name: "x"}); !strings.Contains(got, "no such kind of collection") {
		t.Errorf("an unknown kind gives %s", got)
	}
	if got := d.fail(connector.Add, audience(strings.Repeat("x", 300)), ids("a")...); !strings.Contains(got, "too long for a file") {
		t.Errorf("a long name gives %s", got)
	}
}

func TestWrite_refusesIDsThatAreNoText(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\n")
	got := statuses(d.write(connector.Add, audience("Intent"), ids("a\x00b", "a\xff", " ", "ok")...))
	want := "rejected the id is not UTF-8 text, rejected the id is not UTF-8 text, rejected the id is empty, done"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	d.want("audiences/Intent.csv", "id\nok\n")
}

func TestWrite_modes(t *testing.T) {
	d := newDesk(t)
	if err := d.Create(t.Context(), audience("New")); err != nil {
		t.Fatal(err)
	}
	d.write(connector.Send, kind("message"), connector.Item{Key: "k"})
	d.write(connector.Set, kind("company"), connector.Item{ID: "a", Fields: map[string]any{"tier": "gold"}})
	d.put("audiences/Old.csv", "id\na\nb\n")
	if err := os.Chmod(filepath.Join(d.dir, "audiences/Old.csv"), 0o664); err != nil {
		t.Fatal(err)
	}
	d.write(connector.Remove, audience("Old"), ids("a")...)
	for rel, want := range map[string]os.FileMode{
		"": 0o700, "audiences": 0o700, "audiences/New.csv": 0o600, "message.jsonl": 0o600, "company.csv": 0o600, ".lock": 0o600, "audiences/Old.csv": 0o664,
	} {
		info, err := os.Stat(filepath.Join(d.dir, rel))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v (%v), want %v", rel, info.Mode().Perm(), err, want)
		}
	}
}

func TestWrite_staysInItsFolder(t *testing.T) {
	d := newDesk(t)
	outside := filepath.Join(filepath.Dir(d.dir), "outside")
	if err := os.MkdirAll(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(outside, "secret.csv")
	if err := os.WriteFile(secret, []byte("id\nsecret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.put("audiences/Intent.csv", "id\n")
	for link, target := range map[string]string{"audiences/link.csv": secret, "lists": outside, "company.csv": secret, "message.jsonl": secret} {
		if err := os.Symlink(target, filepath.Join(d.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Members(t.Context(), audience("link")); err == nil || !strings.Contains(err.Error(), "desk/audiences/link.csv: it is a symbolic link") {
		t.Errorf("a link: %v", err)
	}
	if _, err := d.Members(t.Context(), connector.Collection{Kind: "list", Name: "secret"}); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Errorf("a folder that is a link: %v", err)
	}
	d.fail(connector.Add, audience("link"), ids("a")...)
	d.fail(connector.Remove, connector.Collection{Kind: "list", Name: "secret"}, ids("secret")...)
	d.fail(connector.Set, kind("company"), connector.Item{ID: "secret", Fields: map[string]any{"x": "y"}})
	d.fail(connector.Send, kind("message"), connector.Item{Key: "k"})
	if err := d.Create(t.Context(), connector.Collection{Kind: "list", Name: "new"}); err == nil {
		t.Error("a collection was made outside")
	}
	if got, _ := os.ReadFile(secret); string(got) != "id\nsecret\n" {
		t.Errorf("the file outside is %q", got)
	}
	entries, _ := os.ReadDir(outside)
	if len(entries) != 1 {
		t.Errorf("outside has %v", entries)
	}
}

func TestWrite_lockThatIsALinkDoesNotLeadOut(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\n")
	outside := filepath.Join(filepath.Dir(d.dir), "outside")
	if err := os.Symlink(outside, filepath.Join(d.dir, ".lock")); err != nil {
		t.Fatal(err)
	}
	d.fail(connector.Add, audience("Intent"), ids("a")...)
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a file was made outside")
	}
}

func TestWrite_removesWhatCrashedRewritesLeft(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\na\nb\n")
	d.put("audiences/.Intent.csv8812", "id\n")
	d.put("audiences/.Intent.csv.swp", "an editor's")
	d.write(connector.Remove, audience("Intent"), ids("a")...)
	if _, err := os.Stat(filepath.Join(d.dir, "audiences/.Intent.csv8812")); err == nil {
		t.Error("the temporary file is still there")
	}
	d.want("audiences/.Intent.csv.swp", "an editor's")
}
