package crash

import (
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/postgres"
	"github.com/playctl/playctl/pkg/pgtest"
)

// onDatabase is desk as a database, whose address the book has from the environment.
const onDatabase = `postgres, url: "${env.DATABASE}"`

// allPostgres keeps the state in the database that stands for desk: each house has one of its own.
func allPostgres(t testing.TB) backend {
	t.Helper()
	server := pgtest.Start(t)
	var n atomic.Int64
	var turn sync.Mutex
	admin := server.DSN(t)
	return backend{name: "postgres as connector and state", next: func(t testing.TB) place { return inSchema(server.DSN(t), "playctl") },
		cloned: func(t testing.TB, of, h *house) place {
			turn.Lock()
			defer turn.Unlock()
			name := fmt.Sprintf("clone%d", n.Add(1))
			server.Exec(t, admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, databaseOf(t, of.database)))
			h.database = renamed(t, of.database, name)
			return inSchema(h.database, "playctl")
		}}
}

// databaseOf gives the name in an address.
func databaseOf(t testing.TB, dsn string) string {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return config.Database
}

// renamed gives the address of another database of the same server.
func renamed(t testing.TB, dsn, name string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// furnish puts into the database what a folder has from the beginning.
func (h *house) furnish(t testing.TB) {
	t.Helper()
	if h.database == "" {
		return
	}
	c, err := pgx.Connect(t.Context(), h.database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "CREATE TABLE company (id text PRIMARY KEY, stage text)"); err != nil {
		t.Fatal(err)
	}
	desk, err := postgres.Driver().Open(connector.Options{Settings: map[string]any{"url": h.database}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []connector.Collection{{Kind: "list", Name: "Small"}, {Kind: "list", Name: "Big"}, {Kind: "audience", Name: "Gold"}} {
		if err := desk.(connector.Creator).Create(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	small := connector.Batch{Verb: connector.Add, Target: connector.Collection{Kind: "list", Name: "Small"}}
	for n := range h.accounts {
		small.Items = append(small.Items, connector.Item{ID: fmt.Sprintf("a%03d", n)})
		if _, err := c.Exec(t.Context(), "INSERT INTO company VALUES ($1, NULL)", fmt.Sprintf("a%03d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := desk.(connector.Writer).Write(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	if closer, ok := desk.(interface{ Close() }); ok {
		closer.Close()
	}
}

// inDatabase gives what is so in the database of a house; nothing if it has none.
func (h *house) inDatabase(t testing.TB) (out []fact) {
	t.Helper()
	if h.database == "" {
		return nil
	}
	c, err := pgx.Connect(t.Context(), h.database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	each := func(sql string, make func(a, b, c, d, e string) fact) {
		rows, err := c.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		var x [5]string
		_, err = pgx.ForEachRow(rows, []any{&x[0], &x[1], &x[2], &x[3], &x[4]}, func() error {
			out = append(out, make(x[0], x[1], x[2], x[3], x[4]))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each("SELECT id, kind, name, '', '' FROM playctl_members", func(id, kind, name, _, _ string) fact {
		return fact{text: fmt.Sprintf("%s in desk %s %s", id, kind, name), verbs: []string{"add", "remove"}, kind: kind, name: name, record: recordOf(id)}
	})
	each("SELECT action, id, key, '', '' FROM playctl_outbox", func(action, id, key, _, _ string) fact {
		return fact{text: fmt.Sprintf("desk %s to %s, %s", action, id, key), verbs: []string{"send"}, kind: action, record: recordOf(id), effect: key}
	})
	each("SELECT key, title, record, status, record_id FROM playctl_tasks", func(key, title, record, status, id string) fact {
		return fact{text: fmt.Sprintf("desk task %s %s for %s: %s", key, title, record, status), verbs: []string{"task", "cancel"}, kind: "task", record: recordOf(id), effect: key}
	})
	each("SELECT id, coalesce(stage, ''), '', '', '' FROM company", func(id, stage, _, _, _ string) fact {
		return fact{text: fmt.Sprintf("desk company %s: %s", id, stage), verbs: []string{"set"}, kind: "company", record: id}
	})
	return out
}
