package document

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// Tree is the files of a playbook, each list in the order of names.
type Tree struct {
	Files []*File // what is merged
	Tests []*File // those that end in _test.yaml or _test.yml
	// Manifests are those that describe a connector: they begin with `connector:` and its name.
	Manifests []*File
}

// ReadDir reads every *.yaml and *.yml under dir, except files and folders whose names begin with a dot. Links to files are read if
// they stay inside dir, and are a problem if they lead out of it or nowhere; links to folders are passed over. The error is about
// reading: a directory that isn't there, or a file that may not be read.
func ReadDir(dir string) (Tree, diag.List, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Tree{}, nil, fmt.Errorf("reading the playbook: %w", err)
	}
	defer root.Close()
	names, err := yamlFiles(root.FS())
	if err != nil {
		return Tree{}, nil, fmt.Errorf("reading the playbook in %s: %w", dir, err)
	}
	var tree Tree
	var problems diag.List
	for _, name := range names {
		f, found, err := readFile(root, name)
		if err != nil {
			return Tree{}, nil, fmt.Errorf("reading the playbook in %s: %w", dir, err)
		}
		problems.Add(found...)
		switch {
		case f == nil:
		case isTest(name):
			tree.Tests = append(tree.Tests, f)
		case f.Root().Get("connector").Kind() == Scalar:
			tree.Manifests = append(tree.Manifests, f)
		default:
			tree.Files = append(tree.Files, f)
		}
	}
	return tree, problems, nil
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.yaml") || strings.HasSuffix(name, "_test.yml")
}

// yamlFiles lists the files to read, sorted.
func yamlFiles(dir fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(base, "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
		case strings.HasSuffix(base, ".yaml"), strings.HasSuffix(base, ".yml"):
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// readFile reads and parses one file; a folder behind a link gives no file.
func readFile(root *os.Root, name string) (*File, diag.List, error) {
	info, err := root.Stat(name)
	if link, e := root.Lstat(name); err != nil && e == nil && link.Mode()&fs.ModeSymlink != 0 && !errors.Is(err, fs.ErrPermission) {
		return nil, diag.List{{
			At:      diag.Position{File: name},
			Message: "the link leads out of the playbook's directory, or nowhere",
			Hint:    "copy the file, or remove the link",
		}}, nil
	}
	switch {
	case err != nil:
		return nil, nil, err
	case info.IsDir():
		return nil, nil, nil
	case !info.Mode().IsRegular():
		return nil, diag.List{{At: diag.Position{File: name}, Message: "not a regular file"}}, nil
	case info.Size() > MaxSize:
		return nil, diag.List{tooLarge(name)}, nil
	}
	data, err := readAll(root, name)
	if err != nil {
		return nil, nil, err
	}
	f, problems := Parse(name, data)
	return f, problems, nil
}

// readAll reads a file, of one that grew meanwhile only enough to see that it is too large.
func readAll(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}
