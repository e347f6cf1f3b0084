package playbooks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rules is how many rules of practitioners are numbered; later ones are about execution.
const rules = 60

var notAdopted = regexp.MustCompile(`(?m)^\| (R\d+) \| [^|]+ \| [^|]+ \|$`)

// TestReadme_saysOfEveryRuleWhatIsNotAdopted holds that each rule has a test that is named after it, or a line with the reason why not.
func TestReadme_saysOfEveryRuleWhatIsNotAdopted(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../pkg/flow/*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no tests of rules", err)
	}
	var tests strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	told := map[string]bool{}
	for _, m := range notAdopted.FindAllStringSubmatch(string(readme), -1) {
		told[m[1]] = true
	}
	for n := 1; n <= rules; n++ {
		name := fmt.Sprintf("R%d", n)
		if !told[name] && !strings.Contains(tests.String(), "func Test"+name+"_") {
			t.Errorf("%s has no test in pkg/flow and no line in README.md", name)
		}
	}
}
