package document

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes files below dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func names(files []*File) []string {
	var all []string
	for _, f := range files {
		all = append(all, f.Name)
	}
	return all
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"b.yaml": "b: 1", "a/c.yml": "c: 1", "a.yaml": "a: 1", "a/x_test.yaml": "t: 1", "y_test.yml": "t: 1",
		".hidden.yaml": "h: 1", ".git/z.yaml": "h: 1", "a/.cache/z.yaml": "h: 1", "data.csv": "x", "README": "x", "a/deep/er/d.yaml": "d: [", "connectors/acme.yaml": "connector: acme\ntitle: x", "list.yaml": "connector: {a: 1}",
	})
	tree, problems, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.yaml", "a/c.yml", "a/deep/er/d.yaml", "b.yaml", "list.yaml"}, names(tree.Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a/x_test.yaml", "y_test.yml"}, names(tree.Tests)); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"connectors/acme.yaml"}, names(tree.Manifests)); diff != "" || string(tree.Manifests[0].Bytes()) != "connector: acme\ntitle: x" {
		t.Errorf("manifests (-want +got):\n%s", diff)
	}
	if len(problems) != 1 || problems[0].At.String() != "a/deep/er/d.yaml:1:4" {
		t.Errorf("problems: %v", problems)
	}
}

func TestReadDir_linksStayInside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, dir, map[string]string{".data/in.yaml": "a: 1", "sub/b.yaml": "b: 1"})
	write(t, outside, map[string]string{"out.yaml": "secret: 1"})
	for name, target := range map[string]string{
		"in.yaml": ".data/in.yaml", "out.yaml": filepath.Join(outside, "out.yaml"), "gone.yaml": "nowhere", "folder": outside, "folder.yaml": "sub",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	tree, problems, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"in.yaml", "sub/b.yaml"}, names(tree.Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if len(problems) != 2 || problems[0].At.File != "gone.yaml" || problems[1].At.File != "out.yaml" {
		t.Errorf("problems: %v", problems)
	}
}

func TestReadDir_errors(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := ReadDir(filepath.Join(dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a missing directory: %v", err)
	}
	write(t, dir, map[string]string{"file": "x"})
	if _, _, err := ReadDir(filepath.Join(dir, "file")); err == nil {
		t.Error("a file is no directory")
	}
	write(t, dir, map[string]string{"large.yaml": strings.Repeat("#", MaxSize+1)})
	if _, problems, err := ReadDir(dir); err != nil || len(problems) != 1 || problems[0].At.String() != "large.yaml" {
		t.Errorf("a large file: %v, %v", problems, err)
	}
}
