package plan_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestReadme_namesEveryGuardAndFigure holds that the guide to guards leaves none out, and has none that is not there.
func TestReadme_namesEveryGuardAndFigure(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	standard := map[string]bool{}
	for _, g := range playbook.StandardGuards() {
		standard[g.Name] = true
		if !strings.Contains(text, "\n| `"+g.Name+"` |") {
			t.Errorf("the guard %s is not in the table", g.Name)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(text, -1) {
		if !standard[m[1]] {
			t.Errorf("there is no guard %s", m[1])
		}
	}
	known := map[string]bool{}
	for _, name := range expr.PlanFigures() {
		known[name] = true
		if !strings.Contains(text, "`plan."+name+"`") {
			t.Errorf("the figure plan.%s is not in the table", name)
		}
	}
	for _, m := range regexp.MustCompile(`plan\.([a-z_]+)`).FindAllStringSubmatch(text, -1) {
		if !known[m[1]] {
			t.Errorf("there is no figure plan.%s", m[1])
		}
	}
}

// TestReadme_exampleIsAPlaybooks holds that the guide's example is read as it says: two guards more, one with another limit, and one less.
func TestReadme_exampleIsAPlaybooks(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(data), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	file, problems := document.Parse("README.md", []byte("playbook: {name: guide}\n"+example))
	book, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if err := append(problems, more...).Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(book.GuardNames(), " "), "first-launch removals sends empty-source stale-data clock calm few-leave lateness"; got != want {
		t.Errorf("its guards are %s, want %s", got, want)
	}
}
