package source

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// jsonShares is in how many shares the lines of a part are scanned.
const jsonShares = 4

// jsonScan finds the values of JSON objects as they are written, without making anything of them. It takes what is plainly JSON. All else
// is left to package fastjson, which has the last word on what is JSON, and takes several times as long.
type jsonScan struct {
	names map[string]int // as in jsonFile
	found []string       // of names that nobody asked for: those that are new, in order
	seen  []bool
	other []byte // values of objects that package fastjson took

	// What keys to expect, so that hardly any has to be looked up: those of the objects before, in order, and where the next one may stand.
	order []jsonName
	at    int
	fresh [][]byte // keys of the object that no object had before

	parser fastjson.Parser
}

// jsonName is a key of an object, and the number of its name, -1 if nobody asked for it.
type jsonName struct {
	key  string
	cell int
}

// elsewhere marks the beginning of a value that is not in the part's data, but among the other values of its scan.
const elsewhere = 1 << 31

// prepare implements preparer: it finds the values of each record.
func (x *jsonPart) prepare(t *table) (faults []outcast) {
	j := x.file
	if need := x.rows * j.width; cap(j.cells) < need {
		j.cells = make([]span32, need)
	}
	j.cells = j.cells[:x.rows*j.width]
	found := make([][]outcast, jsonShares)
	t.threads.each(jsonShares, func(i int) { found[i] = x.scan(&j.scans[i], i*x.rows/jsonShares, (i+1)*x.rows/jsonShares) })
	for i := range j.scans {
		j.remember(&j.scans[i])
	}
	return slices.Concat(found...)
}

// scan finds the values of some of the records.
func (x *jsonPart) scan(scan *jsonScan, from, to int) (faults []outcast) {
	scan.other, scan.found = scan.other[:0], scan.found[:0]
	for row := from; row < to; row++ {
		cells := x.file.cells[row*x.file.width : (row+1)*x.file.width]
		if f := scan.record(cells, x.data, x.spans[row]); f != nil {
			faults = append(faults, outcast{row, malformed, f})
		}
	}
	return faults
}

// scanOf gives what has scanned a record of so many.
func (j *jsonFile) scanOf(row, rows int) *jsonScan {
	for i := range j.scans {
		if row < (i+1)*rows/jsonShares {
			return &j.scans[i]
		}
	}
	return nil
}

// remember takes over what a scan has seen. As this is done in the order of the records, what is known of them does not depend on which part
// they are in.
func (j *jsonFile) remember(scan *jsonScan) {
	for i, seen := range scan.seen {
		j.seen[i] = j.seen[i] || seen
	}
	for _, name := range scan.found {
		if _, known := j.names[name]; !known && len(j.names) < maxNames {
			j.names[name] = -1
		}
	}
}

// record finds the values of one object.
func (j *jsonScan) record(cells []span32, data []byte, line span32) *fault {
	clear(cells)
	j.at, j.fresh = 0, j.fresh[:0]
	if j.object(cells, data[:line.to], int(line.from)) {
		for _, key := range j.fresh {
			j.note(key)
		}
	} else if f := j.slowly(cells, data[line.from:line.to]); f != nil {
		return f
	}
	for i, c := range cells {
		j.seen[i] = j.seen[i] || c.to > 0
	}
	return nil
}

// slowly finds the values of what is not plainly an object.
func (j *jsonScan) slowly(cells []span32, text []byte) *fault {
	clear(cells)
	v, err := j.parser.ParseBytes(text)
	if err != nil || badEscape(view(text)) || rawControl(view(text)) {
		return &fault{message: syntaxError(text)}
	}
	object, err := v.Object()
	if err != nil {
		return &fault{message: fmt.Sprintf("the line is not a JSON object but %s", jsonKind(v))}
	}
	object.Visit(func(key []byte, v *fastjson.Value) {
		if cell, known := j.names[string(key)]; !known {
			j.note(key)
		} else if cell >= 0 {
			from := len(j.other)
			j.other = v.MarshalTo(j.other) // strings as they were, as nobody has asked for them yet
			cells[cell] = span32{uint32(from) | elsewhere, uint32(len(j.other))}
		}
	})
	return nil
}

// note remembers a key that nobody asked for.
func (j *jsonScan) note(key []byte) {
	if _, known := j.names[string(key)]; !known && len(j.names) < maxNames && utf8.Valid(key) {
		j.names[string(key)] = -1
		j.found = append(j.found, string(key))
	}
}

// object finds the values of an object that is all there is of data from a place on. It gives false for what is not, or not plainly, one.
func (j *jsonScan) object(cells []span32, data []byte, at int) bool {
	if data[at] != '{' {
		return false
	}
	at = skipSpace(data, at+1)
	for at < len(data) && data[at] == '"' {
		end, plain := skipString(data, at)
		if end == 0 || !plain {
			return false
		}
		cell := j.cell(data[at+1 : end-1])
		if at = skipSpace(data, end); at >= len(data) || data[at] != ':' {
			return false
		}
		at = skipSpace(data, at+1)
		if end = skipValue(data, at, 0); end == 0 {
			return false
		}
		if cell >= 0 {
			cells[cell] = span32{uint32(at), uint32(end)}
		}
		at = skipSpace(data, end)
		if at+1 >= len(data) || data[at] != ',' {
			break
		}
		if at = skipSpace(data, at+1); at < len(data) && data[at] == '}' {
			return false
		}
	}
	return at+1 == len(data) && data[at] == '}'
}

// cell gives the number of a key's name, -1 if nobody asked for it.
func (j *jsonScan) cell(key []byte) int {
	for i := j.at; i < len(j.order); i++ { // some may be left out, as their values are missing
		if o := &j.order[i]; o.key == string(key) {
			j.at = i + 1
			return o.cell
		}
	}
	cell, known := j.names[string(key)]
	if !known {
		j.fresh = append(j.fresh, key)
		return -1
	}
	if !slices.ContainsFunc(j.order, func(o jsonName) bool { return o.key == string(key) }) {
		j.order = slices.Insert(j.order, j.at, jsonName{string(key), cell})
		j.at++
	}
	return cell
}
