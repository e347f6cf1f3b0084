package process

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"unicode"
)

// What is kept of a plug-in's standard error: its last lines, none longer than this.
const (
	tailLines = 5
	tailWidth = 200
)

// tail keeps the last lines of what is read, however much that is.
type tail struct {
	mu    sync.Mutex
	lines []string
	line  []byte // the one that has not ended
}

// read reads to the end.
func (t *tail) read(from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		t.take(buffer[:n])
		if err != nil {
			return
		}
	}
}

func (t *tail) take(text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		part := text
		if end >= 0 {
			part = text[:end]
		}
		t.line = append(t.line, part[:min(len(part), max(0, tailWidth-len(t.line)))]...)
		if end < 0 {
			return
		}
		t.keep()
		text = text[end+1:]
	}
}

// keep takes the line that has ended among those kept.
func (t *tail) keep() {
	if line := readable(string(t.line)); line != "" {
		t.lines = append(t.lines, line)
		if len(t.lines) > tailLines {
			t.lines = append(t.lines[:0], t.lines[1:]...)
		}
	}
	t.line = t.line[:0]
}

// text gives the last lines, as one.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if line := readable(string(t.line)); line != "" {
		lines = append(lines[:len(lines):len(lines)], line)
	}
	return strings.Join(lines, " / ")
}

// readable makes one line of a text that anything may stand in.
func readable(text string) string {
	text = strings.ToValidUTF8(text, "?")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
}
