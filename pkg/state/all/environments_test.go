package all_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/all"
	"github.com/playctl/playctl/pkg/state/http/fake"
	"github.com/playctl/playctl/pkg/state/s3/s3test"
)

// recipient and identity are a pair of keys of age.
const (
	recipient = "age12y0lr78jehyhxsdxc9tgsevm6vhy9v7q3k3tzpyshy80qe5a29uqd48sag"
	identity  = "AGE-SECRET-KEY-1J3RJSMWLRHXRYM0HC7TAPHJJUU29GZQH3FM3WUMKMJD0H4LJCGTSVG8UEH"
)

// backends are settings of every driver, some of several: what a playbook would say, the same for all of its environments.
func backends(t *testing.T) map[string][]map[string]any {
	dsn := pgtest.Start(t).DSN(t)
	return map[string][]map[string]any{
		"local":    {{}, {"encrypt": map[string]any{"recipients": []any{recipient}, "identity": identity}}},
		"s3":       {s3test.Fake(t).Settings("demo")},
		"http":     {fake.New(t).Settings("{environment}", false), fake.New(t).Settings("one", false)},
		"postgres": {{"url": dsn}, {"url": dsn, "table_prefix": "plays_"}},
	}
}

// TestOpen_twoEnvironmentsNeverReadOneAnothersState: a driver gives each a place of its own, or refuses to open it.
func TestOpen_twoEnvironmentsNeverReadOneAnothersState(t *testing.T) {
	given := backends(t)
	for _, d := range all.Drivers() {
		if len(given[d.Name]) == 0 {
			t.Errorf("%s is not tested", d.Name)
		}
		for _, settings := range given[d.Name] {
			t.Run(d.Name, func(t *testing.T) { apart(t, d, settings) })
		}
	}
}

func apart(t *testing.T, d state.Driver, settings map[string]any) {
	o := state.Options{Dir: t.TempDir(), Settings: settings, Now: time.Now, Transport: http.DefaultTransport}
	opened := 0
	for _, environment := range []string{"", "sandbox", "damaged", "production"} {
		o.Environment = environment
		store, err := d.Open(o)
		if err != nil {
			t.Logf("%q is refused: %v", environment, err)
			continue
		}
		opened++
		if s, err := store.Read(t.Context()); !errors.Is(err, state.ErrNone) {
			t.Fatalf("%q reads %+v, %v: nobody has made its state yet", environment, s, err)
		}
		create(t, store, "lineage-of-"+environment)
		if s, err := store.Read(t.Context()); err != nil || s.Meta.Lineage != "lineage-of-"+environment {
			t.Fatalf("%q reads %+v, %v", environment, s, err)
		}
	}
	if opened == 0 {
		t.Error("no environment could be opened")
	}
}

// create makes a state, with a backup.
func create(t *testing.T, store state.Store, lineage string) {
	t.Helper()
	session, err := store.Lock(t.Context(), state.Holder{ID: lineage, Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Create(t.Context(), state.Meta{Lineage: lineage, Created: time.Unix(0, 0).UTC()}); err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
}
