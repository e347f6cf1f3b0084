package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
)

// maxRecord is how many bytes a record may have. More is a quote that nobody closed, or a file that is no text.
const maxRecord = 16 << 20

// blockSize is how much is read at once. An interruption is seen after each block, a few milliseconds of work.
const blockSize = 256 << 10

var errTooLong = errors.New("record too long")

// input is an open file: a reader that an end of the context interrupts.
type input struct {
	ctx  context.Context // of the whole reading: a reader has no other way to be told
	from io.Reader       // the file
	file *os.File
	info fs.FileInfo // when it was opened
	read int64       // bytes so far
	mark int64       // bytes when the record being read began, at the least
}

// openInput opens a regular file. Anything else is refused before it is opened: to open a pipe is to wait until somebody writes to it.
func openInput(ctx context.Context, path string) (*input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is %s, not a file of records", kindOf(info.Mode()))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &input{ctx: ctx, from: file, file: file, info: info}, nil
}

// kindOf names what is no regular file.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// Read implements io.Reader.
func (in *input) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	if in.read-in.mark > maxRecord {
		return 0, errTooLong
	}
	n, err := in.from.Read(p)
	in.read += int64(n)
	return n, err
}

// changed reports whether somebody wrote to the file since it was opened.
func (in *input) changed() bool {
	now, err := in.file.Stat()
	return err != nil || now.Size() != in.info.Size() || !now.ModTime().Equal(in.info.ModTime())
}

// pathOf gives the place of a file that a playbook names.
func pathOf(dir, file string) string {
	path := filepath.FromSlash(file)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// openProblem words why a file can't be opened, with what is there instead as a hint. at is where the playbook names it.
func openProblem(at diag.Problem, dir, file string, err error) diag.Problem {
	at.Message = fmt.Sprintf("opening %q: %s", file, reason(err))
	if errors.Is(err, fs.ErrNotExist) {
		at.Message = fmt.Sprintf("there is no file %q", file)
		at.Hint = neighbours(dir, file)
	}
	return at
}

// reason gives what an error of package os says, without the path, which is the caller's to name.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// neighbours suggests a file of the same folder.
func neighbours(dir, file string) string {
	folder, name := "", file
	if i := strings.LastIndexByte(file, '/'); i >= 0 {
		folder, name = file[:i+1], file[i+1:]
	}
	entries, err := os.ReadDir(pathOf(dir, folder))
	if err != nil {
		return fmt.Sprintf("there is no folder %q either", strings.TrimSuffix(folder, "/"))
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	if near := diag.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", folder+near)
	}
	return ""
}

// age words how long ago something was, in the two largest units.
func age(d time.Duration) string {
	if d < time.Minute {
		return d.Round(time.Second).String()
	}
	d = d.Round(time.Minute)
	days, hours, minutes := d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%dd %dh", days, hours)
	case days > 0:
		return fmt.Sprintf("%dd", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%dh %dm", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	}
	return fmt.Sprintf("%dm", minutes)
}

// readAt fills all of a buffer with what is at a place of a file, which may have become shorter than it was.
func readAt(from io.ReaderAt, buffer []byte, at int64) error {
	n, err := from.ReadAt(buffer, at)
	if n == len(buffer) {
		return nil
	}
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
