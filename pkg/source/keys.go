package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// ReadKeys reads the list of keys of a segment whose List is set; dir is the playbook's directory. A .csv file has a header, and the keys
// stand in its column id or key, else in the first one. A .txt file has a key a line, without the white space around it; empty lines and
// those that begin with # are left out. The keys come sorted, each once.
//
// Lists are written and reviewed by people, so that nothing is skipped: a record without a key, with another number of cells than the
// header, or that is not UTF-8 is a problem of the [diag.List] returned as an error.
func ReadKeys(ctx context.Context, dir string, s *playbook.Segment) ([]string, error) {
	var read func(*input, string) ([]string, diag.List, error)
	switch strings.ToLower(path.Ext(s.List)) {
	case ".csv":
		read = keysOfCSV
	case ".txt":
		read = keysOfLines
	default:
		p := placeProblem(s.ListAt, s.List, "%q has an extension that can't be read", s.List)
		p.Hint = "lists of keys can be .csv and .txt"
		return nil, diag.List{p}
	}
	in, err := openInput(ctx, pathOf(dir, s.List))
	if err != nil {
		return nil, diag.List{openProblem(placeProblem(s.ListAt, s.List, ""), dir, s.List, err)}
	}
	keys, problems, err := read(in, s.List)
	_ = in.file.Close() // only read from
	if err != nil {
		return nil, fmt.Errorf("reading segment %s from %q: %w", s.Name, s.List, err)
	}
	if problems.Err() != nil {
		return nil, problems
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// keysOfCSV reads the keys of a CSV file.
func keysOfCSV(in *input, file string) (keys []string, problems diag.List, err error) {
	reader := csv.NewReader(withoutMark(in))
	reader.ReuseRecord = true
	reader.FieldsPerRecord = 0 // as many as the header has
	column := -1
	for {
		in.mark = in.read
		cells, err := reader.Read()
		if err == io.EOF {
			break
		}
		if p, bad := csvProblem(file, err); bad {
			problems.Add(p)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if column < 0 {
			column = keyColumn(cells)
			continue
		}
		line, _ := reader.FieldPos(0)
		if f := checkKey(cells[column]); f != nil {
			problems.Add(f.in(fmt.Sprintf("column %d", column+1), "").problem(file, line, diag.Error))
			continue
		}
		keys = append(keys, strings.Clone(cells[column]))
	}
	if column < 0 {
		problems.Add(fileProblem(file, 0, "write a header, such as id", "the file is empty"))
	}
	return keys, problems, nil
}

// csvProblem words an error of the syntax of a CSV file. Another error is none.
func csvProblem(file string, err error) (p diag.Problem, ok bool) {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		return p, false
	}
	if errors.Is(syntax.Err, csv.ErrFieldCount) {
		return fileProblem(file, syntax.StartLine, "quote cells that have commas in them", "the record has another number of cells than the header"), true
	}
	return fileProblem(file, syntax.StartLine, "", "%s", syntaxReason(syntax)), true
}

func checkKey(key string) *fault {
	if key == "" {
		return &fault{message: "the key is missing"}
	}
	if !utf8.ValidString(key) {
		return notUTF8(key)
	}
	return nil
}

// keyColumn finds the column of the keys by the names of the header.
func keyColumn(header []string) int {
	for _, name := range []string{"id", "key"} {
		for i, h := range header {
			if strings.EqualFold(strings.TrimSpace(h), name) {
				return i
			}
		}
	}
	return 0
}

// keysOfLines reads the keys of a text file.
func keysOfLines(in *input, file string) (keys []string, problems diag.List, err error) {
	lines := bufio.NewScanner(withoutMark(in))
	lines.Buffer(nil, maxRecord)
	for line := 1; lines.Scan(); line++ {
		in.mark = in.read
		key := bytes.TrimSpace(lines.Bytes())
		switch {
		case len(key) == 0 || key[0] == '#':
		case !utf8.Valid(key):
			problems.Add(notUTF8(string(key)).problem(file, line, diag.Error))
		default:
			keys = append(keys, string(key))
		}
	}
	return keys, problems, lines.Err()
}
