package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
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
