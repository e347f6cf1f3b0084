package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/segment"
)

// output is standard output. That its reader has gone (playctl plan | head -1) is no error and stops nothing: what nobody reads is dropped.
// Anything else that goes wrong, such as a full disk, is an error of Write.
type output struct {
	to      io.Writer
	secrets *secret.Redactor
	gone    bool // nobody reads any more
}

// Write writes a text without the secrets in it, or drops what nobody reads.
func (o *output) Write(p []byte) (int, error) {
	if err := o.exactly([]byte(o.secrets.Text(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// exactly writes a document as it is: one that has a checksum, and no secret in it.
func (o *output) exactly(p []byte) error {
	if o.gone {
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

// discreet takes secrets out of what is written to standard error.
type discreet struct {
	to      io.Writer
	secrets *secret.Redactor
}

// Write writes a text without the secrets in it. It is told as if all of it was written.
func (d discreet) Write(p []byte) (int, error) {
	if _, err := io.WriteString(d.to, d.secrets.Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// print writes a line of a result.
func (a *app) print(format string, args ...any) error {
	_, err := fmt.Fprintf(a.Stdout, format+"\n", args...)
	return err
}

// printJSON writes a result as one document.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

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

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
