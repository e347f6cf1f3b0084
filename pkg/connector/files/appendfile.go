package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// uncommitted is the byte that stands in place of the first byte of what is being appended to a CSV file.
const uncommitted = 0

// doubtError marks an error after which it is not known whether the write is in the file. Every other error of a write means that
// nothing was written.
type doubtError struct{ error }

// Unwrap gives the marked error.
func (e doubtError) Unwrap() error { return e.error }

// appendFile is a file that is open for adding lines at its end. Every way to add makes the lines durable, and cuts the file back to
// what it was if they can't be written whole, as when the disk is full.
//
// A line that a crash cuts short must not be taken for a shorter line: `acc-1` for `acc-12`. A cut line of JSON gives itself away. For
// CSV the lines are first written with a NUL as their first byte, and made durable; then the byte is put right, which can't be done by
// half. Readers stop at a NUL that begins a line, and the next append cuts it off. So after a crash either all lines count or none.
type appendFile struct {
	// end writes with O_APPEND: lines that someone adds meanwhile, without our lock, are not overwritten.
	end *os.File
	// body is the same file, for what O_APPEND does not allow: cutting back, and putting the first byte right.
	body *os.File
	info fs.FileInfo // when it was opened
}

// openAppend opens a file, with O_CREATE as create if it is to be made.
func openAppend(root *os.Root, rel string, create int) (*appendFile, error) {
	end, err := root.OpenFile(rel, os.O_WRONLY|os.O_APPEND|create, newFile)
	if err != nil {
		return nil, cause(err)
	}
	body, err := root.OpenFile(rel, os.O_RDWR, 0)
	if err != nil {
		return nil, closeAfter(end, err)
	}
	a := &appendFile{end: end, body: body}
	if a.info, err = body.Stat(); err != nil {
		a.close()
		return nil, cause(err)
	}
	return a, nil
}

// close needs no error: what was written is durable before, or was cut off.
func (a *appendFile) close() {
	_ = a.end.Close()
	_ = a.body.Close()
}

// add appends lines as they are.
func (a *appendFile) add(lines []byte) error {
	_, err := a.end.Write(lines)
	if err == nil {
		err = a.body.Sync()
	}
	if err != nil {
		return a.restore(err)
	}
	return nil
}

// addWhole appends lines so that readers see all of them or none. before is the line break that the file's last line lacks.
func (a *appendFile) addWhole(before string, lines []byte) error {
	guarded := append([]byte(before), lines...)
	guarded[len(before)] = uncommitted
	if err := a.add(guarded); err != nil {
		return err
	}
	// Looked for, not computed: someone may have added a line of their own just before.
	written, err := io.ReadAll(io.NewSectionReader(a.body, a.info.Size(), 1<<62))
	at := bytes.IndexByte(written, uncommitted)
	if err == nil && at < 0 {
		err = errors.New("the file was changed while it was being written")
	}
	if err == nil {
		_, err = a.body.WriteAt(lines[:1], a.info.Size()+int64(at))
	}
	if err != nil {
		return a.restore(err)
	}
	if err := a.body.Sync(); err != nil {
		return doubtError{cause(err)}
	}
	return nil
}

// restore makes the file what it was when it was opened, and gives the error that made this necessary.
func (a *appendFile) restore(because error) error {
	if err := a.cut(a.info.Size()); err != nil {
		return doubtError{errors.Join(cause(because), err)}
	}
	return cause(because)
}

// cut cuts the file off after size bytes.
func (a *appendFile) cut(size int64) error {
	if err := a.body.Truncate(size); err != nil {
		return cause(err)
	}
	return cause(a.body.Sync())
}
