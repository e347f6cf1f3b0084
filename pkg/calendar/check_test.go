package calendar

import (
	"testing"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestCheck_reportsWhatIsNeverOpen holds that calendars and windows without hours are errors at their place, wherever in a play the window is,
// and others are not.
func TestCheck_reportsWhatIsNeverOpen(t *testing.T) {
	file, problems := document.Parse("playbook.yaml", []byte("calendar: {}\nmain: {}\nnested: {}\nescalate: {}\nthen: {}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	closed := func(id string) *playbook.Step {
		return &playbook.Step{ID: id, Window: &playbook.Window{Hours: &playbook.Hours{}, At: file.Root().Key(id)}}
	}
	hours := playbook.StandardHours()
	main := closed("main")
	main.OnTimeout = []*playbook.Step{closed("nested")}
	main.Escalate = []playbook.Escalate{{Send: closed("escalate")}, {}}
	b := &playbook.Book{
		Calendars: []*playbook.Calendar{{Name: "default", Hours: hours}, {Name: "never", At: file.Root().Key("calendar")}},
		Plays: []*playbook.Play{{
			Steps: []*playbook.Step{main, {ID: "open", Window: &playbook.Window{Hours: &hours}}, {ID: "named", Window: &playbook.Window{Calendar: "never"}}, {ID: "none"}},
			Exits: []playbook.Exit{{Then: []*playbook.Step{closed("then")}}},
		}},
	}
	want := []string{
		`playbook.yaml:1:1: calendar "never" is never open`,
		`playbook.yaml:2:1: the window of step "main" is never open`,
		`playbook.yaml:4:1: the window of step "escalate" is never open`,
		`playbook.yaml:3:1: the window of step "nested" is never open`,
		`playbook.yaml:5:1: the window of step "then" is never open`,
	}
	found := Check(b)
	if len(found) != len(want) {
		t.Fatalf("%d problems, want %d: %v", len(found), len(want), found)
	}
	for i, p := range found {
		if p.Error() != want[i] || p.Hint == "" {
			t.Errorf("got %q with the hint %q, want %q", p.Error(), p.Hint, want[i])
		}
	}
}
