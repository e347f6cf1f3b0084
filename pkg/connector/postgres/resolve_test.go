package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/pgtest"
)

// knowing gives a connector to a base that looks records up by columns.
func knowing(t *testing.T, b base, by map[string]any) *resolving {
	t.Helper()
	c, err := Driver().Open(connector.Options{Settings: map[string]any{"url": b.dsn, "known_by": by}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*resolving)
}

func TestResolve_keysByAnotherColumn(t *testing.T) {
	b := alone(t)
	b.exec(`CREATE SCHEMA crm; CREATE TABLE crm.people (id bigint PRIMARY KEY, mail text, nr int); INSERT INTO crm.people VALUES (1, 'a@x', 7), (2, 'two@x', 8), (3, 'two@x', 9), (4, '1', 9), (5, NULL, 9)`)
	b.exec(`INSERT INTO company (id, tier) VALUES ('k1', 'acme.example'), ('acme', 'k1')`)
	r := knowing(t, b, map[string]any{"company": "tier", "audience": "crm.people.mail", "task": "crm.people.nr"})
	for kind, want := range map[string]string{
		"audience": `map[1:{1 } a@x:{1 } two@x:{ 2 rows of crm.people have it}]`,
		"company":  `map[acme.example:{k1 } k1:{k1 }]`,
		"task":     `map[1:{1 } 7:{1 } 9:{ 3 rows of crm.people have it}]`,
	} {
		ids := []string{"a@x", "two@x", "1", "nobody@x", "k1", "acme.example", "7", "9", "a@x", "no\x00text"}
		if found, err := r.Resolve(t.Context(), kind, ids); err != nil || fmt.Sprint(found) != want {
			t.Errorf("%s: %v, %v", kind, found, err)
		}
	}
	if found, err := r.Resolve(t.Context(), "message", []string{"x", "\x00"}); err != nil || fmt.Sprint(found) != "map[\x00:{\x00 } x:{x }]" {
		t.Errorf("of a kind of which nothing is said: %v, %v", found, err)
	}
	for _, k := range r.Describe().Collections {
		if k.OpaqueIDs != (k.Name == "audience") {
			t.Errorf("%s: %v", k.Name, k.OpaqueIDs)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Resolve(ctx, "audience", []string{"a@x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestResolve_saysWhatToMend(t *testing.T) {
	b := alone(t)
	for by, want := range map[string]string{"none": `no column "none"`, "nowhere.mail": `there is no table "public"."nowhere"`} {
		_, err := knowing(t, b, map[string]any{"company": by}).Resolve(t.Context(), "company", []string{"a"})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v", by, err)
		}
	}
	for _, setting := range []any{"domain", map[string]any{"company": ""}, map[string]any{"company": 5}, map[string]any{"company": "people."}} {
		if _, err := Driver().Open(connector.Options{Settings: map[string]any{"url": b.dsn, "known_by": setting}, Now: time.Now}); err == nil {
			t.Errorf("%v is taken", setting)
		}
	}
	if c, err := Driver().Open(connector.Options{Settings: map[string]any{"url": b.dsn}, Now: time.Now}); err != nil || c.(*desk) == nil {
		t.Errorf("without the setting: %v", err)
	}
}

// TestConnector_knownBy runs the suite on a connector that looks members of audiences up by their addresses.
func TestConnector_knownBy(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	powers := slices.DeleteFunc(conntest.AllPowers(), func(p conntest.Power) bool { return p == conntest.Normalizes })
	powers = append(powers, conntest.Resolves)
	var n atomic.Int64
	conntest.Run(t, conntest.Harness{Powers: powers, Collection: "audience", Many: 100, New: func(t *testing.T) conntest.System {
		b := newBase(t, dsn, fmt.Sprint("known", n.Add(1)))
		b.exec(fmt.Sprintf(`CREATE TABLE %s.people (id text PRIMARY KEY, mail text); INSERT INTO %[1]s.people VALUES ('k1', 'a@x'), ('k2', 'b@x'), ('k3', 'two@x'), ('k4', 'two@x')`, quoted(b.schema)))
		r := &resolving{b.desk, map[string]identity{"audience": {"people", "mail"}}}
		return conntest.System{Connector: r, Make: func(c connector.Collection) {
			if err := b.Create(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}, Identities: &conntest.Identities{Known: map[string]string{"a@x": "k1", "b@x": "k2"}, Several: []string{"two@x"}, Batch: batchSize}}
	}})
}
