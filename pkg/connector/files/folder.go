package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// New files and folders are for their owner only: they hold personal data.
const (
	newFile   fs.FileMode = 0o600
	newFolder fs.FileMode = 0o700
)

// folder is the connector's directory. Paths inside it are relative to it, with slashes. They are always opened through an
// [os.Root], so that no name and no link leads out of it.
type folder struct {
	path  string // on the disk
	shown string // as errors name it: relative to the playbook
}

// show names a file in the folder as errors do.
func (f folder) show(rel string) string { return path.Join(f.shown, rel) }

// open opens the folder. One that does not exist is [fs.ErrNotExist].
func (f folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.shown, cause(err))
	}
	return root, nil
}

// openOrMake opens the folder and makes it first if it does not exist.
func (f folder) openOrMake() (*os.Root, error) {
	root, err := f.open()
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	missing, _ := f.missing()
	if err := os.MkdirAll(f.path, newFolder); err != nil {
		return nil, fmt.Errorf("making %s: %w", f.shown, cause(err))
	}
	for _, dir := range missing {
		if err := syncPath(filepath.Dir(dir)); err != nil {
			return nil, fmt.Errorf("making %s: %w", f.shown, cause(err))
		}
	}
	return f.open()
}

// missing gives those directories of the folder's path that do not exist, innermost first, and the innermost that does.
func (f folder) missing() (dirs []string, above string) {
	for dir := f.path; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dirs, dir
		}
		dirs = append(dirs, dir)
	}
}

// makeDir makes a folder in the folder, durably, if it does not exist. "." is the folder itself.
func makeDir(root *os.Root, dir string) error {
	err := root.Mkdir(dir, newFolder)
	if dir == "." || errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return cause(err)
	}
	return syncDir(root, ".")
}

// syncDir makes durable which files a folder in the folder has.
func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil // has no such call
	}
	f, err := root.Open(dir)
	if err != nil {
		return cause(err)
	}
	return closeAfter(f, f.Sync())
}

// syncPath is syncDir for a directory outside the folder.
func syncPath(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	return closeAfter(root, syncDir(root, "."))
}

// stat tells about a file in the folder, which must be a plain file: opening a pipe would wait for ever, and a link may be meant for
// something else.
func stat(root *os.Root, rel string) (fs.FileInfo, error) {
	info, err := root.Lstat(rel)
	switch {
	case err != nil:
		return nil, cause(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errors.New("it is a symbolic link: put the file itself in its place")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a file")
	}
	return info, nil
}

// same reports whether two looks at a file saw the same content, as far as size, time and identity tell.
func same(a, b fs.FileInfo) bool {
	return a != nil && b != nil && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// cause takes the operation and the path from an error of the operating system: our errors name the path as the playbook does.
func cause(err error) error {
	var atPath *fs.PathError
	var atLink *os.LinkError
	switch {
	case errors.As(err, &atPath):
		return atPath.Err
	case errors.As(err, &atLink):
		return atLink.Err
	}
	return err
}

// closeAfter closes and gives the first error.
func closeAfter(c io.Closer, err error) error {
	closing := c.Close()
	if err == nil {
		err = closing
	}
	return cause(err)
}
