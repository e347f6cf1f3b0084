package crash

import (
	"fmt"
	"maps"
	"sync/atomic"
	"testing"

	"filippo.io/age"

	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state/http/fake"
	"github.com/playctl/playctl/pkg/state/s3/s3test"
)

// backend gives places of one kind, each for one state.
type backend struct {
	name string
	next func(t testing.TB) place
	// cloned, if set, gives a house that was copied a world and a state like those of another.
	cloned func(t testing.TB, of, h *house) place
	// expires says that the lock of a process that died holds for a while; forever that it holds until somebody breaks it.
	expires, forever bool
}

// beside is the default: the state beside the playbook.
var beside = backend{name: "local", next: func(testing.TB) place { return local }}

// encrypted keeps the state beside the playbook too, in files that are encrypted.
func encrypted(t testing.TB) backend {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	encrypt := func(identity string) map[string]any {
		return map[string]any{"encrypt": map[string]any{"recipients": []any{id.Recipient().String()}, "identity": identity}}
	}
	p := place{name: "local", environ: []string{"AGE_IDENTITY=" + id.String()}, settings: encrypt(id.String()), said: encrypt("${env.AGE_IDENTITY}")}
	return backend{name: "local, encrypted", next: func(testing.TB) place { return p }}
}

// onPostgres keeps states in a Postgres server, each in a schema of its own.
func onPostgres(t testing.TB) backend {
	t.Helper()
	dsn := pgtest.Start(t).DSN(t)
	var n atomic.Int64
	return backend{name: "postgres", next: func(testing.TB) place {
		return inSchema(dsn, fmt.Sprintf("s%d", n.Add(1)))
	}}
}

// inSchema is a place in a database, whose address the book has from the environment.
func inSchema(dsn, schema string) place {
	return place{name: "postgres", remote: true, environ: []string{"DATABASE=" + dsn},
		settings: map[string]any{"url": dsn, "schema": schema}, said: map[string]any{"url": "${env.DATABASE}"}}
}

// onS3 keeps states in a bucket, of a server in this process, or where all is to be done of a real one.
func onS3(t testing.TB) backend {
	t.Helper()
	var server *s3test.Server
	if all() {
		server = s3test.Versity(t)
	} else {
		server = s3test.Fake(t)
	}
	var n atomic.Int64
	return backend{name: "s3", expires: true, next: func(testing.TB) place {
		settings := server.Settings(fmt.Sprintf("state%d", n.Add(1)))
		settings["lock_expiry"] = "8s" // of a process that was killed: one that is alive must not be held up for so long
		return place{name: "s3", remote: true, settings: settings}
	}}
}

// onHTTP keeps states on a server that speaks Terraform's protocol.
func onHTTP(t testing.TB) backend {
	t.Helper()
	server := fake.New(t)
	var n atomic.Int64
	return backend{name: "http", forever: true, next: func(testing.TB) place {
		settings := maps.Clone(server.Settings(fmt.Sprintf("state%d", n.Add(1)), false))
		return place{name: "http", remote: true, settings: settings}
	}}
}

// backends are all of them.
func backends(t testing.TB) []backend {
	t.Helper()
	return []backend{beside, encrypted(t), onPostgres(t), onS3(t), onHTTP(t)}
}
