package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/valyala/fastjson"

	"github.com/playctl/playctl/pkg/diag"
)

// jsonFile reads a file of one JSON object a line.
type jsonFile struct {
	blocks blocks
	file   string
	line   int         // lines before what is still to be split
	parts  [2]jsonPart // in turn
	turn   int
	long   int // the line of a record that is too long

	names map[string]int // as far as records have them: the number of a name that the table needs, or -1; at most maxNames of the latter
	seen  []bool         // which of the table's names any record had
	scans []jsonScan     // one for each share of a part
	cells []span32       // of the records of the part being filled: the value of each name as it is written, empty where there is none
	width int            // cells of a record
}

// maxNames is how many names of JSON keys that nobody asked for are remembered, to suggest one of them.
const maxNames = 200

// jsonPart is some lines of a file.
type jsonPart struct {
	part
	file  *jsonFile
	data  []byte
	spans []span32 // of each line that is not empty, without the white space around it
	valid bool     // data is UTF-8 throughout
}

func newJSON(in *input, t *table) *jsonFile {
	j := &jsonFile{blocks: blocks{in: in, from: withoutMark(in), size: blockSize}, file: t.entity.File, names: map[string]int{}, width: len(t.names)}
	for i, name := range t.names {
		j.names[name] = i
	}
	j.seen = make([]bool, len(t.names))
	for range jsonShares {
		j.scans = append(j.scans, jsonScan{names: maps.Clone(j.names), seen: make([]bool, len(t.names))})
	}
	return j
}

// read reads every record into the table.
func (j *jsonFile) read(t *table) (diag.List, error) {
	problems, err := readParts(t, j)
	if err == nil && len(problems) == 0 {
		t.report.Warnings = append(t.report.Warnings, j.unseen(t)...)
	}
	return problems, err
}

// split implements splitter.
func (j *jsonFile) split() (_ *part, _ diag.List, err error) {
	if j.long > 0 {
		return nil, diag.List{tooLong(j.file, j.long)}, nil
	}
	if j.blocks.end && len(j.blocks.rest) == 0 {
		return nil, nil, nil
	}
	x := &j.parts[j.turn]
	j.turn = 1 - j.turn
	x.file, x.records = j, x
	x.data, x.valid, x.read, err = j.blocks.part(x.data, func(data []byte) (used int, last bool) {
		x.data = data
		return j.lines(x), j.long > 0
	})
	if err != nil {
		return nil, nil, err
	}
	return &x.part, nil, nil
}

// lines finds the lines of a part that are complete, and where they end.
func (j *jsonFile) lines(x *jsonPart) (used int) {
	x.reset()
	x.spans = x.spans[:0]
	for used < len(x.data) {
		end := bytes.IndexByte(x.data[used:], '\n') + 1
		if end == 0 {
			end = len(x.data) - used
			if !j.blocks.end && end <= maxRecord {
				break
			}
		}
		j.line++
		if end > maxRecord {
			j.long = j.line
			break
		}
		line := x.data[used : used+end]
		if text := bytes.TrimSpace(line); len(text) > 0 {
			from := uint32(used + bytes.Index(line, text))
			x.spans = append(x.spans, span32{from, from + uint32(len(text))})
			x.part.lines = append(x.part.lines, int32(j.line))
			x.rows++
		}
		used += end
	}
	return used
}

// unseen warns of fields that no record has: their JSON key may have been renamed.
func (j *jsonFile) unseen(t *table) diag.List {
	var warnings diag.List
	if j.line == 0 {
		p := fileProblem(t.entity.File, 0, "", "the file is empty")
		p.Severity = diag.Warning
		return diag.List{p}
	}
	if t.rows == t.ahead() {
		return nil
	}
	var others []string
	for _, name := range slices.Sorted(maps.Keys(j.names)) {
		if j.names[name] < 0 {
			others = append(others, name)
		}
	}
	for i, name := range t.names {
		if !j.seen[i] {
			p := placeProblem(t.place(i), t.entity.File, "no record of %s has %q, %s", t.entity.File, name, t.purpose(i))
			p.Severity, p.Hint = diag.Warning, diag.Suggest(name, others)
			warnings.Add(p)
		}
	}
	return warnings
}

// syntaxError says what is wrong with a line that is not JSON. fastjson's errors show the rest of the line, which is not for everybody.
func syntaxError(line []byte) string {
	var v any
	var syntax *json.SyntaxError
	if err := json.Unmarshal(line, &v); errors.As(err, &syntax) {
		return fmt.Sprintf("the line is not JSON: %s, at byte %d", syntax, syntax.Offset)
	}
	return "the line is not JSON"
}

// jsonKind names a JSON value that is not an object.
func jsonKind(v *fastjson.Value) string {
	switch v.Type() {
	case fastjson.TypeArray:
		return "an array"
	case fastjson.TypeNull:
		return "null"
	case fastjson.TypeTrue, fastjson.TypeFalse:
		return "a boolean"
	}
	return "a " + v.Type().String()
}
