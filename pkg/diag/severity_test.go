package diag

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestProblem_isReadBackFromJSON holds that a problem that was written is the same again, its severity too.
func TestProblem_isReadBackFromJSON(t *testing.T) {
	for _, want := range []List{nil, {}, {
		{At: Position{File: "a"}, Message: "m"},
		{Severity: Warning, At: Position{File: "a", Line: 2, Column: 3}, Message: "m", Hint: "h", Line: "l", Width: 4, Related: []Related{{At: Position{File: "b"}, Message: "r"}}},
	}} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got List
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %#v, %v", text, got, err)
		}
	}
}

func TestSeverity_otherWordsAreNone(t *testing.T) {
	for _, text := range []string{"", "Error", "warn", "0"} {
		s := Warning
		if err := s.UnmarshalText([]byte(text)); err == nil || s != Warning {
			t.Errorf("%q is read as %s, %v", text, s, err)
		}
	}
}
