package pkg_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/playctl/playctl/"

// layers says what each package may import of ours: the table of design/architecture.md, and why a row differs where it does.
var layers = map[string]struct {
	may []string
	why string // told with every refusal
}{
	"diag":               {nil, "a leaf: everyone may import it"},
	"frame":              {nil, "records as columns know nothing of where they come from"},
	"document":           {nil, "YAML with positions knows nothing of playbooks"},
	"playbook":           {[]string{"document", "frame"}, "the nouns; frame for the types of fields, so that there is one definition of them"},
	"calendar":           {[]string{"playbook"}, "times know only what a playbook says of them"},
	"expr":               {[]string{"playbook", "frame"}, "expressions know types and columns, not who asks"},
	"expr/vector":        {[]string{"expr", "frame"}, "nodes into kernels over columns; cel-go stays behind expr; pure"},
	"expr/exprtest":      {[]string{"document", "playbook", "frame", "expr"}, "engines are given to it; it knows none but the reference"},
	"expr/mapping":       {[]string{"document", "playbook"}, "CEL of manifests, over plain values; document for the places of templates; pure"},
	"connector":          {[]string{"playbook"}, "the contract; nothing of ours may leak into it"},
	"connector/files":    {[]string{"connector"}, "a connector knows the contract only"},
	"connector/postgres": {[]string{"connector", "pg"}, "a connector knows the contract only; pg for what it shares with the store"},
	"connector/process":  {[]string{"connector"}, "a connector knows the contract only"},
	"connector/all":      {[]string{"connector", "connector/files", "connector/postgres", "connector/process", "connector/rest"}, "the explicit list"},
	"connector/conntest": {[]string{"connector"}, "the suite that every connector passes"},
	"connector/manifest": {[]string{"connector", "document", "expr/mapping", "playbook"}, "a manifest, read and checked; pure"},
	"connector/rest":     {[]string{"connector", "connector/manifest", "document", "expr/mapping", "playbook"}, "runs a manifest; it knows no vendor"},
	"connector/simulate": {[]string{"connector", "connector/manifest", "expr/mapping", "playbook"}, "serves a manifest; it knows no vendor, and not the client that it rehearses with"},
	"connector/faulty":   {[]string{"connector"}, "a wrapper of any connector, for tests: it knows the contract only"},
	"connector/memory":   {[]string{"connector"}, "a system of its own kind, for rehearsals and tests: it knows the contract only"},
	"state":              {[]string{"playbook"}, "what is kept, not where"},
	"state/sqlite":       {[]string{"state"}, "a store knows the types it keeps"},
	"state/all":          {[]string{"state", "state/sqlite", "state/folder", "state/s3", "state/http", "state/seal", "state/postgres"}, "the explicit list"},
	"state/lineage":      {[]string{"state"}, "one small file; state for the name of the environment without one"},
	"state/postgres":     {[]string{"state", "pg"}, "a store knows the types it keeps; pg for what it shares with the connector"},
	"state/memory":       {[]string{"state"}, "a store knows the types it keeps"},
	"state/blob":         {[]string{"state", "state/memory", "state/seal"}, "a log over any bucket: it replays it in memory, and knows no vendor"},
	"state/folder":       {[]string{"state", "state/blob", "state/seal"}, "files as a bucket"},
	"state/http":         {[]string{"state", "state/memory", "state/blob", "state/folder", "state/seal"}, "documents packed as blob's objects; folder for the backups, which servers don't keep"},
	"state/http/fake":    {nil, "servers for tests: they know nothing of states"},
	"state/s3":           {[]string{"state", "state/blob", "state/seal"}, "objects of S3 as a bucket"},
	"state/s3/s3test":    {nil, "servers for tests: they know nothing of states"},
	"state/seal":         {nil, "encryption knows nothing of what is encrypted"},
	"state/amend":        {[]string{"state", "state/memory", "audit", "connector"}, "what commands change in a state, as values; connector for its verbs only; pure"},
	"state/statetest":    {[]string{"state"}, "the suite that every store passes"},
	"audit":              {[]string{"state"}, "a state and its journal against themselves; pure"},
	"pg":                 {nil, "what a connector and a store both need of pgx"},
	"pgtest":             {nil, "a server for tests; whoever's tests"},
	"source":             {[]string{"document", "playbook", "connector", "frame"}, "records into columns; document for the places of its problems"},
	"segment":            {[]string{"playbook", "expr", "expr/vector", "frame"}, "who, and nothing else; pure"},
	"journey":            {[]string{"playbook", "expr", "expr/vector", "frame", "segment", "calendar", "state", "connector"}, "what members want; connector for the words of wants only; pure"},
	"observe":            {[]string{"connector", "state", "journey"}, "it only reads"},
	"plan":               {[]string{"playbook", "expr", "journey", "connector", "state"}, "a value; pure"},
	"apply":              {[]string{"plan", "connector", "state"}, "apply never sees the playbook and never plans"},
	"secret":             {[]string{"document", "playbook"}, "values for settings"},
	"flow":               {[]string{"document", "playbook", "calendar", "frame", "expr", "expr/vector", "connector", "state", "state/amend", "source", "segment", "journey", "observe", "plan", "apply", "audit", "secret"}, "the tour of the house"},
	"rehearse":           {[]string{"document", "playbook", "frame", "expr", "source", "connector", "connector/memory", "state", "state/memory", "journey", "plan", "apply", "flow"}, "the flow over memory and a virtual clock"},
	"graph":              {[]string{"playbook", "expr"}, "what is drawn comes from the playbook alone; pure"},
	"render":             {[]string{"playbook", "expr", "segment", "journey", "connector", "state", "state/amend", "audit", "plan", "apply"}, "how it is shown; it decides nothing"},
	"cli":                {[]string{"*"}, "one file a command"},
}

// onlyImporters are third-party packages that one package of ours may import, or the few that are named, tests aside.
var onlyImporters = map[string]string{
	"gopkg.in/yaml.v3":                      "document",
	"github.com/netresearch/go-cron":        "calendar",
	"github.com/google/cel-go":              "expr expr/mapping",
	"github.com/olekukonko/tablewriter":     "render",
	"github.com/fatih/color":                "render",
	"github.com/spf13/cobra":                "cli",
	"github.com/schollz/progressbar/v3":     "cli",
	"modernc.org/sqlite":                    "state/sqlite",
	"github.com/hashicorp/go-retryablehttp": "connector/rest state/http",
	"github.com/jackc/pgx/v5":               "connector/postgres state/postgres pg pgtest",
	"github.com/parquet-go/parquet-go":      "source",
	"filippo.io/age":                        "state/seal",
	"github.com/minio/minio-go/v7":          "state/s3",
	"github.com/johannesboyne/gofakes3":     "state/s3/s3test",
}

// mayImportOS are the packages that touch the machine.
var mayImportOS = []string{"document", "source", "secret", "connector/files", "connector/process", "state/sqlite", "state/folder", "state/s3/s3test", "state/lineage", "pgtest", "cli"}

// forbidden are words that would go round the one door to the outside, cli.World.
var forbidden = []string{"time.Now(", "os.Getenv(", "os.Stdout", "os.Stderr", "fmt.Print(", "fmt.Println(", "fmt.Printf("}

// TestOneDoor holds that clock, environment and streams come through cli.World alone.
func TestOneDoor(t *testing.T) {
	for file := range sources(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range forbidden {
			if strings.Contains(string(text), word) {
				t.Errorf("%s says %s: clock, environment and streams come through cli.World", file, word)
			}
		}
	}
}

// TestSmallBinary holds that nobody has cobra run a template: with text/template the linker can't leave out any method, and the binary grows by a quarter.
func TestSmallBinary(t *testing.T) {
	for file := range sources(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"SetVersionTemplate(", "SetUsageTemplate(", "SetHelpTemplate(", `"text/template"`, `"html/template"`} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s says %s: write it without a template", file, word)
			}
		}
	}
}

// TestLayers holds every row of the table: what a package may import of ours, who alone may import a library, who may touch the machine.
func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	for file, imports := range sources(t) {
		layer := filepath.ToSlash(filepath.Dir(file))
		seen[layer] = true
		row, known := layers[layer]
		if !known {
			t.Errorf("%s: package %s has no row in the table of layers; give it one, with its reason", file, layer)
			continue
		}
		for _, path := range imports {
			if ours, ok := strings.CutPrefix(path, module+"pkg/"); ok {
				if ours != "diag" && !slices.Contains(row.may, ours) && !slices.Contains(row.may, "*") {
					t.Errorf("%s: %s may not import %s: %s", file, layer, ours, row.why)
				}
			}
			for library, owner := range onlyImporters {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(strings.Fields(owner), layer) {
					t.Errorf("%s: only %s imports %s, so that it can be exchanged", file, owner, library)
				}
			}
			if path == "os" && !slices.Contains(mayImportOS, layer) {
				t.Errorf("%s: %s may not touch the machine; the packages that may are %v", file, layer, mayImportOS)
			}
		}
	}
	for layer := range layers {
		if !seen[layer] {
			t.Errorf("the table has a row for %s, and there is no such package", layer)
		}
	}
}

// sources gives the imports of every Go file below this folder, tests aside.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		out[path] = []string{}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out[path] = append(out[path], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
