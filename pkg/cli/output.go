package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/segment"
)

// output is standard output. It is written line by line, so that a secret which is cut over two writes is found. That its reader has gone
// (playctl plan | head -1) is no error and stops nothing: what nobody reads is dropped. Anything else that goes wrong, such as a full disk, is
// an error of Write.
type output struct {
	to        io.Writer
	secrets   *secret.Redactor
	documents bool   // what is written is JSON
	gone      bool   // nobody reads any more
	rest      []byte // of a line that has not ended
}

// Write writes whole lines without the secrets in them, or drops what nobody reads.
func (o *output) Write(p []byte) (int, error) {
	o.rest = append(o.rest, p...)
	end := bytes.LastIndexByte(o.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	lines := string(o.rest[:end])
	o.rest = append([]byte(nil), o.rest[end:]...)
	if err := o.exactly([]byte(o.clean(lines))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clean takes the secrets out of whole lines.
func (o *output) clean(lines string) string {
	if o.documents {
		return o.secrets.JSON(lines)
	}
	return o.secrets.Text(lines)
}

// flush writes what is left of a last line that has no end.
func (o *output) flush() error {
	rest := string(o.rest)
	o.rest = nil
	return o.exactly([]byte(o.clean(rest)))
}

// exactly writes a document as it is: one that has a checksum, and no secret in it.
func (o *output) exactly(p []byte) error {
	if o.gone || len(p) == 0 {
		return nil
	}
	_, err := o.to.Write(p)
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		o.gone = true
		return nil
	case err != nil:
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}

// spoken are the names of what documents about the state say in words: what systems and people said.
var spoken = []string{"reason", "message", "receipt", "detail", "error", "text"}

// kept is standard output for documents of what the state holds, which secrets were taken out of before it was kept. Whatever a secret may be,
// they come whole but for what was said in words: they are what other commands are told by, and what an audit is made of.
type kept struct{ *output }

// Write writes a whole document.
func (k kept) Write(p []byte) (int, error) {
	if err := k.exactly([]byte(k.secrets.JSON(string(p), spoken...))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// discreet takes secrets out of what is written to standard error, line by line. What is to be seen before its line ends, such as a question, is
// flushed; a line that is drawn anew (a progress bar) is not waited for.
type discreet struct {
	to      io.Writer
	secrets *secret.Redactor
	mu      sync.Mutex
	rest    []byte // of a line that has not ended
}

// Write writes whole lines without the secrets in them. It is told as if all of it was written.
func (d *discreet) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rest = append(d.rest, p...)
	end := bytes.LastIndexByte(d.rest, '\n') + 1
	if bytes.IndexByte(d.rest[end:], '\r') >= 0 {
		end = len(d.rest)
	}
	if err := d.write(end); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes what there is of a line that has not ended. What can't be written is nobody's to be told of any more.
func (d *discreet) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.write(len(d.rest))
}

func (d *discreet) write(end int) error {
	if end == 0 {
		return nil
	}
	text := d.secrets.Text(string(d.rest[:end]))
	d.rest = append([]byte(nil), d.rest[end:]...)
	_, err := io.WriteString(d.to, text)
	return err
}

// print writes a line of a result.
func (a *app) print(format string, args ...any) error {
	_, err := fmt.Fprintf(a.Stdout, format+"\n", args...)
	return err
}

// printJSON writes a result as one document.
func (a *app) printJSON(v any) error { return render.JSON(a.Stdout, v) }

// printKept writes what the state holds as one document.
func (a *app) printKept(v any) error { return render.JSON(kept{a.out}, v) }

// say writes a line on standard error unless -q.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		a.warn(format, args...)
	}
}

// detail writes a line on standard error with -v.
func (a *app) detail(format string, args ...any) {
	if a.verbose && !a.quiet {
		a.warn(format, args...)
	}
}

// slow writes, with -v, which parts of expressions cel-go evaluates and why.
func (a *app) slow(list []segment.Slow) {
	for _, line := range render.Slow(list) {
		a.detail("%s", line)
	}
}

// warn writes a line on standard error, -q or not.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.Stderr, format+"\n", args...)
}

// count words a number of things.
func count(n int, noun string) string { return render.Counted(n, noun) }
