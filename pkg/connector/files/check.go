package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// probeName is the file that Check makes, and removes, to see whether a folder can be written to.
const probeName = ".check"

// Check proves that the folder exists or can be made, can be written to, and holds only files that can be read. The error names
// every file that can't, with the line.
func (d *desk) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := d.folder.open()
	if errors.Is(err, fs.ErrNotExist) {
		return d.checkAbove()
	}
	if err != nil {
		return err
	}
	defer root.Close()
	problems := []error{d.checkFolder(ctx, root, ".", isObjectFile)}
	for _, k := range kinds {
		switch _, err := root.Lstat(k.folder); {
		case err == nil:
			problems = append(problems, d.checkFolder(ctx, root, k.folder, isCollectionFile))
		case !errors.Is(err, fs.ErrNotExist):
			problems = append(problems, d.unreadable(k.folder, err))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(problems...)
}

// checkAbove proves that a folder that does not exist could be made.
func (d *desk) checkAbove() error {
	_, above := d.folder.missing()
	root, err := os.OpenRoot(above)
	if err == nil {
		err = closeAfter(root, probe(root, "."))
	}
	if err != nil {
		return fmt.Errorf("making %s: %w", d.folder.shown, cause(err))
	}
	return nil
}

// checkFolder checks one folder and the files in it of which mine tells that they are the connector's.
func (d *desk) checkFolder(ctx context.Context, root *os.Root, dir string, mine func(name string) bool) error {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return d.unreadable(dir, err)
	}
	var problems []error
	if err := probe(root, dir); err != nil {
		problems = append(problems, fmt.Errorf("writing to %s: %w", d.folder.show(dir), err))
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			break
		}
		if strings.HasPrefix(e.Name(), ".") || !mine(e.Name()) {
			continue
		}
		if err := checkFile(root, path.Join(dir, e.Name())); err != nil {
			problems = append(problems, d.unreadable(path.Join(dir, e.Name()), err))
		}
	}
	return errors.Join(problems...)
}

func isCollectionFile(name string) bool { return path.Ext(name) == ".csv" }

func isObjectFile(name string) bool { return path.Ext(name) == ".csv" || path.Ext(name) == ".jsonl" }

func (d *desk) unreadable(rel string, err error) error {
	return fmt.Errorf("reading %s: %w", d.folder.show(rel), cause(err))
}

// checkFile proves that a file can be read and has a name that playctl finds.
func checkFile(root *os.Root, rel string) error {
	if err := checkName(path.Base(rel)); err != nil {
		return err
	}
	if path.Ext(rel) == ".jsonl" {
		if _, err := stat(root, rel); err != nil {
			return err
		}
		_, err := readOutbox(root, rel)
		return err
	}
	s, err := readTable(root, rel)
	if err == nil && path.Dir(rel) == "." {
		err = distinct(s.table.columns)
	}
	return err
}

// checkName proves that a file's name is the one that playctl gives to some collection, object or action.
func checkName(file string) error {
	encoded := strings.TrimSuffix(file, path.Ext(file))
	if _, ok := decodeName(encoded); ok {
		return nil
	}
	if right, err := encodeName(encoded); err == nil {
		return fmt.Errorf("no name has this file: for %q call it %q", encoded, right+path.Ext(file))
	}
	return errors.New("no name has this file: it is empty or too long")
}

// probe makes and removes a file in a folder.
func probe(root *os.Root, dir string) error {
	name := path.Join(dir, probeName)
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY, newFile)
	if err != nil {
		return cause(err)
	}
	if err := closeAfter(f, nil); err != nil {
		return err
	}
	return cause(root.Remove(name))
}
