package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/frame"
)

// scanOne scans a line for the keys a and b, and parses it as what is not plainly an object is.
func scanOne(line []byte) (scanned, parsed [2]string, plain bool, f *fault) {
	names := map[string]int{"a": 0, "b": 1}
	quick, slow := jsonScan{names: names, seen: make([]bool, 2)}, jsonScan{names: names, seen: make([]bool, 2)}
	cells := make([]span32, 2)
	if plain = quick.object(cells, line, 0); plain {
		for i, c := range cells {
			scanned[i] = string(line[c.from:c.to])
		}
	}
	if f = slow.slowly(cells, line); f == nil {
		for i, c := range cells {
			parsed[i] = string(slow.other[c.from&^elsewhere : c.to])
		}
	}
	return scanned, parsed, plain, f
}

// sameScan holds that a line that is plainly an object is one for the parser as well, with the same values.
func sameScan(t *testing.T, line []byte) {
	t.Helper()
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return
	}
	scanned, parsed, plain, f := scanOne(line)
	if !plain {
		return
	}
	if f != nil || !json.Valid(line) {
		t.Fatalf("%q was taken; the parser says %v", line, f)
	}
	for i := range scanned {
		if compacted(scanned[i]) != compacted(parsed[i]) {
			t.Fatalf("%q: value %d is %q, the parser says %q", line, i, scanned[i], parsed[i])
		}
	}
}

// compacted gives JSON without white space; parsing drops it.
func compacted(raw string) string {
	var out bytes.Buffer
	if raw == "" || json.Compact(&out, []byte(raw)) != nil {
		return raw
	}
	return out.String()
}

func TestJSON_plainObjectsAreTaken(t *testing.T) {
	for _, line := range []string{
		`{}`, `{ }`, `{"a":1}`, `{"a": -0.5e+3 , "b" : [1, {"x": null}, []]}`, "{\"a\":\t\"x\\\"\\u00e9\\ud83d\\ude00\",\r\"b\":{}}", `{"c":true,"a":false}`,
	} {
		if _, _, plain, f := scanOne([]byte(line)); !plain || f != nil {
			t.Errorf("%s is not plainly an object; the parser says %v", line, f)
		}
		sameScan(t, []byte(line))
	}
}

func TestJSON_whatIsNotPlainlyAnObjectIsLeftToTheParser(t *testing.T) {
	for _, line := range []string{
		`[]`, `{"a":01}`, `{"a":1,}`, `{"a" 1}`, `{"\u0061":1}`, `{"a":"\x"}`, "{\"a\":\"\t\"}", `{"a":NaN}`, `{"a":nan}`, `{"a":1}}`, `{"a":1`, `{"a":tru}`, `{"a":-}`,
		`{"a":1.}`, `{"a":1e}`, `{"a":"\ud83d"}`, `{,}`, `{"a":[1,]}`, `{"a":{"b"}}`, `{"a":`, `{`,
	} {
		if _, _, plain, _ := scanOne([]byte(line)); plain {
			t.Errorf("%s was taken", line)
		}
	}
}

func FuzzJSON_scansAsTheParser(f *testing.F) {
	for _, s := range []string{`{"a": [1, {"b": -1.5e3}], "b": "\ud83d\ude00\n", "c": null}`, `{"a":{"a":"}"},"a":true}`, "{\"b\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(sameScan)
}

// randomJSON puts together lines that are hard to read.
func randomJSON(random *rand.Rand) []byte {
	lines := []string{`{"k":"a","b":true,"i":12.0,"d":1e-3,"s":"x","at":"2026-01-02","ls":["a"],"li":[1,2],"m":{"b":1},"p":7}`, `{"k":1}`, `{"i":3,"k":"b"}`,
		"", " \r", `{"k":"c\n\u00e9","other":1}`, `{"k":"d","at":"2027-01-01"}`, `{"k":"e","d":NaN}`, `{"k":"j","d":nan,"s":nAN}`, `{"k":nan}`, `[1]`, `{`, "{\"k\":\"\xff\"}", `{"k":"f","i":1,"i":null}`,
		`{"k":"g","s":"ü","m":{"x":null,"y":01}}`, `{"\u006b":"h","zz":{}}`, `{"k":"i","ls":["a",null]}`}
	var text bytes.Buffer
	for range random.IntN(40) {
		text.WriteString(lines[random.IntN(len(lines))])
		text.WriteString([]string{"\n", "\n", "\r\n", " \n"}[random.IntN(4)])
		if random.IntN(3) == 0 {
			fmt.Fprintf(&text, `{"k":"n%d","i":%d,"new%d":1}`+"\n", random.IntN(9), random.IntN(9), random.IntN(500))
		}
	}
	return text.Bytes()
}

func TestJSON_isReadAlikeWhereverBlocksEndAndOnTwoThreads(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 3))
	for range 150 {
		data := randomJSON(random)
		want := readSized(t, data, blockSize, false, false)
		for _, size := range []int{1, 1 + random.IntN(20), 1 + random.IntN(200)} {
			got := readSized(t, data, size, false, size%2 == 0)
			if d := cmp.Diff(want, got, cmp.AllowUnexported(frame.Column{}), cmp.Comparer(sameDict)); d != "" {
				t.Fatalf("blocks of %d bytes of %q:\n%s", size, data, d)
			}
		}
	}
}

func TestJSON_namesThatAreSuggestedDoNotDependOnBlocks(t *testing.T) {
	var text bytes.Buffer
	for i := range 300 {
		fmt.Fprintf(&text, `{"id":"a%d","x%d":1}`+"\n", i, i*7%300)
	}
	known := func(size int) []string {
		x := newTable(account("a"), request(""))
		j := newJSON(&input{ctx: t.Context(), from: bytes.NewReader(text.Bytes())}, x)
		j.blocks.size = size
		if _, err := j.read(x); err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range j.names {
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
	want := known(blockSize)
	if len(want) != maxNames {
		t.Errorf("%d names, want %d", len(want), maxNames)
	}
	diff(t, known(100), want)
}
