package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/playctl/playctl/pkg/state"
)

// callError is an error of a call, told without secrets.
type callError struct {
	text string
	err  error
}

func (e *callError) Error() string { return e.text }
func (e *callError) Unwrap() error { return e.err }

// codeOf gives the SQLSTATE of an error of Postgres, "" of any other; see
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
func codeOf(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// explain makes an error one that names the place and says what to do, and that has no password in it. Errors of package state stay as they
// are.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	var bad *flaw
	if errors.As(err, &bad) {
		return s.damaged(context.WithoutCancel(ctx), bad)
	}
	var known *callError
	if err == nil || errors.Is(err, state.ErrNone) || errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil && (pgconn.Timeout(err) || errors.Is(err, ctx.Err())) {
		return ctx.Err()
	}
	err = &callError{s.place.redact(err.Error()), err}
	hint := hintOf(codeOf(err))
	if hint != "" && doing == "writing" {
		return &state.UnwritableError{Where: s.Where(), Hint: hint, Err: err}
	}
	text := fmt.Sprintf("%s %s: %v", doing, s.Where(), err)
	if hint != "" {
		text += "; " + hint
	}
	return &callError{text, err}
}

// redact takes the password out of a text, in every way in which it may be written.
func (p *place) redact(text string) string {
	secret := p.config.Password
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), url.UserPassword("", secret).String()[1:]} {
		if form != "" {
			text = strings.ReplaceAll(text, form, "•••")
		}
	}
	return text
}

// hintOf gives the remedy of an error of Postgres, by its SQLSTATE; "" if there is none that is better than the error itself.
func hintOf(code string) string {
	switch code {
	case "53100": // disk_full
		return "free some space on the database's disk and run again: what was recorded before is kept"
	case "25006": // read_only_sql_transaction
		return "the database takes no writes: let `url` lead to the primary server"
	case "42501": // insufficient_privilege
		return "grant the user the rights on the schema and its tables, or make the schema for it: CREATE SCHEMA … AUTHORIZATION …"
	case "28P01", "28000": // invalid_password, invalid_authorization_specification
		return "mend user and password in `url`"
	case "3D000": // invalid_catalog_name
		return "make the database, or mend its name in `url`"
	case "53300": // too_many_connections
		return "run again when others have ended, or raise max_connections"
	}
	return ""
}
