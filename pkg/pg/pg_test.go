package pg_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
)

// TestConfig_verifiesTheServerUnlessItIsToldOtherwise: who says nothing gets a connection that nobody on the way can read or answer.
func TestConfig_verifiesTheServerUnlessItIsToldOtherwise(t *testing.T) {
	for _, name := range []string{"PGSSLMODE", "PGHOST", "PGSERVICE"} {
		t.Setenv(name, "")
	}
	for address, want := range map[string]string{
		"postgres://u:p@db.example.com/d":                           "verified",
		"postgresql://u:p@db.example.com:6543/d?application_name=x": "verified",
		"host=db.example.com user=u password=p":                     "verified",
		"postgres://u:p@10.0.0.7/d":                                 "verified",
		"postgres://u:p@127.0.0.1,db.example.com/d":                 "verified",
		"postgres://u:p@db.example.com/d?sslmode=disable":           "plain",
		"postgres://u:p@db.example.com/d?sslmode=prefer":            "either",
		"postgres://u:p@db.example.com/d?sslmode=require":           "unverified",
		"host=db.example.com sslmode = disable":                     "plain",
		"postgres://u:p@localhost/d":                                "either",
		"postgres://u:p@127.0.0.1:5433/d":                           "either",
		"postgres://u:p@[::1]/d":                                    "either",
		"postgres:///d?host=/var/run/postgresql":                    "plain",
		"postgres://u:sslmode=disable@db.example.com/d":             "verified",
	} {
		c, err := pg.Config(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := modeOf(c); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	t.Setenv("PGSSLMODE", "disable")
	if c, err := pg.Config("postgres://u:p@db.example.com/d"); err != nil || modeOf(c) != "plain" {
		t.Errorf("PGSSLMODE=disable: %v, %v", modeOf(c), err)
	}
}

// modeOf tells how the servers of an address are spoken to.
func modeOf(c *pgx.ConnConfig) string {
	plain, safe, unsafe := 0, 0, 0
	count := func(t *tls.Config) {
		switch {
		case t == nil:
			plain++
		case t.InsecureSkipVerify:
			unsafe++
		default:
			safe++
		}
	}
	count(c.TLSConfig)
	for _, f := range c.Fallbacks {
		count(f.TLSConfig)
	}
	switch {
	case plain > 0 && safe+unsafe > 0:
		return "either"
	case plain > 0:
		return "plain"
	case unsafe > 0:
		return "unverified"
	}
	return "verified"
}

func TestConfig_saysNothingOfWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"", "postgres://u:secret-planted@host:port/d", "secret-planted"} {
		if _, err := pg.Config(address); !errors.Is(err, pg.ErrAddress) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
