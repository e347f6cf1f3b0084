package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parseAll parses files given as pairs of name and text.
func parseAll(t *testing.T, texts ...string) []*File {
	t.Helper()
	var files []*File
	for i := 0; i < len(texts); i += 2 {
		f, problems := Parse(texts[i], []byte(texts[i+1]))
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func TestMerge_joinsByName(t *testing.T) {
	root, problems := Merge(parseAll(t,
		"a.yaml", "plays:\n  one: {owner: x}\nlist: [1]\nempty:\n",
		"b.yaml", "plays:\n  two: {owner: y}\nlist: [2, 3]\nempty: {z: 1}\n",
		"c.yaml", "",
		"d.yaml", "plays:\nown: 1\n",
	))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"plays": map[string]any{"one": map[string]any{"owner": "x"}, "two": map[string]any{"owner": "y"}},
		"list":  []any{int64(1), int64(2), int64(3)},
		"empty": map[string]any{"z": int64(1)},
		"own":   int64(1),
	}
	if diff := cmp.Diff(want, root.Value()); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if got := root.Get("plays").Get("two").Get("owner").Pos().String(); got != "b.yaml:2:16" {
		t.Errorf("a node of the second file is at %s", got)
	}
	if got := root.Pos().String(); got != "." || root.File() != nil {
		t.Errorf("the top is at %s", got)
	}
}

func TestMerge_doesNotDependOnTheSplit(t *testing.T) {
	whole, _ := Merge(parseAll(t, "a.yaml", "plays: {one: 1, two: 2, three: 3}\nlist: [1, 2]\n"))
	split, problems := Merge(parseAll(t, "x.yaml", "plays: {one: 1}\nlist: [1]", "y.yaml", "plays: {two: 2}", "z.yaml", "list: [2]\nplays: {three: 3}"))
	if diff := cmp.Diff(whole.Value(), split.Value()); diff != "" || len(problems) > 0 {
		t.Errorf("%v\n%s", problems, diff)
	}
}

func TestMerge_leavesTheFilesAlone(t *testing.T) {
	files := parseAll(t, "a.yaml", "p: {a: 1}\nl: [1]\n", "b.yaml", "p: {b: 1}\nl: [2]\n")
	for range 2 {
		root, problems := Merge(files)
		if len(problems) > 0 || len(root.Get("p").Fields()) != 2 || len(root.Get("l").Items()) != 2 {
			t.Fatalf("%v: %v", root.Value(), problems)
		}
	}
	if n := len(files[0].Root().Get("p").Fields()); n != 1 {
		t.Errorf("the first file has %d fields now", n)
	}
}

func TestMerge_conflicts(t *testing.T) {
	for _, c := range []struct {
		name, a, b        string
		at, message, rest string
	}{
		{"the same name", "plays:\n  x: {a: 1}\n", "segments: {}\nplays:\n  x: {b: 1}\n", "b.yaml:3:3", `"x" is defined twice`, "a.yaml:2:3"},
		{"a scalar", "version: 1\n", "version: 1\n", "b.yaml:1:1", `"version" is defined twice`, "a.yaml:1:1"},
		{"a mapping and a list", "plays: {}\n", "plays: [x]\n", "b.yaml:1:1", `"plays" is a list here, and a mapping elsewhere`, "a.yaml:1:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, problems := Merge(parseAll(t, "a.yaml", c.a, "b.yaml", c.b))
			if len(problems) != 1 || len(problems[0].Related) != 1 {
				t.Fatalf("problems: %v", problems)
			}
			p := problems[0]
			got := []string{p.At.String(), p.Message, p.Related[0].At.String()}
			if diff := cmp.Diff([]string{c.at, c.message, c.rest}, got); diff != "" {
				t.Errorf("problem (-want +got):\n%s", diff)
			}
			if file := root.Fields()[0].Value.File().Name; file != "a.yaml" {
				t.Errorf("what stays is that of %s", file)
			}
		})
	}
}

func TestMerge_wantsMappings(t *testing.T) {
	root, problems := Merge(parseAll(t, "a.yaml", "- x\n", "b.yaml", "text\n", "c.yaml", "a: 1\n", "d.yaml", "null\n"))
	if len(problems) != 2 || problems[0].Message != "a list at the top of the file" || problems[1].Message != "a value at the top of the file" {
		t.Errorf("problems: %v", problems)
	}
	if place(root.Pos()) != "c.yaml:1:1" || root.Get("a").Text() != "1" {
		t.Errorf("%v at %s", root.Value(), root.Pos())
	}
	if none, problems := Merge(nil); none.Kind() != Map || len(problems) > 0 {
		t.Errorf("no files: %v, %v", none.Kind(), problems)
	}
}
