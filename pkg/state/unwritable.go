package state

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// UnwritableError says that a state can't be written: its folder is read-only, the disk is full. Nothing of the transaction that met it
// was kept, everything before it was. Hint is the remedy.
type UnwritableError struct {
	Where string
	Hint  string
	Err   error
}

// Error gives place and cause; the remedy is in Hint.
func (e *UnwritableError) Error() string { return "writing " + e.Where + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *UnwritableError) Unwrap() error { return e.Err }

// Unwritable says what to do about a file that can't be written, by what the system says of it. A driver that knows more may say more: the hint is
// "" where the system's word says it all.
func Unwritable(path string, err error) *UnwritableError {
	e := &UnwritableError{Where: path, Err: err}
	switch {
	case isAny(err, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG):
		e.Hint = HintNoSpace
	case isAny(err, fs.ErrPermission, syscall.EROFS):
		e.Hint = HintNoRight(path)
	case isAny(err, syscall.EIO):
		e.Hint = HintDisk
	case isAny(err, syscall.ENOTDIR):
		e.Hint = fmt.Sprintf("%s must be a folder: move what is there away", filepath.Dir(path))
	}
	return e
}

// The remedies for a disk that is full, or fails.
const (
	HintNoSpace = "free some space on its disk and run again: what was recorded before is kept"
	HintDisk    = "check its disk: is it full, over a quota or limit, or failing? What was recorded before is kept"
)

// HintNoRight is the remedy for a file that may not be written.
func HintNoRight(path string) string {
	return fmt.Sprintf("make %s writable for the user that applies; `playctl plan` works where it can be read", filepath.Dir(path))
}

// isAny reports whether an error is one of several.
func isAny(err error, any ...error) bool {
	for _, target := range any {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
