package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pgtest"
)

// poor gives a connector for a user who may do nothing but connect.
func poor(t *testing.T, b base, name string) *desk {
	u, err := url.Parse(b.dsn)
	if err != nil {
		t.Fatal(err)
	}
	b.exec("CREATE ROLE " + name + " LOGIN PASSWORD 'un-privileged'")
	t.Cleanup(func() { b.exec("DROP OWNED BY " + name + "; DROP ROLE " + name) })
	u.User = url.UserPassword(name, "un-privileged")
	return openBase(t, u.String(), b.schema)
}

func TestCheck_saysWhichRightsAreMissingAndWhoWouldGiveThem(t *testing.T) {
	b := newBase(t, pgtest.Start(t).DSN(t), "closed")
	p := poor(t, b, "modest")
	b.exec("GRANT USAGE ON SCHEMA closed TO modest")
	err := p.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "CREATE TABLE IF NOT EXISTS") {
		t.Fatalf("without the tables: %v", err)
	}
	_, ddl, _ := strings.Cut(err.Error(), "may run:")
	b.exec(ddl)
	err = p.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), `GRANT SELECT, INSERT, UPDATE, DELETE ON "closed"."playctl_collections" TO "modest"`) {
		t.Fatalf("without rights on them: %v", err)
	}
	b.exec("GRANT SELECT ON ALL TABLES IN SCHEMA closed TO modest; INSERT INTO closed.playctl_collections VALUES ('audience', 'Old', now())")
	if err := p.CheckCollection(t.Context(), audience("Old")); err == nil || !strings.Contains(err.Error(), `GRANT INSERT, UPDATE, DELETE ON "closed"."playctl_members" TO "modest"`) {
		t.Errorf("a collection without rights: %v", err)
	}
	b.exec("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA closed TO modest")
	if err := p.CheckCollection(t.Context(), audience("Old")); err != nil {
		t.Errorf("a collection with rights: %v", err)
	}
	if err := p.CheckCollection(t.Context(), audience("New")); !errors.Is(err, connector.ErrNoCollection) {
		t.Errorf("a collection that there is not: %v", err)
	}
	if err := p.Check(t.Context()); err != nil {
		t.Errorf("with them: %v", err)
	}
	if err := p.Create(t.Context(), audience("A")); err != nil {
		t.Errorf("it can't make a collection: %v", err)
	}
}

func TestWrite_saysWhoMayMakeTheTables(t *testing.T) {
	b := newBase(t, pgtest.Start(t).DSN(t), "closed")
	p := base{desk: poor(t, b, "meek"), t: t}
	if got := p.fail(connector.Send, kind("message"), connector.Item{ID: "a", Key: "k"}); !strings.Contains(got, "permission denied") {
		t.Errorf("without rights on the schema: %s", got)
	}
	b.exec("GRANT USAGE ON SCHEMA closed TO meek")
	if got := p.fail(connector.Send, kind("message"), connector.Item{ID: "a", Key: "k"}); !strings.Contains(got, `GRANT SELECT, INSERT, UPDATE, DELETE ON "closed"."playctl_collections"`) {
		t.Errorf("without tables: %s", got)
	}
}

func TestCheck_findsWhatIsWrong(t *testing.T) {
	b := alone(t)
	if err := openBase(t, b.dsn, "nowhere").Check(t.Context()); err == nil || !strings.Contains(err.Error(), `CREATE SCHEMA "nowhere"`) {
		t.Errorf("without its schema: %v", err)
	}
	reading := openBase(t, b.dsn+"&default_transaction_read_only=on", "public")
	if err := reading.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "primary") {
		t.Errorf("of a database that takes no writes: %v", err)
	}
	if rows, err := b.missing(t.Context(), b.conn); err != nil || len(rows) != 4 {
		t.Errorf("checking made tables; missing are %v, %v", rows, err)
	}
}

func TestErrors_haveNoPassword(t *testing.T) {
	good := pgtest.Start(t).DSN(t)
	u, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	wrong, refused, unknown := *u, *u, *u
	wrong.User, refused.Host, unknown.Path = url.UserPassword("nobody", "s3cr:et/@ %"), "127.0.0.1:1", "/never"
	for _, address := range []string{wrong.String(), refused.String(), unknown.String(), "postgres://postgres:" + pgtest.Password + "@[::1",
		"host=127.0.0.1 port=x password=" + pgtest.Password, "host=127.0.0.1 port=1 user=u password='" + pgtest.Password + "' sslmode=disable", ""} {
		c, err := Driver().Open(connector.Options{Settings: map[string]any{"url": address}, Now: func() time.Time { return noon }})
		texts := []string{fmt.Sprint(err)}
		if err == nil {
			d := c.(*desk)
			_, write := d.Write(t.Context(), connector.Batch{Verb: connector.Send, Target: kind("message"), Items: []connector.Item{{ID: "a", Key: "k"}}})
			_, members := d.Members(t.Context(), audience("A"))
			_, fields := d.Fields(t.Context(), "company", []string{"a"}, []string{"tier"})
			_, lookup := d.Lookup(t.Context(), "message", []string{"k"})
			_, tasks := d.Tasks(t.Context(), taskKind, []string{"1"})
			for _, err := range []error{d.Check(t.Context()), write, members, fields, lookup, tasks, d.Create(t.Context(), audience("A"))} {
				if err == nil {
					t.Errorf("%s leads somewhere", d.pool.where())
				}
				texts = append(texts, fmt.Sprint(err))
			}
		}
		for _, text := range texts {
			if strings.Contains(text, pgtest.Password) || strings.Contains(text, "s3cr") {
				t.Errorf("it says the password: %s", text)
			}
		}
	}
}

func TestOpen_refusesSettingsThatAreNone(t *testing.T) {
	for _, settings := range []map[string]any{{}, {"url": 5}, {"url": "postgres://h/d", "schema": strings.Repeat("x", 64)}, {"url": "postgres://h/d", "key": "a\x00"}} {
		if c, err := Driver().Open(connector.Options{Settings: settings, Now: func() time.Time { return noon }}); err == nil || c != nil {
			t.Errorf("%v gives %v, %v", settings, c, err)
		}
	}
}
