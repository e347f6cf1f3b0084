package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
)

func TestOpen_everyEnvironmentHasAStateOfItsOwn(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	stores := map[string]*Store{}
	for _, prefix := range []string{"", "pc_"} {
		for _, environment := range []string{"", "prod", "Prod", "a b\"é"} {
			s, err := Open(dsn, "", prefix, environment, clock)
			if err != nil {
				t.Fatal(err)
			}
			stores[prefix+"/"+environment] = s
		}
	}
	for name, s := range stores {
		if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
			t.Errorf("%q before: %v", name, err)
		}
		session := lock(t, s, name)
		if err := errors.Join(session.Create(t.Context(), state.Meta{Lineage: name}), session.Commit(t.Context(), crowd(2)), session.Unlock()); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range stores {
		if got, err := s.Read(t.Context()); err != nil || got.Meta.Lineage != name {
			t.Errorf("%q after: %+v, %v", name, got, err)
		}
	}
	if _, err := Open(dsn, "", "", strings.Repeat("long", 15), clock); err == nil {
		t.Error("an environment whose name Postgres would cut off is taken")
	}
	if _, err := Open(dsn, "", strings.Repeat("x", 48), "", clock); err == nil {
		t.Error("a prefix with which Postgres would cut off names is taken")
	}
}

func TestDriver_readsItsSettings(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	s, err := Driver().Open(state.Options{Environment: "prod", Now: clock, Settings: map[string]any{"url": dsn, "schema": "mine"}})
	if err != nil || !strings.Contains(s.Where(), "mine_prod") {
		t.Fatalf("%v, %v", s, err)
	}
	for _, settings := range []map[string]any{{}, {"url": 5}, {"url": "postgres://a:b@[::1"}, {"url": dsn, "schema": 7},
		{"url": dsn, "encrypt": map[string]any{"recipients": []any{"age1"}}}} {
		if s, err := Driver().Open(state.Options{Now: clock, Settings: settings}); err == nil || s != nil {
			t.Errorf("%v gives %v, %v", settings, s, err)
		}
	}
}

// broken gives addresses that lead nowhere, each with a password in it.
func broken(t *testing.T) []string {
	good := pgtest.Start(t).DSN(t)
	u, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	wrong, refused, unknown := *u, *u, *u
	wrong.User, refused.Host, unknown.Path = url.UserPassword("nobody", "s3cr:et/@ %"), "127.0.0.1:1", "/never"
	return []string{wrong.String(), refused.String(), unknown.String(),
		"postgres://postgres:" + pgtest.Password + "@[::1", "host=127.0.0.1 port=x password=" + pgtest.Password, "postgres://u:" + pgtest.Password + "@h:1/d?sslmode=never",
		"host=127.0.0.1 port=1 user=u password='" + pgtest.Password + "' dbname=d sslmode=disable"}
}

func TestErrors_haveNoPassword(t *testing.T) {
	for _, address := range broken(t) {
		s, err := Open(address, "", "", "", clock)
		texts := []string{fmt.Sprint(err)}
		if err == nil {
			_, readErr := s.Read(t.Context())
			_, lockErr := s.Lock(t.Context(), state.Holder{ID: "run"})
			_, existsErr := s.Exists(t.Context())
			_, holderErr := s.Holder(t.Context())
			_, backupErr := s.Backup(t.Context(), "backup-1")
			for _, err := range []error{readErr, lockErr, existsErr, holderErr, backupErr, s.Break(t.Context(), "x")} {
				if err == nil {
					t.Errorf("%s leads somewhere", s.Where())
				}
				texts = append(texts, fmt.Sprint(err), fmt.Sprintf("%+v %#v", s.Missing(t.Context()), s.Where()))
			}
		}
		for _, text := range texts {
			if strings.Contains(text, pgtest.Password) || strings.Contains(text, "s3cr") {
				t.Errorf("it says the password: %s", text)
			}
		}
	}
}

// unprivileged gives the address of a user who may do nothing but connect.
func unprivileged(t *testing.T, dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "CREATE ROLE "+name+" LOGIN PASSWORD 'un-privileged'")
	t.Cleanup(func() { run(t, dsn, "DROP OWNED BY "+name+"; DROP ROLE "+name) })
	u.User = url.UserPassword(name, "un-privileged")
	return u.String()
}

func TestLock_saysWhichRightIsMissing(t *testing.T) {
	dsn, s := database(t)
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	poor := openAt(t, unprivileged(t, dsn, "poor"), "")
	_, err := poor.Lock(t.Context(), state.Holder{ID: "run"})
	var unwritable *state.UnwritableError
	if !errors.As(err, &unwritable) || !strings.Contains(unwritable.Hint, "grant") {
		t.Errorf("Lock: %v", err)
	}
	if _, err := poor.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "grant") {
		t.Errorf("Read: %v", err)
	}
	if h, err := s.Holder(t.Context()); h != nil || err != nil {
		t.Errorf("the refused lock is held: %+v, %v", h, err)
	}
}

func TestBreak_saysWhoMayDoItIfTheUserMayNot(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	address := unprivileged(t, dsn, "weak")
	run(t, dsn, "GRANT USAGE ON SCHEMA playctl TO weak; GRANT SELECT ON ALL TABLES IN SCHEMA playctl TO weak")
	err := openAt(t, address, "").Break(t.Context(), "run-1")
	if err == nil || !strings.Contains(err.Error(), "pg_terminate_backend(") {
		t.Errorf("Break: %v", err)
	}
	commit(t, session, truth("still"))
}

func TestCommit_ofAReadOnlyDatabaseSaysSo(t *testing.T) {
	_, s := database(t)
	session := begin(t, s)
	s.place.config.RuntimeParams["default_transaction_read_only"] = "on"
	_, err := s.Lock(t.Context(), state.Holder{ID: "run-2"})
	if !errors.As(err, new(*state.LockedError)) {
		t.Errorf("Lock: %v", err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Lock(t.Context(), state.Holder{ID: "run-2"})
	var unwritable *state.UnwritableError
	if !errors.As(err, &unwritable) || !strings.Contains(unwritable.Hint, "primary") {
		t.Errorf("Lock: %v", err)
	}
}

// After a session and a while no connection is left behind.
func TestStore_leavesNoConnection(t *testing.T) {
	dsn, s := database(t)
	other := openAt(t, dsn, "other")
	session := begin(t, s)
	session.Progress("1 of 2")
	commit(t, session, crowd(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, func() bool {
		c, err := other.connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		var n int
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
}

func TestRead_stopsWithItsContext(t *testing.T) {
	_, s := database(t)
	begin(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v", err)
	}
}

// What a role or a database sets for others does not end a commit.
func TestLock_keepsItsConnectionFromLimitsOfOthers(t *testing.T) {
	_, s := database(t)
	for name, value := range map[string]string{"statement_timeout": "20s", "lock_timeout": "20s", "default_transaction_isolation": "serializable", "synchronous_commit": "off"} {
		s.place.config.RuntimeParams[name] = value
	}
	c, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pg.HangUp(c)
	session, err := s.lockOn(t.Context(), c, state.Holder{ID: "run"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"statement_timeout": "0", "lock_timeout": "0", "default_transaction_isolation": "read committed", "synchronous_commit": "on",
		"tcp_keepalives_idle": "20"} {
		var got string
		if err := session.conn.QueryRow(t.Context(), "SHOW "+name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q: %v", name, got, want, err)
		}
	}
}
