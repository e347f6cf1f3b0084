// Package document reads YAML with places: every scalar knows the file, line and column of each of its characters, so that an error
// inside an expression can point at the character that is wrong.
//
// [ReadDir] reads the files of a playbook, [Parse] one file, and [Merge] joins files into one mapping. What comes out is a tree of
// [Node], a small value whose zero is an absent node, so that looking things up needs no checks:
//
//	root, problems := document.Merge(tree.Files)
//	owner := root.Get("plays").Get("mqa-outreach").Get("owner") // absent if any of them is
//
// The language is a part of YAML 1.2: one document a file, no anchors, aliases, merge keys or tags, no name twice in a mapping, and
// only true and false are booleans. What is left out is refused with its place and a hint, as are YAML's syntax errors. An expression
// that YAML cuts apart, such as {when: a.exists(x, x > 1)}, is recognised, reported once, and stays in the tree as it was meant, so
// that the problems behind it are found in the same run.
//
// This is the only package that imports a YAML library.
package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
)

// MaxSize is how many bytes a file may have.
const MaxSize = 4 << 20

// MaxDepth is how deep lists and mappings may be nested; the mapping at the top counts as 1.
const MaxDepth = 64

// File is one YAML file as read.
type File struct {
	Name string // relative to the playbook's directory, with slashes

	source *source
	digest string
	root   Node
}

// Digest gives the SHA-256 of the file's bytes, in lower-case hex.
func (f *File) Digest() string { return f.digest }

// Bytes gives the file as it was read. Nobody may change them.
func (f *File) Bytes() []byte { return f.source.text }

// Root gives what the file holds: absent for an empty file, one of comments only, or one that could not be read as YAML.
func (f *File) Root() Node { return f.root }

// Parse reads one file. It always gives a file, which holds what could be understood; the problems are in the order of their places.
// A caller that finds errors among them may go on to find more, but not act on the file.
func Parse(name string, data []byte) (*File, diag.List) {
	sum := sha256.Sum256(data)
	f := &File{Name: name, digest: hex.EncodeToString(sum[:])}
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	f.source = newSource(name, text)
	if p, ok := f.checkBytes(len(data)); !ok {
		return f, diag.List{p}
	}
	problems := f.parse()
	problems.Sort()
	return f, problems
}

// checkBytes refuses what is not text. YAML would take some of it: it reads a lone carriage return and three rare characters as line
// breaks, which no editor does, so that every line number after them would be off.
func (f *File) checkBytes(size int) (diag.Problem, bool) {
	if size > MaxSize {
		return tooLarge(f.Name), false
	}
	text := f.source.text
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRune(text[i:])
		if message, hint := refusedRune(r, width, text[i+width:]); message != "" {
			return f.source.problem(i, i+width, message, hint), false
		}
		i += width
	}
	return diag.Problem{}, true
}

func tooLarge(name string) diag.Problem {
	return diag.Problem{
		At:      diag.Position{File: name},
		Message: fmt.Sprintf("the file is larger than %d MiB", MaxSize>>20),
		Hint:    "split it, or keep data in CSV files",
	}
}

// refusedRune says why a character may not stand in a file, or "" if it may. after is the text behind it.
func refusedRune(r rune, width int, after []byte) (message, hint string) {
	switch {
	case r == utf8.RuneError && width == 1:
		return "the file is not UTF-8 from here on", "save it as UTF-8"
	case r == '\r' && !bytes.HasPrefix(after, []byte("\n")):
		return "a carriage return that no line feed follows", "save the file with line feeds (LF or CRLF) at the ends of its lines"
	case r == '\u0085', r == '\u2028', r == '\u2029':
		return fmt.Sprintf("the character %U is a line break to YAML, and to nothing else", r),
			fmt.Sprintf(`remove it, or write it as "\u%04X" in double quotes`, r)
	case r == '\t', r == '\n', r == '\r':
		return "", ""
	case r < ' ', r >= 0x7f && r < 0xa0, r == '\ufffe', r == '\uffff', r == '\ufeff':
		return fmt.Sprintf("the character %U cannot be seen", r), fmt.Sprintf(`remove it, or write it as "\u%04X" in double quotes`, r)
	}
	return "", ""
}
