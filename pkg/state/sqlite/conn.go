package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net/url"
	"path/filepath"

	modernc "modernc.org/sqlite"
)

// access is how a file is opened: the parameters of its SQLite URI.
type access string

const (
	common = "&_error_rc=1&_defensive=1&_dqs=0"

	// readOnly writes nothing, not even beside the file. A writer keeps others out only while it moves a transaction's pages into the
	// file; that is waited for.
	readOnly access = "mode=ro&_busy_timeout=10000&_query_only=1" + common

	// helper reads beside a readOnly connection to the same file and must not wait: a writer that waits for the first reader keeps
	// further readers out.
	helper access = "mode=ro&_busy_timeout=0&_query_only=1" + common

	// readWrite makes a commit durable: EXTRA is FULL and syncs the folder after the journal's removal, without which a crash of the
	// machine could bring the journal back and with it undo the transaction. Without spilling, others can read until the commit. What a
	// statement of many rows would need to be undone alone stays in memory: it is undone with its transaction.
	readWrite access = "mode=rw&_busy_timeout=60000&_journal_mode=DELETE&_synchronous=EXTRA&_pragma=cache_spill(0)&_pragma=cache_size(-65536)&_pragma=temp_store(2)" + common

	// scratch fills a file that is synced and renamed into place when it is whole.
	scratch access = "mode=rw&_journal_mode=OFF&_synchronous=OFF"
)

// conn is one connection to a file. It stands on the driver itself, without the pool and the conversions of database/sql, which cost as
// much again as SQLite for rows by the hundred thousand. One goroutine may use it at a time.
type conn struct {
	driverConn
	path       string
	form       int64 // of the file, once identify was called
	encoder    encoder
	known      knownRows // what is there already
	changed    *counts   // what the open transaction changes; nil where nobody wants to know
	statements map[string]driver.Stmt
}

type driverConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	NewBackup(uri string) (*modernc.Backup, error)
	IsReadOnly(schema string) (bool, error)
}

// connect opens a file that must be there.
func connect(ctx context.Context, path string, how access) (*conn, error) {
	connector, err := modernc.NewConnector(uri(path, how))
	if err != nil {
		return nil, err
	}
	raw, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{driverConn: raw.(driverConn), path: path, statements: map[string]driver.Stmt{}}, nil
}

func uri(path string, how access) string {
	escaped := &url.URL{Path: filepath.ToSlash(path)}
	return "file:" + escaped.EscapedPath() + "?" + string(how)
}

// close frees the connection. What is not committed is rolled back.
func (c *conn) close() error {
	for _, s := range c.statements {
		_ = s.Close()
	}
	return c.Close()
}

func (c *conn) exec(ctx context.Context, sql string) error {
	_, err := c.ExecContext(ctx, sql, nil)
	return err
}

// prepare gives a statement, which the connection owns and makes only once.
func (c *conn) prepare(ctx context.Context, sql string) (driver.Stmt, error) {
	if s, ok := c.statements[sql]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	c.statements[sql] = s
	return s, nil
}

// tell executes a statement, and gives the number of rows that it changed.
func (c *conn) tell(ctx context.Context, sql string, arguments []driver.NamedValue) (int64, error) {
	s, err := c.prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	result, err := s.(driver.StmtExecContext).ExecContext(ctx, arguments)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query calls each with every row of the answer. The cells are each's only until it returns.
func (c *conn) query(ctx context.Context, sql string, each func([]driver.Value) error) error {
	return c.queryFor(ctx, sql, nil, each)
}

// queryFor is query with arguments.
func (c *conn) queryFor(ctx context.Context, sql string, arguments []driver.NamedValue, each func([]driver.Value) error) error {
	rows, err := c.QueryContext(ctx, sql, arguments)
	if err != nil {
		return err
	}
	return every(ctx, rows, each)
}

// every calls each with every row.
func every(ctx context.Context, rows driver.Rows, each func([]driver.Value) error) error {
	defer rows.Close()
	cells := make([]driver.Value, len(rows.Columns()))
	for n := 0; ; n++ {
		err := rows.Next(cells)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && n%1024 == 0 {
			err = ctx.Err()
		}
		if err == nil {
			err = each(cells)
		}
		if err != nil {
			return err
		}
	}
}

// cell gives the first cell of the first row, nil if there is no row.
func (c *conn) cell(ctx context.Context, sql string) (driver.Value, error) {
	var cell driver.Value
	err := c.query(ctx, sql, func(cells []driver.Value) error {
		cell = cells[0]
		return io.EOF
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return cell, err
}

// number is cell for a whole number, 0 where it is none.
func (c *conn) number(ctx context.Context, sql string) (int64, error) {
	cell, err := c.cell(ctx, sql)
	n, _ := cell.(int64)
	return n, err
}

// transact runs change in a transaction. When it returns nil everything is kept, durably; else nothing is, and the connection is as
// before. A cancelled context doesn't stop it half way: then nobody could tell whether it is kept.
func (c *conn) transact(ctx context.Context, change func(context.Context) error) error {
	ctx = context.WithoutCancel(ctx)
	if err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := change(ctx)
	if err == nil {
		err = c.exec(ctx, "COMMIT")
	}
	if err != nil {
		c.known = nil
		// After a full disk SQLite has rolled back by itself and refuses this.
		_ = c.exec(ctx, "ROLLBACK")
	}
	return err
}

// code gives SQLite's extended result code of an error, 0 if it is not SQLite's.
func code(err error) int {
	var e *modernc.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
