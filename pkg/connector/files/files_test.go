package files_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/files"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// every is all that the connector can do.
type every interface {
	connector.Connector
	connector.Writer
	connector.MemberReader
	connector.FieldReader
	connector.Looker
	connector.Creator
	connector.Normalizer
	connector.TaskReader
	connector.MembershipReader
	connector.Lister
	connector.MembershipFieldReader
}

// desk is a connector to the folder `desk` of a playbook's directory.
type desk struct {
	every
	t   testing.TB
	dir string // the folder on the disk
}

// newDesk gives a connector to a folder that does not exist yet.
func newDesk(t testing.TB) desk {
	t.Helper()
	return openDesk(t, t.TempDir())
}

// openDesk gives another connector to the folder in a playbook's directory.
func openDesk(t testing.TB, playbook string) desk {
	t.Helper()
	return openDeskAt(t, playbook, noon)
}

// openDeskAt is openDesk with a clock of its own.
func openDeskAt(t testing.TB, playbook string, now time.Time) desk {
	t.Helper()
	c, err := files.Driver().Open(connector.Options{
		Name:     "desk",
		Settings: map[string]any{"dir": "./desk"},
		Dir:      playbook,
		Now:      func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return desk{c.(every), t, filepath.Join(playbook, "desk")}
}

// put writes a file as a person would: not through the connector.
func (d desk) put(rel, content string) {
	d.t.Helper()
	path := filepath.Join(d.dir, rel)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// got reads a file.
func (d desk) got(rel string) string {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, rel))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}

// want compares a file with what it must hold.
func (d desk) want(rel, content string) {
	d.t.Helper()
	if got := d.got(rel); got != content {
		d.t.Errorf("%s holds %q, want %q", rel, got, content)
	}
}

// write writes one batch.
func (d desk) write(v connector.Verb, target connector.Collection, items ...connector.Item) []connector.Outcome {
	d.t.Helper()
	outcomes, err := d.Write(d.t.Context(), connector.Batch{Verb: v, Target: target, Items: items})
	if err != nil {
		d.t.Fatal(err)
	}
	return outcomes
}

// fail writes one batch that must fail before it begins, and gives the error's text.
func (d desk) fail(v connector.Verb, target connector.Collection, items ...connector.Item) string {
	d.t.Helper()
	_, err := d.Write(d.t.Context(), connector.Batch{Verb: v, Target: target, Items: items})
	if !errors.As(err, new(*connector.NotBegunError)) {
		d.t.Fatalf("the write gave %v, want an error before it began", err)
	}
	return err.Error()
}

func (d desk) members(name string) []string {
	d.t.Helper()
	ids, err := d.Members(d.t.Context(), audience(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return ids
}

func audience(name string) connector.Collection {
	return connector.Collection{Kind: "audience", Name: name}
}

func kind(name string) connector.Collection { return connector.Collection{Kind: name} }

func ids(ids ...string) []connector.Item {
	items := make([]connector.Item, len(ids))
	for i, id := range ids {
		items[i].ID = id
	}
	return items
}

// statuses gives the outcomes' words, with receipts and reasons.
func statuses(outcomes []connector.Outcome) string {
	words := make([]string, len(outcomes))
	for i, o := range outcomes {
		words[i] = strings.TrimSpace(o.Status.String() + " " + o.Receipt + o.Reason)
	}
	return strings.Join(words, ", ")
}

// powers are those of the connector: entities read files by themselves (`file:`).
func powers() []conntest.Power {
	return slices.DeleteFunc(conntest.AllPowers(), func(p conntest.Power) bool { return p == conntest.ReadRecords })
}

func TestConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		Powers:     powers(),
		Collection: "audience",
		New: func(t *testing.T) conntest.System {
			d := newDesk(t)
			return conntest.System{
				Connector: d.every,
				Make: func(c connector.Collection) {
					if err := d.Create(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				},
				Sent:   d.sent,
				Tasks:  d.tasks,
				People: d.people(),
			}
		},
	})
}

// TestConnector_besideIt runs the suite on files that are made and read by other code than the connector's.
func TestConnector_besideIt(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		Powers:     powers(),
		Collection: "list",
		Names:      []string{"One", "Two"},
		IDs:        []string{"a,b", `"`, "two\nlines", "Zürich"}, // encoding/csv does not keep CRLF
		New: func(t *testing.T) conntest.System {
			d := newDesk(t)
			return conntest.System{
				Connector: d.every,
				Make:      func(c connector.Collection) { d.put(c.Kind+"s/"+c.Name+".csv", "id\r\n") },
				Seed: func(c connector.Collection, ids []string) {
					d.put("lists/"+c.Name+".csv", "id\n"+strings.Join(ids, "\n"))
				},
				Members: func(c connector.Collection) []string { return d.firstColumn("lists/" + c.Name + ".csv") },
				Sent:    d.sent,
				Tasks:   d.tasks,
				People:  d.people(),
			}
		},
	})
}

// sent reads an outbox with encoding/json.
func (d desk) sent(action string) []connector.Item {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.dir, action+".jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		d.t.Fatal(err)
	}
	var items []connector.Item
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var line struct {
			Key, At, Play, Step, Record, ID string
			Payload                         map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			d.t.Fatal(err)
		}
		if line.At != noon.Format(time.RFC3339Nano) {
			d.t.Errorf("sent at %s", line.At)
		}
		source := connector.Source{Play: line.Play, Step: line.Step, Record: line.Record}
		items = append(items, connector.Item{ID: line.ID, Key: line.Key, Fields: line.Payload, Source: source})
	}
	return items
}

// firstColumn reads a CSV file with encoding/csv and gives its first column without the header.
func (d desk) firstColumn(rel string) []string {
	d.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(d.got(rel))).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	var column []string
	for _, row := range rows[1:] {
		column = append(column, row[0])
	}
	return column
}

func TestOpen_refusesSettings(t *testing.T) {
	now := func() time.Time { return noon }
	for name, o := range map[string]connector.Options{
		"no dir":       {Now: now},
		"an empty dir": {Now: now, Settings: map[string]any{"dir": " "}},
		"no text":      {Now: now, Settings: map[string]any{"dir": 7}},
		"no clock":     {Settings: map[string]any{"dir": "desk"}},
	} {
		if _, err := files.Driver().Open(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestNormalize(t *testing.T) {
	d := newDesk(t)
	for id, want := range map[string]string{
		" acc-1\t":            "acc-1",
		"Ann.Lee@Example.COM": "ann.lee@example.com",
		"ACC-1":               "ACC-1",
		"@Handle":             "@Handle",
		"A@B":                 "A@B",
		"A@B@c.de":            "A@B@c.de",
		"A b@c.de":            "A b@c.de",
		"A@c.":                "A@c.",
	} {
		if got := d.Normalize("list", id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}
