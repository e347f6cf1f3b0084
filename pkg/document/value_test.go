package document

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestNode_Value(t *testing.T) {
	for text, want := range map[string]any{
		"3": int64(3), "-3": int64(-3), "+3": int64(3), "012": int64(12), "0x1F": int64(31), "0o17": int64(15),
		"9223372036854775807": int64(math.MaxInt64), "9223372036854775808": "9223372036854775808",
		"0.5": 0.5, ".5": 0.5, "5.": 5.0, "1e3": 1000.0, "-1.5E-1": -0.15, ".inf": math.Inf(1), "-.INF": math.Inf(-1), ".nan": math.NaN(),
		"1e999": "1e999",
		"true":  true, "False": false, "TRUE": true, "yes": "yes", "on": "on", "No": "No", "y": "y",
		"null": nil, "~": nil, "": nil, "Null": nil, "nULL": "nULL", "'null'": "null", `"3"`: "3", "'true'": "true", "''": "",
		"1_000": "1_000", "0b1": "0b1", "1:30": "1:30", "2024-01-01": "2024-01-01", "+": "+", ".": ".", "0x": "0x", "- 1": []any{int64(1)},
		"word": "word", "{a: [1, x], b: }": map[string]any{"a": []any{int64(1), "x"}, "b": nil}, "|\n  3\n": "3\n",
	} {
		key := "k: "
		if text == "- 1" {
			key = "k:\n "
		}
		f, problems := Parse("f.yaml", []byte(key+text+"\n"))
		got := f.Root().Get("k").Value()
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" || len(problems) > 0 {
			t.Errorf("%q: %v\n%s", text, problems, diff)
		}
	}
}

func TestNode_kindsOfScalars(t *testing.T) {
	f, _ := Parse("f.yaml", []byte("int: 3\nbig: 99999999999999999999\nfloat: 0.5\nbool: true\nnone: ~\ntext: yes\nquoted: '3'\n"))
	for key, want := range map[string]string{
		"int": "int", "big": "int", "float": "float", "bool": "bool", "none": "null", "text": "string", "quoted": "string", "absent": "",
	} {
		n := f.Root().Get(key)
		got := ""
		for name, is := range map[string]bool{
			"int": n.IsInt(), "float": n.IsFloat(), "bool": n.IsBool(), "null": n.IsNull(), "string": n.IsString(),
		} {
			if is {
				got += name
			}
		}
		if got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if v, ok := f.Root().Get("int").Float(); v != 3 || !ok {
		t.Errorf("an integer as a float: %v, %v", v, ok)
	}
	if v, ok := f.Root().Get("big").Int(); ok {
		t.Errorf("an integer too large: %v", v)
	}
	if v, ok := f.Root().Get("big").Float(); v != 1e20 || !ok {
		t.Errorf("a large integer as a float: %v, %v", v, ok)
	}
}

func TestNode_absent(t *testing.T) {
	var n Node
	if n.Exists() || n.Kind() != Absent || n.Get("x").Get("y").Exists() || n.Items() != nil || n.Fields() != nil || n.Text() != "" ||
		n.Value() != nil || n.Quoted() || n.IsNull() || n.IsString() || n.File() != nil || n.Key("x").Exists() {
		t.Error("an absent node is something")
	}
	if n.Pos() != n.At(3) || n.Pos().String() != "" {
		t.Error("an absent node has a place")
	}
}
