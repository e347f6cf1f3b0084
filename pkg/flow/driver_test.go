package flow_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
)

const bookOfManifests = `playbook: {name: b}
connectors:
  crm: {uses: ./connectors/acme.yaml, token: x}
  plug: {uses: process, command: [./plug], anything: goes}
entities:
  account: {file: a.csv, key: id, identity: {crm: account.id, plug: account.id}, fields: {id: string, rep: string}}
roles: {rep: {assign: account.rep}}
plays:
  p:
    of: account
    segment: account.id != ""
    trigger: entry
    steps:
      - {add: crm.OBJECT, name: A}
      - {task: plug.chore, title: do it, by: rep, timeout: 5 business days, on_timeout: continue}
`

// folder writes a playbook and gives its folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// manifest is a loader of manifests that have one list, or a problem.
func manifest(path string, data []byte) (connector.Driver, diag.List) {
	if strings.Contains(string(data), "broken") {
		return connector.Driver{}, diag.List{{At: diag.Position{File: path, Line: 2, Column: 1}, Message: "it is broken"}}
	}
	d := new(memory.System).Driver("acme")
	d.Spec = connector.Spec{Collections: []connector.CollectionKind{{Name: "list"}}}
	d.Settings = []connector.Setting{{Name: "token", Required: true}}
	return d, nil
}

// TestValidate_manifestsOfThePlaybook holds where manifests are found, whose settings and kinds are those of the manifest, and what is said of those that are not there.
func TestValidate_manifestsOfThePlaybook(t *testing.T) {
	for name, c := range map[string]struct {
		uses, object, manifest string
		want                   []string
	}{
		"fine":         {"./connectors/acme.yaml", "list", "connector: acme\n", nil},
		"its kinds":    {"./connectors/acme.yaml", "audience", "connector: acme\n", []string{`acme connectors have no "audience" to add`}},
		"its problems": {"./connectors/acme.yaml", "list", "connector: acme\nbroken: true\n", []string{"connectors/acme.yaml:2:1 it is broken"}},
		"misspelt":     {"./connectors/acne.yaml", "list", "connector: acme\n", []string{`there is no manifest "./connectors/acne.yaml"; did you mean "./connectors/acme.yaml"?`}},
		"outside":      {"../acme.yaml", "list", "connector: acme\n", []string{`there is no manifest "../acme.yaml": manifests lie in the playbook's folder`}},
		"no dot":       {"connectors/acme.yaml", "list", "connector: acme\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			book := strings.NewReplacer("./connectors/acme.yaml", c.uses, "OBJECT", c.object).Replace(bookOfManifests)
			dir := folder(t, map[string]string{"playbook.yaml": book, "connectors/acme.yaml": c.manifest})
			p, problems, err := flow.Validate(&flow.World{Dir: dir, At: time.Unix(0, 0), Clock: time.Now, Drivers: all.Drivers(), Manifest: manifest}, flow.Inputs{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				if at := p.At.String(); strings.HasPrefix(at, "connectors/") {
					p.Message = at + " " + p.Message
				} else if strings.HasPrefix(p.Hint, "did you") {
					p.Message += "; " + p.Hint
				}
				got = append(got, p.Message)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("problems are %q, want %q", got, c.want)
			}
			if p.Book.Files["connectors/acme.yaml"] == "" {
				t.Error("a plan would not know that the manifest has changed")
			}
		})
	}
}

// TestDriver_ofWhatIsUnknownIsWhatStepsAskFor: a plug-in is not run to validate or rehearse a playbook.
func TestDriver_ofWhatIsUnknownIsWhatStepsAskFor(t *testing.T) {
	book := strings.ReplaceAll(bookOfManifests, "OBJECT", "list")
	dir := folder(t, map[string]string{"playbook.yaml": book, "connectors/acme.yaml": "connector: acme\n"})
	p, _, err := flow.Validate(&flow.World{Dir: dir, At: time.Unix(0, 0), Clock: time.Now, Drivers: all.Drivers(), Manifest: manifest}, flow.Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := p.Driver("plug")
	if !ok || d.Spec.Unknown || len(d.Spec.Tasks) != 1 || d.Spec.Tasks[0].Name != "chore" || len(d.Spec.Collections) != 0 {
		t.Errorf("it is %+v", d.Spec)
	}
}
