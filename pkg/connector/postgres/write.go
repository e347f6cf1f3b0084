package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
)

// writing is how batches of one kind are written.
type writing struct {
	// prepare looks up what is needed before anything is written; may be nil.
	prepare func(ctx context.Context, c *pgx.Conn) error
	// reject says why an item can't be written, without asking the database; "" if it may.
	reject func(connector.Item) string
	// do writes items in an open transaction and sets their outcomes. Of an error nothing is kept.
	do func(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error
}

// errReadOnly is why nothing is written.
var errReadOnly = errors.New("the connector is only read from, as its setting `read_only` says")

// Write carries out a batch; see the package.
func (d *desk) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	w, err := d.writing(b)
	if err = errors.Join(ctx.Err(), err); err != nil {
		return nil, &connector.NotBegunError{Err: err}
	}
	var outcomes []connector.Outcome
	begun := false
	err = d.pool.with(ctx, func(c *pgx.Conn) error {
		if w.prepare != nil {
			if err := w.prepare(ctx, c); err != nil {
				return err
			}
		}
		begun = true
		outcomes, err = d.carryOut(ctx, c, w, b.Items)
		return err
	})
	if !begun && err != nil {
		return d.notBegun(ctx, err, len(b.Items))
	}
	return outcomes, err
}

// writing finds how a batch is written, and refuses what there is not.
func (d *desk) writing(b connector.Batch) (*writing, error) {
	switch {
	case d.readOnly:
		return nil, fmt.Errorf("writing: %w", errReadOnly)
	case len(b.Items) > batchSize:
		return nil, fmt.Errorf("writing %d items: %d is the most", len(b.Items), batchSize)
	case b.Verb.Membership(), b.Verb == connector.Set && b.Target.Name != "":
		return d.membership(b.Verb, b.Target)
	case b.Verb == connector.Set:
		return d.setting(b.Target.Kind), nil
	case b.Verb == connector.Send:
		return d.sending(b.Target.Kind), nil
	case b.Verb == connector.Task:
		return d.giving(b.Target.Kind)
	case b.Verb == connector.Cancel:
		return d.cancelling(b.Target.Kind)
	}
	return nil, fmt.Errorf("writing a batch: verb %d is not known", b.Verb)
}

// carryOut writes what can be written.
func (d *desk) carryOut(ctx context.Context, c *pgx.Conn, w *writing, items []connector.Item) ([]connector.Outcome, error) {
	outcomes := make([]connector.Outcome, len(items))
	var good []int
	for i, item := range items {
		if reason := w.reject(item); reason != "" {
			outcomes[i] = rejected(reason)
			continue
		}
		good = append(good, i)
	}
	a := &attempt{desk: d, conn: c, writing: w, items: items, outcomes: outcomes}
	err := a.try(ctx, good, 0)
	if err == nil {
		return outcomes, nil
	}
	if !slices.Contains(outcomes, connector.Outcome{}) {
		return outcomes, err
	}
	return outcomes, &connector.NotBegunError{Err: err} // those in doubt say so themselves
}

func rejected(reason string) connector.Outcome {
	return connector.Outcome{Status: connector.Rejected, Reason: reason}
}

// notBegun is the end of a batch of which nothing was begun: an error, or, if the database is only busy, every item for later.
func (d *desk) notBegun(ctx context.Context, err error, items int) ([]connector.Outcome, error) {
	if !isBusy(err) {
		return nil, &connector.NotBegunError{Err: d.pool.explain(ctx, "writing to", err)}
	}
	return slices.Repeat([]connector.Outcome{d.later(err)}, items), nil
}

func (d *desk) later(err error) connector.Outcome {
	return connector.Outcome{Status: connector.Later, Reason: d.pool.redact(err.Error())}
}

// attempt is a batch that is being written.
type attempt struct {
	desk     *desk
	conn     *pgx.Conn
	writing  *writing
	items    []connector.Item
	outcomes []connector.Outcome
}

// mostTries is how often a transaction is tried that lost against another one.
const mostTries = 5

// try writes some of the items in one transaction, or, if one of them is bad, in two, and so on. An error says that the rest was not begun.
func (a *attempt) try(ctx context.Context, which []int, tried int) error {
	if len(which) == 0 {
		return nil
	}
	items, outcomes := make([]connector.Item, len(which)), make([]connector.Outcome, len(which))
	for n, i := range which {
		items[n] = a.items[i]
	}
	doubt, err := a.transact(ctx, func(tx pgx.Tx) error { return a.writing.do(ctx, tx, items, outcomes) })
	switch {
	case err == nil:
		for n, i := range which {
			a.outcomes[i] = outcomes[n]
		}
		return nil
	case doubt:
		a.set(which, connector.Outcome{Status: connector.InDoubt, Reason: a.desk.pool.redact(err.Error())})
		return a.desk.pool.explain(ctx, "writing to", err)
	case isRace(err) && tried < mostTries:
		return a.try(ctx, which, tried+1)
	case isRace(err), isBusy(err):
		a.set(which, a.desk.later(err))
		return nil
	case !isOfItem(err):
		return a.desk.pool.explain(ctx, "writing to", err)
	case len(which) == 1:
		a.set(which, rejected(reasonOf(err)))
		return nil
	}
	half := len(which) / 2
	if err := a.try(ctx, which[:half], 0); err != nil {
		return err
	}
	return a.try(ctx, which[half:], 0)
}

func (a *attempt) set(which []int, o connector.Outcome) {
	for _, i := range which {
		a.outcomes[i] = o
	}
}

// transact runs one transaction. If it is in doubt, COMMIT was sent and no answer came.
func (a *attempt) transact(ctx context.Context, f func(pgx.Tx) error) (doubt bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	tx, err := a.conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	if err := f(tx); err != nil {
		if rollback := tx.Rollback(ctx); rollback != nil && !a.conn.IsClosed() {
			return false, errors.Join(err, rollback)
		}
		return false, err
	}
	err = tx.Commit(ctx)
	answered := errors.As(err, new(*pgconn.PgError)) && !a.conn.IsClosed() || errors.Is(err, pgx.ErrTxCommitRollback)
	return err != nil && !answered, err // whether pgx deems it safe to retry is about other statements: it says so of a lost answer too
}

// isOfItem reports whether an error is about the values of an item: data exceptions, integrity constraints, what a trigger or a view raises.
func isOfItem(err error) bool {
	code := pg.CodeOf(err)
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "23") || strings.HasPrefix(code, "44") || code == "P0001" || code == "428C9" || code == "54000"
}

// isRace reports whether a transaction lost against another one, and may just be tried again.
func isRace(err error) bool { code := pg.CodeOf(err); return code == "40001" || code == "40P01" }

// isBusy reports whether the database has taken nothing and asks to come again.
func isBusy(err error) bool {
	code := pg.CodeOf(err)
	return strings.HasPrefix(code, "53") && code != "53100" || code == "55P03" || code == "57P03"
}

// quotes are what an error of Postgres quotes, from the first quotation mark to the last.
var quotes = regexp.MustCompile(`(?s)".*"`)

// reasonOf says why an item was refused, without its values: reasons are kept in the state, which has no addresses. Of a data exception (class
// 22) what is quoted is a value; of a violated constraint (23) it is a name, and the detail has the values.
func reasonOf(err error) string {
	var p *pgconn.PgError
	switch {
	case !errors.As(err, &p):
		return err.Error()
	case strings.HasPrefix(p.Code, "22"):
		return quotes.ReplaceAllString(p.Message, `"…"`)
	}
	return p.Message
}

// notText says which of the texts Postgres can't hold; "" if none.
func notText(texts ...string) string {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return "it has a text that is not UTF-8"
		}
		if strings.IndexByte(text, 0) >= 0 {
			return "it has a text with a zero byte"
		}
	}
	return ""
}

// rejectID says why an id can't be one.
func rejectID(item connector.Item) string {
	if item.ID == "" {
		return "the id is empty"
	}
	return notText(item.ID, item.Source.Play, item.Source.Step, item.Source.Record)
}

// column gives a part of every item.
func column(items []connector.Item, of func(connector.Item) string) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = of(item)
	}
	return list
}

func idOf(i connector.Item) string     { return i.ID }
func keyOf(i connector.Item) string    { return i.Key }
func playOf(i connector.Item) string   { return i.Source.Play }
func stepOf(i connector.Item) string   { return i.Source.Step }
func recordOf(i connector.Item) string { return i.Source.Record }

// collect reads a query's one column of texts.
func collect(ctx context.Context, q querier, sql string, arguments ...any) ([]string, error) {
	rows, err := q.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

type querier interface {
	Query(ctx context.Context, sql string, arguments ...any) (pgx.Rows, error)
}

// claimed sets an outcome for every item by its name: Done for the first of those that were done, Already for the others.
func claimed(items []connector.Item, name func(connector.Item) string, done []string, outcomes []connector.Outcome) {
	left := make(map[string]bool, len(done))
	for _, d := range done {
		left[d] = true
	}
	for i, item := range items {
		outcomes[i].Status = connector.Already
		if left[name(item)] {
			outcomes[i].Status, left[name(item)] = connector.Done, false
		}
	}
}
