package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// explain makes an error one that names the place and says what to do, and that has no password in it. Errors of package state stay as they
// are.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	var bad *flaw
	if errors.As(err, &bad) {
		return s.damaged(context.WithoutCancel(ctx), bad)
	}
	var known *pg.CallError
	if err == nil || errors.Is(err, state.ErrNone) || errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil && (pgconn.Timeout(err) || errors.Is(err, ctx.Err())) {
		return ctx.Err()
	}
	err = &pg.CallError{Text: s.place.redact(err.Error()), Err: err}
	hint := cmp.Or(hints[pg.CodeOf(err)], pg.Hint(err))
	if hint != "" && doing == "writing" {
		return &state.UnwritableError{Where: s.Where(), Hint: hint, Err: err}
	}
	text := fmt.Sprintf("%s %s: %v", doing, s.Where(), err)
	if hint != "" {
		text += "; " + hint
	}
	return &pg.CallError{Text: text, Err: err}
}

// redact takes the password out of a text.
func (p *place) redact(text string) string { return pg.Redact(p.config, text) }

// hints are the remedies of errors of Postgres that are of what the store does, by SQLSTATE.
var hints = map[string]string{
	"53100": "free some space on the database's disk and run again: what was recorded before is kept",                             // disk_full
	"42501": "grant the user the rights on the schema and its tables, or make the schema for it: CREATE SCHEMA … AUTHORIZATION …", // insufficient_privilege
}
