package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/playctl/playctl/pkg/state"
)

// othersBits are the permissions of everybody but a file's owner.
const othersBits fs.FileMode = 0o077

// warnOfModes says which files of a state beside the playbook others than their owner may read or write: whoever restores them by hand seldom
// thinks of it. What playctl makes itself nobody else may.
func (a *app) warnOfModes(store state.Store) {
	folder := filepath.Join(a.dir, ".playctl")
	if runtime.GOOS == "windows" || !a.besidePlaybook(store) {
		return
	}
	var open []string
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error { // what can't be looked at others can't either
		if err != nil {
			return nil
		}
		if info, err := d.Info(); err == nil && d.Type()&fs.ModeSymlink == 0 && info.Mode().Perm()&othersBits != 0 {
			open = append(open, path)
		}
		return nil
	})
	if info, err := os.Stat(folder); len(open) == 0 || err == nil && info.Mode().Perm()&othersBits == 0 {
		return // through the folder nobody else comes to what is in it
	}
	more := ""
	if len(open) > 1 {
		more = ", and " + count(len(open)-1, "file") + " more in it"
	}
	a.warn("%s others than the owner may come to %s%s, where playctl keeps what it knows: chmod -R go= %s", a.alarm("warning:"), open[0], more, shellWord(folder))
}
