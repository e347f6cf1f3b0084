package rest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/playctl/playctl/pkg/document"
)

// deviation is something that a spec has against a request, which is right in spite of it.
type deviation struct{ vendor, operation, says string }

// readDeviations reads testdata/specs/deviations.yaml: why each is right.
func readDeviations(t *testing.T) map[deviation]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "specs", "deviations.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file, problems := document.Parse("deviations.yaml", data)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	out := map[deviation]string{}
	for _, n := range file.Root().Get("deviations").Items() {
		why := n.Get("why").Text()
		operations := []document.Node{n.Get("operation")}
		if n.Get("operations").Exists() {
			operations = n.Get("operations").Items()
		}
		for _, operation := range operations {
			d := deviation{n.Get("vendor").Text(), operation.Text(), n.Get("says").Text()}
			if d.vendor == "" || d.operation == "" || d.says == "" || len(why) < 20 {
				t.Errorf("deviations.yaml: an entry has vendor, operation (or operations), says and why: %+v", d)
			}
			if out[d] != "" {
				t.Errorf("deviations.yaml has twice: %+v", d)
			}
			out[d] = why
		}
	}
	return out
}
