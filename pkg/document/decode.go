package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/playctl/playctl/pkg/diag"
)

// decoded is what the YAML library makes of a text.
type decoded struct {
	root   *yaml.Node // of the first document; nil if there is none
	second *yaml.Node // the document behind it, nil if there is none
}

// decode runs the YAML library, whose errors become ours in syntax.go. It panics on some input; that is an error like the others.
func decode(text []byte) (d decoded, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = decoded{}, fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return decoded{}, nil
	case err != nil:
		return decoded{}, err
	}
	if len(first.Content) > 0 {
		d.root = first.Content[0]
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil:
		return decoded{}, err
	}
	d.second = &second
	return d, nil
}

// parse fills in the file's root.
func (f *File) parse() diag.List {
	b := &builder{file: f, source: f.source}
	d, err := decode(f.source.text)
	if err != nil {
		around, cuts, ok := decodeAround(f.source)
		if !ok {
			return diag.List{syntaxProblem(f.source, err)}
		}
		d, b.cuts = around, cuts
	}
	if d.second != nil {
		at := f.source.offset(d.second.Line, d.second.Column)
		b.report(at, at+3, "a second document begins here", "put it into a file of its own; a file holds one document")
	}
	if d.root != nil {
		f.root = b.node(d.root, -1, 1, false)
	}
	for _, c := range b.cuts {
		b.problems.Add(c.problem(f.source))
	}
	return b.problems
}
