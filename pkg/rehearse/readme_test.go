package rehearse_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestReadme_examplesHold runs every example of the README over its playbook.
func TestReadme_examplesHold(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var h *house
	examples := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(block[1], "playbook:") {
			h = newHouse(t, block[1])
			continue
		}
		examples++
		for _, o := range h.test(block[1]) {
			if !o.Passed() {
				t.Errorf("%s:\n%s", o.Name, h.words(o))
			}
		}
	}
	if examples < 3 {
		t.Fatalf("only %d examples", examples)
	}
}
