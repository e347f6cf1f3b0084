package document

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// ReadFile reads one YAML file that is not part of a playbook, such as a file of variables. Positions name it by its base name.
func ReadFile(path string) (*File, diag.List, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", path, err)
	}
	file, problems := Parse(filepath.Base(path), data)
	return file, problems, nil
}

// Argument makes a node of text that stands in no file, such as an option of the command line; problems call its place by that name.
// Line breaks become spaces, which means the same to CEL.
func Argument(name, text string) Node {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, text)
	f := &File{Name: name, source: newSource(name, []byte(text))}
	f.root = Node{&node{file: f, kind: Scalar, style: mended, text: text, indent: -1}}
	return f.root
}
