package manifest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

func read(t *testing.T, name string, text []byte) (*manifest.Manifest, error) {
	t.Helper()
	env, err := mapping.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	file, problems := document.Parse(name, text)
	if problems.Errors() > 0 {
		return nil, problems
	}
	m, problems := manifest.Read(env, file.Root())
	return m, problems.Err()
}

// TestRead_takesEveryManifest reads those that are built in, and those of the examples.
func TestRead_takesEveryManifest(t *testing.T) {
	files, err := filepath.Glob("../rest/manifests/*.yaml")
	if err != nil || len(files) < 16 {
		t.Fatal(files, err)
	}
	examples, err := filepath.Glob("../../../examples/real/connectors/*.yaml")
	if err != nil || len(examples) < 2 {
		t.Fatal(examples, err)
	}
	for _, file := range append(files, examples...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read(t, filepath.Base(file), text); err != nil {
			t.Errorf("%s", err)
		}
	}
}
