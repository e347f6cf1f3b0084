package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/playctl/playctl/pkg/diag"
)

// jsonFile reads a file of one JSON object a line.
type jsonFile struct {
	in     *input
	lines  *bufio.Scanner
	parser fastjson.Parser
	line   int

	cells []*fastjson.Value // of the record being read, by the table's names
	names map[string]int    // where the value of a JSON key goes: into cells, or nowhere, -1
	seen  []bool            // which of the names any record had
}

// maxNames is how many names of JSON keys that nobody asked for are remembered, to suggest one of them.
const maxNames = 200

func newJSON(in *input, t *table) *jsonFile {
	lines := bufio.NewScanner(withoutMark(in))
	lines.Buffer(make([]byte, 0, 64<<10), maxRecord)
	j := &jsonFile{in: in, lines: lines, names: map[string]int{}}
	for i, name := range t.names {
		j.names[name] = i
	}
	j.cells, j.seen = make([]*fastjson.Value, len(t.names)), make([]bool, len(t.names))
	return j
}

// read reads every record into the table.
func (j *jsonFile) read(t *table) (diag.List, error) {
	visit := j.keep // made once: a method value is an allocation
	for !t.full() && j.lines.Scan() {
		j.in.mark = j.in.read
		j.line++
		if line := bytes.TrimSpace(j.lines.Bytes()); len(line) > 0 {
			t.end(j.line, j.record(t, line, visit))
		}
	}
	switch err := j.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return diag.List{tooLong(t.entity.File, j.line+1)}, nil
	case err != nil:
		return nil, err
	}
	t.report.Warnings = append(t.report.Warnings, j.unseen(t)...)
	return nil, nil
}

// record fills the slots of a record.
func (j *jsonFile) record(t *table, line []byte, visit func([]byte, *fastjson.Value)) *fault {
	v, err := j.parser.ParseBytes(line)
	if err != nil || badEscape(view(line)) || rawControl(view(line)) {
		return &fault{message: syntaxError(line)}
	}
	object, err := v.Object()
	if err != nil {
		return &fault{message: fmt.Sprintf("the line is not a JSON object but %s", jsonKind(v))}
	}
	clear(j.cells)
	object.Visit(visit)
	for i := range t.slots {
		s := &t.slots[i]
		if f := t.fillJSON(s, j.cells[s.cell]); f != nil {
			return f.in(t.names[s.cell], t.names[s.cell])
		}
		if i == 0 && t.future() {
			return later
		}
	}
	return nil
}

// keep notes the value of a JSON key. Of several with the same key the last counts.
func (j *jsonFile) keep(key []byte, v *fastjson.Value) {
	cell, known := j.names[string(key)]
	switch {
	case known && cell >= 0:
		j.cells[cell], j.seen[cell] = v, true
	case !known && len(j.names) < maxNames && utf8.Valid(key):
		j.names[string(key)] = -1
	}
}

// fillJSON appends a JSON value, nil where the record has none, to a slot's column.
func (t *table) fillJSON(s *slot, v *fastjson.Value) *fault {
	null := v == nil || v.Type() == fastjson.TypeNull
	switch {
	case null && s.key:
		return t.fillKey(s.column, "")
	case null:
		s.column.AppendMissing()
		return nil
	case s.key || s.parent:
		key, f := t.values.jsonKey(v)
		if f != nil {
			return f
		}
		return t.fill(s, key)
	}
	return t.values.json(s.column, v)
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
