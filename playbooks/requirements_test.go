package playbooks_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/document"
)

var update = flag.Bool("update", false, "write the table of requirements anew")

// The requirements that the plays of the tree must meet.
const firstOfTree, lastOfTree = 61, 91

// claim is what a test says it is about: play, name and the requirements that its description cites.
type claim struct {
	play, name string
	cites      []string
}

// claims reads what the library's tests say they are about.
func claims(t *testing.T) []claim {
	t.Helper()
	tree, problems, err := document.ReadDir(library)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	var out []claim
	for _, f := range tree.Tests {
		for _, test := range f.Root().Get("tests").Items() {
			out = append(out, claim{test.Get("play").Text(), test.Get("name").Text(), cited(test.Get("description").Text())})
		}
	}
	return out
}

var citation = regexp.MustCompile(`\bM(\d+)(?: to M(\d+))?`)

// cited gives the requirements that a text cites: M61, or M61 to M63.
func cited(text string) []string {
	var out []string
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		first, _ := strconv.Atoi(m[1]) // the pattern takes digits only
		last := first
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		for id := first; id <= last; id++ {
			out = append(out, fmt.Sprintf("M%d", id))
		}
	}
	return out
}

var requirement = regexp.MustCompile(`(?m)^\| (M\d+) \| ([^|]+) \|.*$`)

// TestReadme_saysWhichTestsHoldEachRequirement holds the table of requirements against the tests; -update writes it.
func TestReadme_saysWhichTestsHoldEachRequirement(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	all, listed := claims(t), map[string]bool{}
	want := requirement.ReplaceAllStringFunc(string(text), func(line string) string {
		m := requirement.FindStringSubmatch(line)
		listed[m[1]] = true
		plays, tests := map[string]bool{}, []string{}
		for _, c := range all {
			if slices.Contains(c.cites, m[1]) {
				plays["`"+c.play+"`"] = true
				tests = append(tests, c.name)
			}
		}
		if len(tests) == 0 {
			t.Errorf("no test says that it is about %s", m[1])
		}
		return fmt.Sprintf("| %s | %s | %s | %s |", m[1], m[2], strings.Join(slices.Sorted(maps.Keys(plays)), ", "), strings.Join(tests, "; "))
	})
	for id := firstOfTree; id <= lastOfTree; id++ {
		if name := fmt.Sprintf("M%d", id); !listed[name] {
			t.Errorf("the table has no line of %s", name)
		}
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal("the table of requirements is out of date: go test ./playbooks -update")
	}
	if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// section gives a play's part of its folder's README: from its heading to the next.
func section(text, play string) string {
	_, after, found := strings.Cut(text, "\n## "+play+"\n")
	if !found {
		return ""
	}
	part, _, _ := strings.Cut(after, "\n## ")
	return part
}

// TestReadmes_tellEveryPlay holds that each play stands in the folder of its category, has tests, and is told in the folder's README with
// what it is for, when to use it, what to adapt, and, of the tree, exactly the requirements that its tests are about.
func TestReadmes_tellEveryPlay(t *testing.T) {
	all := claims(t)
	index, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range program(t).Book.Plays {
		folder := filepath.Dir(p.At.Pos().File)
		if folder != p.Category {
			t.Errorf("play %s of the category %s stands in %s", p.Name, p.Category, folder)
		}
		readme, err := os.ReadFile(filepath.Join(library, folder, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		part := section(string(readme), p.Name)
		for _, word := range []string{"**For**", "**Use it", "**Adapt**", "**Covers**"} {
			if !strings.Contains(part, word) {
				t.Errorf("%s/README.md does not say %s of %s", folder, word, p.Name)
			}
		}
		if !strings.Contains(string(index), fmt.Sprintf("| [%s](library/%s) | %s |", p.Name, folder, p.Category)) {
			t.Errorf("README.md has no line of %s", p.Name)
		}
		if got, want := ofTree(cited(part)), ofTree(tested(all, p.Name)); !slices.Equal(got, want) {
			t.Errorf("%s/README.md says that %s covers %v; its tests are about %v", folder, p.Name, got, want)
		}
	}
}

// tested gives the requirements that a play's tests are about. A play without tests of its own is tested with another one.
func tested(all []claim, play string) []string {
	var out []string
	for _, c := range all {
		if c.play == play {
			out = append(out, c.cites...)
		}
	}
	return out
}

// ofTree gives the requirements of the tree among others, sorted, each once.
func ofTree(ids []string) []string {
	var out []string
	for id := firstOfTree; id <= lastOfTree; id++ {
		if name := fmt.Sprintf("M%d", id); slices.Contains(ids, name) {
			out = append(out, name)
		}
	}
	return out
}

// TestLibrary_everyPlayIsTested holds that every play is named by a test, as its play or in what is expected.
func TestLibrary_everyPlayIsTested(t *testing.T) {
	tree, _, err := document.ReadDir(library)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range tree.Tests {
		data, err := os.ReadFile(filepath.Join(library, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	for _, p := range program(t).Book.Plays {
		if !regexp.MustCompile(`\b` + p.Name + `: [\[{]|play: ` + p.Name + `\n`).MatchString(text.String()) {
			t.Errorf("no test speaks of %s", p.Name)
		}
	}
}
