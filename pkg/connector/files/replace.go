package files

import (
	"io/fs"
	"os"
	"path"
	"strings"
)

// replace gives a file new content, all at once: whenever the process dies, the file holds either the old bytes or the new. The
// file's mode is kept; one that may not be written is left alone. The file is made if it does not exist.
func replace(root *os.Root, rel string, data []byte) error {
	dir, err := root.OpenRoot(path.Dir(rel))
	if err != nil {
		return cause(err)
	}
	defer dir.Close()
	name := path.Base(rel)
	if err := mayWrite(dir, name); err != nil {
		return err
	}
	removeLeftovers(dir, name)
	if err := writeAndRename(dir, name, data); err != nil {
		return cause(err)
	}
	if err := syncDir(dir, "."); err != nil {
		return doubtError{err}
	}
	return nil
}

// mayWrite opens an existing file for writing: renaming alone would replace even a file that is protected.
func mayWrite(dir *os.Root, name string) error {
	if _, err := dir.Lstat(name); err != nil {
		return nil
	}
	f, err := dir.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return cause(err)
	}
	return closeAfter(f, nil)
}

// removeLeftovers removes the temporary files that crashed rewrites of a file left. No other process is writing: we hold the lock.
func removeLeftovers(dir *os.Root, name string) {
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), "."+name)
		if ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			_ = dir.Remove(e.Name())
		}
	}
}
