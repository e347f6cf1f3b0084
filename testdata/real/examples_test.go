//go:build real

package real

import (
	"io/fs"
	"path/filepath"
	"slices"
)

// examples is the folder examples/real; without its playbook, where a test has one of its own.
type examples struct {
	fs.FS
	partly bool
}

// ReadDir gives what is in a folder.
func (e examples) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(e.FS, name)
	return slices.DeleteFunc(list, func(d fs.DirEntry) bool {
		return d.Name() == ".playctl" || e.partly && name == "." && filepath.Ext(d.Name()) == ".yaml"
	}), err
}
