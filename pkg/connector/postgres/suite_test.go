package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/pgtest"
)

func TestConnector(t *testing.T) {
	dsn := pgtest.Start(t).DSN(t)
	var n atomic.Int64
	powers := slices.DeleteFunc(conntest.AllPowers(), func(p conntest.Power) bool { return p == conntest.Normalizes })
	conntest.Run(t, conntest.Harness{
		Powers:     powers,
		Collection: "audience",
		New: func(t *testing.T) conntest.System {
			b := newBase(t, dsn, fmt.Sprintf(`odd "%d" é`, n.Add(1)))
			w := &wire{}
			b.pool.config.DialFunc = w.dial
			return conntest.System{
				Connector: b.desk,
				Make: func(c connector.Collection) {
					if err := b.Create(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				},
				Seed: func(c connector.Collection, ids []string) {
					b.exec("INSERT INTO "+b.table(membersTable)+" (kind, name, id) SELECT $1, $2, unnest($3::text[])", c.Kind, c.Name, ids)
				},
				Members: func(c connector.Collection) []string {
					ids, err := collect(t.Context(), b.conn, "SELECT id FROM "+b.table(membersTable)+" WHERE kind = $1 AND name = $2", c.Kind, c.Name)
					if err != nil {
						t.Fatal(err)
					}
					return ids
				},
				Sent:   func(action string) []connector.Item { return b.items(outboxTable, "action", action) },
				Tasks:  func(kind string) []connector.Item { return b.items(tasksTable, "kind", kind) },
				People: b.people(),
				Inject: w.inject,
			}
		},
	})
}

// people work on tasks with SQL.
func (b base) people() *conntest.People {
	update := func(receipt, sql string, arguments ...any) {
		b.t.Helper()
		n, err := strconv.Atoi(receipt)
		if err != nil {
			b.t.Fatal(err)
		}
		b.exec(fmt.Sprintf(sql, b.table(tasksTable))+" WHERE id = $1", append([]any{n}, arguments...)...)
	}
	return &conntest.People{
		Begin: func(_, receipt string) { update(receipt, "UPDATE %s SET status = 'in progress'") },
		Finish: func(_, receipt, outcome string, answers map[string]string) {
			update(receipt, "UPDATE %s SET status = ' Done', outcome = $2, answers = $3", outcome, answers)
		},
		Close:  func(_, receipt string) { update(receipt, "UPDATE %s SET status = 'canceled'") },
		Delete: func(_, receipt string) { update(receipt, "DELETE FROM %s") },
	}
}

// wire is the way to the server. It does something wrong on order, to one transaction.
type wire struct {
	mu    sync.Mutex
	fault conntest.Fault
	since time.Time // when the fault was ordered
}

func (w *wire) inject(f conntest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.since = f, time.Now()
}

// meets reports whether this is the moment for the fault that was ordered, which is then spent.
func (w *wire) meets(message []byte) conntest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := "commit\x00"
	if w.fault == conntest.Refused || w.fault == conntest.Broken {
		at = "begin\x00"
	}
	if w.fault == 0 || !bytes.Contains(message, []byte(at)) {
		return 0
	}
	f := w.fault
	if w.fault = 0; f == conntest.Stalled && time.Since(w.since) > 20*time.Millisecond {
		return 0 // on a slow machine: the write that it was ordered for has given up, and the next one would wait for ever
	}
	return f
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	return &faultyConn{Conn: c, wire: w}, err
}

type faultyConn struct {
	net.Conn
	wire    *wire
	cut     atomic.Bool
	mu      sync.Mutex
	instead []byte // what the server seems to say
}

func (c *faultyConn) Write(b []byte) (int, error) {
	switch c.wire.meets(b) {
	case conntest.Refused:
		c.say(serverError("53300", "sorry, too many clients already"))
	case conntest.Broken:
		c.say(serverError("XX000", "something broke"))
	case conntest.CutBefore:
		c.Close()
		return 0, net.ErrClosed
	case conntest.CutAfter:
		c.cut.Store(true)
		return c.Conn.Write(b)
	case conntest.Stalled:
	default:
		return c.Conn.Write(b)
	}
	return len(b), nil
}

func (c *faultyConn) say(text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.instead = text
}

func (c *faultyConn) Read(b []byte) (int, error) {
	c.mu.Lock()
	if len(c.instead) > 0 {
		n := copy(b, c.instead)
		c.instead = c.instead[n:]
		c.mu.Unlock()
		return n, nil
	}
	c.mu.Unlock()
	n, err := c.Conn.Read(b)
	if c.cut.Load() {
		c.Close()
		return 0, net.ErrClosed
	}
	return n, err
}

// serverError gives the messages with which a server refuses a statement, and is ready for the next one.
func serverError(code, message string) []byte {
	body := "SERROR\x00VERROR\x00C" + code + "\x00M" + message + "\x00\x00"
	b := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(body)+4))
	b = append(b, body...)
	return append(b, 'Z', 0, 0, 0, 5, 'I')
}
