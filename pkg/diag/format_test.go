package diag

import "testing"

func TestFormat_caretStandsBelowItsCharacter(t *testing.T) {
	p := Problem{At: Position{"plays.yaml", 12, 6}, Message: `unknown key "nam"`, Hint: `did you mean "name"?`, Line: "\tZoë: nam", Width: 3,
		Related: []Related{{At: Position{"a.yaml", 1, 1}, Message: "here"}}}
	want := "plays.yaml:12:6: error: unknown key \"nam\"\n   12 │ \tZoë: nam\n      │ \t    ^^^\n      a.yaml:1:1: here\n      hint: did you mean \"name\"?\n"
	if got := p.Format(); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"trigger", "title", "steps", "segment", "exit", "name"}
	for typo, want := range map[string]string{"triger": "trigger", "tirgger": "trigger", "setps": "steps", "Segment": "segment", "nam": "name", "wholly": "", "x": ""} {
		if got := Nearest(typo, known); got != want {
			t.Errorf("%s: got %q, want %q", typo, got, want)
		}
	}
}

func TestSort_dropsRepeats(t *testing.T) {
	l := List{{At: Position{"b", 1, 1}, Message: "x"}, {At: Position{"a", 2, 1}, Message: "x"}, {At: Position{"a", 2, 1}, Message: "x"}}
	l.Sort()
	if len(l) != 2 || l[0].At.File != "a" || l.Errors() != 2 || l.Err() == nil {
		t.Errorf("got %v", l)
	}
	if (List{{Severity: Warning}}).Err() != nil {
		t.Error("a warning is no error")
	}
}
