package manifest_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/document"
)

var update = flag.Bool("update", false, "write the schema of manifests")

const schemaFile = "../../../schemas/manifest.schema.json"

// TestSchema_isMadeOfTheTablesOfTheReader holds the file that editors are given against what is read.
func TestSchema_isMadeOfTheTablesOfTheReader(t *testing.T) {
	made, err := manifest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(made, written) {
		t.Errorf("schemas/manifest.schema.json is not what the reader reads: go test ./pkg/connector/manifest -update (%v)", err)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.Open(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	value, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("manifest.schema.json", value); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("manifest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valueOf(t *testing.T, name string, text []byte) any {
	t.Helper()
	file, problems := document.Parse(name, text)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return plainly(file.Root().Value())
}

// plainly gives a value as JSON has it.
func plainly(value any) any {
	switch v := value.(type) {
	case int64:
		return float64(v)
	case map[string]any:
		for k := range v {
			v[k] = plainly(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plainly(v[i])
		}
	}
	return value
}

func TestSchema_takesEveryManifestThatIsBuiltIn(t *testing.T) {
	schema := compiled(t)
	files, err := filepath.Glob("../rest/manifests/*.yaml")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(valueOf(t, file, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchema_refusesWhatTheReaderRefuses(t *testing.T) {
	schema := compiled(t)
	for _, text := range []string{
		"title: no name\nbase: https://x.example\n", "connector: x\n", "connector: x\nbase: https://x.example\nobject: {}\n", "connector: x\nbase: https://x.example\nlimits: [{rate: many, per: 1s}]\n",
		"connector: x\nbase: https://x.example\nerrors: [{when: 'true', do: again}]\n", "connector: x\nbase: https://x.example\nobjects: {a: {fields: {b: text}}}\n",
		"connector: x\nbase: https://x.example\nactions: {a: {send: {post: /x, retry: maybe}}}\n", "connector: x\nbase: https://x.example\nlimits: [{rate: 1, per: 1 second}]\n",
		"connector: x\nbase: https://x.example\ncollections: {a: {members: {get: /x, records: [json], key: it}}}\n",
	} {
		if err := schema.Validate(valueOf(t, "x.yaml", []byte(text))); err == nil {
			t.Errorf("the schema takes %q", text)
		}
		if _, err := read(t, "x.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "x.yaml:") {
			t.Errorf("the reader says of %q: %v", text, err)
		}
	}
}
