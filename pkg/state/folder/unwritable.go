package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/playctl/playctl/pkg/state"
)

// unwritable says what to do about a file that can't be written.
func unwritable(path string, err error) error {
	e := &state.UnwritableError{Where: path, Err: err}
	switch {
	case is(err, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG):
		e.Hint = "free some space on its disk and run again: what was recorded before is kept"
	case is(err, fs.ErrPermission, syscall.EROFS):
		e.Hint = fmt.Sprintf("make %s writable for the user that applies; `playctl plan` works without", filepath.Dir(path))
	case is(err, syscall.EIO):
		e.Hint = "check its disk: is it failing? What was recorded before is kept"
	case is(err, syscall.ENOTDIR):
		e.Hint = fmt.Sprintf("%s must be a folder: move what is there away", filepath.Dir(path))
	}
	return e
}

// is reports whether an error is one of several.
func is(err error, any ...error) bool {
	for _, target := range any {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
