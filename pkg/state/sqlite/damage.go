package sqlite

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/state"
	lib "modernc.org/sqlite/lib"
)

// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't: what Read can't tell from a state
// that never was.
func (s *Store) Missing(context.Context) *state.DamagedError {
	return s.refuse("is missing", fmt.Sprintf("there is no good backup in %s: copy %s from where playctl applied last", s.file("backups"), s.Path()))
}

func (s *Store) damaged(what string) *state.DamagedError {
	return s.refuse(what, fmt.Sprintf("there is no good backup in %s: put an older copy at %s; without one, move what is there away, take this "+
		"environment's line out of playctl.lineage and run `playctl apply --new-state`, which knows of nothing that was done and may do it again", s.file("backups"), s.Path()))
}

// refuse says what is wrong, and what brings the state back, or gives another hint where there is no good backup.
func (s *Store) refuse(what, otherwise string) *state.DamagedError {
	return state.Damaged(context.Background(), s, s.Path(), what, otherwise)
}

// explain makes an error of SQLite or of the file system one that names the file and says what to do.
func (s *Store) explain(doing string, err error) error {
	var bad *flaw
	if errors.As(err, &bad) && bad.hint != "" {
		return state.Foreign(context.Background(), s, s.Path(), bad.what, bad.hint)
	}
	if bad != nil {
		return s.damaged(bad.what)
	}
	switch code(err) & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_ERROR, lib.SQLITE_SCHEMA:
		return s.damaged(diagnose(s.Path(), err))
	case lib.SQLITE_BUSY:
		return fmt.Errorf("%s %s: another process has been using it for too long: %w", doing, s.Path(), err)
	case lib.SQLITE_FULL, lib.SQLITE_READONLY:
		return unwritable(s.Path(), err)
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN:
		if doing == "writing" {
			return unwritable(s.Path(), err)
		}
		if reason := unreadable(s.Path()); reason != nil {
			err = reason
		}
	}
	var known *state.UnwritableError
	if errors.As(err, &known) {
		return err
	}
	return fmt.Errorf("%s %s: %w", doing, s.Path(), err)
}

// unreadable gives the system's reason why a file can't be opened, which SQLite keeps to itself.
func unreadable(path string) error {
	f, err := os.Open(path)
	if err == nil {
		err = f.Close()
	}
	return err
}

// diagnose says what is wrong with a file that SQLite refuses, for the reason given or for being too short.
func diagnose(path string, reason error) string {
	head, size := header(path)
	switch {
	case size == 0:
		return "is empty (0 bytes)"
	case !strings.HasPrefix("SQLite format 3\x00", string(head[:min(16, len(head))])):
		return "is not an SQLite database"
	case len(head) < 100:
		return fmt.Sprintf("is cut short: %d bytes", size)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	whole := page * int64(binary.BigEndian.Uint32(head[28:]))
	if size < whole || reason == nil {
		return cutShort(size, whole)
	}
	return "is damaged: " + printable(reason.Error())
}

// printable gives a text that may have bytes of a damaged file in it without those that would upset a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return '·'
	}, text)
}

// header gives the first 100 bytes of a file, or as many as there are, and its size. It may open the file, since that is of no use to
// anybody any more.
func header(path string) ([]byte, int64) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	head := make([]byte, 100)
	n, _ := io.ReadFull(f, head)
	info, err := f.Stat()
	if err != nil {
		return head[:n], int64(n)
	}
	return head[:n], info.Size()
}

// unwritable says what to do about a file that can't be written: SQLite has codes of its own for what the system says.
func unwritable(path string, err error) error {
	e := state.Unwritable(path, err)
	switch code(err) & 0xff {
	case lib.SQLITE_FULL:
		e.Hint = state.HintNoSpace
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
		e.Hint = state.HintNoRight(path)
	case lib.SQLITE_IOERR:
		e.Hint = cmp.Or(e.Hint, state.HintDisk)
	}
	if e.Hint == state.HintNoRight(path) && !mayWrite(path) && mayWrite(filepath.Dir(path)) {
		e.Hint = fmt.Sprintf("let its owner write it: chmod u+w %s", path)
	}
	return e
}

// mayWrite reports whether the owner of a file or folder may write it, as far as is known.
func mayWrite(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().Perm()&0o200 != 0
}
