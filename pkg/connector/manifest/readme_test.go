package manifest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// TestReadme_tellsWhatExpressionsKnow holds the table of the README against the scopes by which expressions are compiled.
func TestReadme_tellsWhatExpressionsKnow(t *testing.T) {
	want := map[string]mapping.Scope{
		"list of an object": ofSince, "read of an object": ofKeys, "find of an object": ofFinding, "update of an object": ofUpdates, "find, create of a collection": ofNaming,
		"names of collections": ofKind, "members of a collection": ofMembers, "lookup of a collection": ofMembership, "add to, remove from, update of a collection": ofWriting,
		"send of an action, create and cancel of a task": ofItems, "poll of a task, lookup of an action or task": ofEffects, "pages": paged, "a write with prepare:": {prepared},
		"steps, poll and results of a job": jobs, "results of a job": {ended}, "the answer to any request": answered, "limits, auth, and the answer too": asked, "each record, each outcome": entry,
	}
	names := map[string]string{}
	for operation, scope := range want {
		var list []string
		for _, v := range scope {
			list = append(list, v.Name)
		}
		names[operation] = strings.Join(list, ", ")
	}
	got := map[string]string{}
	for line := range strings.Lines(readme(t)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if strings.HasPrefix(line, "| ") && len(cells) == 2 && !strings.Contains(line, "---") && !strings.Contains(line, "its request knows") {
			got[strings.TrimSpace(cells[0])] = strings.TrimSpace(cells[1])
		}
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadme_itsExampleIsAManifest reads it.
func TestReadme_itsExampleIsAManifest(t *testing.T) {
	_, text, _ := strings.Cut(readme(t), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	env, err := mapping.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	file, problems := document.Parse("README.md", []byte(text))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	if _, problems := Read(env, file.Root()); len(problems) > 0 {
		t.Error(problems)
	}
}

// TestReadme_tellsOfEveryFunction looks for each that mappings have beside CEL's own.
func TestReadme_tellsOfEveryFunction(t *testing.T) {
	files, err := filepath.Glob("../../expr/mapping/functions*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:text1|text2|cel\.Function)\("(\w+)"`).FindAllStringSubmatch(string(text), -1) {
			if found++; !strings.Contains(readme(t), "`"+m[1]+"(") {
				t.Errorf("it says nothing of %s()", m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("there are only %d functions in %v", found, files)
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
