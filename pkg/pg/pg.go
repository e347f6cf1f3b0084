// Package pg is what the connector to Postgres and the store in it both need of pgx: addresses read with care, and errors without secrets.
package pg

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ConnectTimeout is how long a connection is tried for, unless the address says.
const ConnectTimeout = 15 * time.Second

// ErrAddress says that an address is none. What it says is left out: a password may be in it, wherever it is cut.
var ErrAddress = errors.New("it is no address of a Postgres database, such as postgres://user@host:5432/database")

// saysMode finds an sslmode in an address of either form.
var saysMode = regexp.MustCompile(`(?i)(^|[\s?&])sslmode\s*=`)

// Config reads an address: a URL, or words as libpq has them. Where neither that nor PGSSLMODE says an sslmode, and the server is not on this
// machine, it is verify-full: what pgx and libpq take then tries TLS without looking at the certificate, and falls back to plain text. The only
// error is [ErrAddress].
func Config(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil || address == "" {
		return nil, ErrAddress
	}
	if !saysMode.MatchString(address) && prefers(config) && !isHere(config) {
		if config, err = pgx.ParseConfig(verified(address)); err != nil {
			return nil, ErrAddress
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = ConnectTimeout
	}
	config.AfterConnect = bounded
	return config, nil
}

// bounded ends a statement that takes longer than any of ours does, such as one that waits for somebody else's lock, unless the server has a limit of its
// own. It is no parameter of the connection, since poolers refuse those that they don't know. Who may wait longer takes it off again.
func bounded(ctx context.Context, c *pgconn.PgConn) error {
	return c.Exec(ctx, "SELECT set_config('statement_timeout', '10min', false) WHERE current_setting('statement_timeout') = '0'").Close()
}

// prefers reports whether a connection is made with TLS if it can be, and without if it can't: sslmode=prefer.
func prefers(config *pgx.ConnConfig) bool {
	first := config.TLSConfig
	for _, f := range config.Fallbacks {
		if first != nil && first.InsecureSkipVerify && first.VerifyPeerCertificate == nil && f.TLSConfig == nil {
			return true
		}
		if first == nil { // a socket came first
			first = f.TLSConfig
		}
	}
	return false
}

// isHere reports whether every server that may be asked is on this machine.
func isHere(config *pgx.ConnConfig) bool {
	hosts := []string{config.Host}
	for _, f := range config.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); host != "localhost" && !strings.HasPrefix(host, "/") && !strings.HasPrefix(host, "@") && (ip == nil || !ip.IsLoopback()) {
			return false
		}
	}
	return true
}

// verified gives an address with sslmode=verify-full.
func verified(address string) string {
	const mode = "sslmode=verify-full"
	switch {
	case !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://"):
		return address + " " + mode
	case strings.Contains(address, "?"):
		return address + "&" + mode
	}
	return address + "?" + mode
}

// Where names a database, without user and password.
func Where(config *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), Path: "/" + config.Database}
	if strings.HasPrefix(config.Host, "/") { // a socket's folder
		u.Host, u.RawQuery = "", url.Values{"host": {config.Host}}.Encode()
	}
	return u.String()
}

// Redact takes the password out of a text, in every way in which it may be written.
func Redact(config *pgx.ConnConfig, text string) string {
	secret := config.Password
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), url.UserPassword("", secret).String()[1:]} {
		if form != "" {
			text = strings.ReplaceAll(text, form, "•••")
		}
	}
	return text
}

// HangUp closes a connection. How that ends is nobody's business: the server notices in any case.
func HangUp(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.Close(ctx)
}

// CallError is an error of a call, told without secrets.
type CallError struct {
	Text string
	Err  error
}

// Error gives the text.
func (e *CallError) Error() string { return e.Text }

// Unwrap gives the cause, which may have secrets in its own text.
func (e *CallError) Unwrap() error { return e.Err }

// CodeOf gives the SQLSTATE of an error of Postgres, "" of any other; see
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
func CodeOf(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// IsNone reports whether an error says that a table or its schema is not there.
func IsNone(err error) bool { code := CodeOf(err); return code == "42P01" || code == "3F000" }

// ReadOnly is the remedy for a server that takes no writes.
const ReadOnly = "it takes no writes: let `url` lead to the primary server"

// hints are the remedies of errors of Postgres that are the same for everybody, by SQLSTATE.
var hints = map[string]string{
	"25006": ReadOnly,                                                     // read_only_sql_transaction
	"28P01": "mend user and password in `url`",                            // invalid_password
	"28000": "mend user and password in `url`",                            // invalid_authorization_specification
	"3D000": "make the database, or mend its name in `url`",               // invalid_catalog_name
	"53300": "run again when others have ended, or raise max_connections", // too_many_connections
}

// Hint gives the remedy of an error; "" if there is none that is better than the error itself.
func Hint(err error) string {
	var certificate *tls.CertificateVerificationError
	var call *net.OpError
	switch {
	case errors.As(err, &certificate), err != nil && strings.Contains(err.Error(), "server refused TLS connection"):
		return "the connection is to be encrypted and the server's certificate verified, unless `url` says otherwise: sslmode=verify-full is taken where it says nothing, " +
			"sslrootcert=FILE names a certificate authority of your own, sslmode=disable goes in plain text"
	case CodeOf(err) == "" && errors.As(err, &call) && call.Op == "dial":
		return "look whether `url` has the right host and port, and whether the server runs and can be reached from here"
	}
	return hints[CodeOf(err)]
}
