package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// read reads and checks a whole state as of one moment, with or without its journal.
func (p *place) read(ctx context.Context, c *pgx.Conn, withJournal bool) (*state.Whole, meta, error) {
	var w *state.Whole
	var m meta
	err := atOnce(ctx, c, func(tx pgx.Tx) (err error) {
		w, m, err = p.readIn(ctx, tx, withJournal)
		return err
	})
	return w, m, err
}

// atOnce lets f read as of one moment.
func atOnce(ctx context.Context, c *pgx.Conn, f func(pgx.Tx) error) error {
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	err = f(tx)
	return errors.Join(err, ended(tx.Rollback(ctx), err))
}

// ended drops the error of ending a transaction that had another one before.
func ended(ending, before error) error {
	if before != nil {
		return nil
	}
	return ending
}

// readIn reads and checks in an open transaction that sees one moment.
func (p *place) readIn(ctx context.Context, tx pgx.Tx, withJournal bool) (*state.Whole, meta, error) {
	m, err := p.readMeta(ctx, tx)
	if err != nil {
		return nil, m, err
	}
	kept, err := p.readSums(ctx, tx)
	if err = errors.Join(err, p.outdated(ctx, tx, m)); err != nil {
		return nil, m, err
	}
	w, sheets, found := &state.Whole{Snapshot: state.Snapshot{Meta: m.Meta}}, []sheet(nil), map[string]*total{}
	for _, t := range counted {
		found[t.title()] = &total{}
	}
	b := &pgx.Batch{}
	plays.get(b, p, &w.Plays, found["plays"], kept["plays"].rows, "")
	members.get(b, p, &w.Members, found["members"], kept["members"].rows, "")
	truths.get(b, p, &w.Truths, found["truths"], kept["truths"].rows, "")
	held.get(b, p, &w.Held, found["held"], kept["held"].rows, "")
	effects.get(b, p, &w.Effects, found["effects"], kept["effects"].rows, "")
	tasks.get(b, p, &w.Tasks, found["tasks"], kept["tasks"].rows, "")
	seen.get(b, p, &w.Seen, found["seen"], kept["seen"].rows, "")
	changes.get(b, p, &w.Changes, found["changes"], kept["changes"].rows, "")
	failures.get(b, p, &w.Failures, found["failures"], kept["failures"].rows, "")
	erased.get(b, p, &w.Erased, found["erased"], kept["erased"].rows, "")
	runs.get(b, p, &w.Runs, found["runs"], kept["runs"].rows, "")
	if withJournal {
		journals.get(b, p, &sheets, found["journal"], kept["journal"].rows, "")
	} else {
		delete(found, "journal")
	}
	if err := incomplete(tx.SendBatch(ctx, b).Close()); err != nil {
		return nil, m, err
	}
	if err := compare(found, kept); err != nil {
		return nil, m, err
	}
	w.Journal, err = pagesOf(sheets)
	return w, m, err
}

// incomplete makes of an error that says that a table is not there one about a damaged state: meta was there.
func incomplete(err error) error {
	if pg.IsNone(err) || pg.CodeOf(err) == "42703" { // undefined_column
		return &flaw{what: "is damaged: " + err.Error()}
	}
	return err
}

// readMeta reads the row of meta; [state.ErrNone] if there is no such table.
func (p *place) readMeta(ctx context.Context, tx pgx.Tx) (meta, error) {
	var version, count int
	err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0), count(*) FROM "+p.table(metas.name)).Scan(&version, &count)
	switch {
	case pg.IsNone(err):
		return meta{}, state.ErrNone
	case err != nil:
		return meta{}, incomplete(err)
	case count != 1:
		return meta{}, &flaw{what: fmt.Sprintf("is damaged: table meta has %d rows instead of one", count)}
	case version > state.Version:
		return meta{}, &flaw{fmt.Sprintf("was written by a newer playctl: it has form %d, and this one reads up to form %d", version, state.Version),
			"use the playctl that wrote it, or a later one; nothing was changed"}
	case version != state.Version: // the first form that was kept here
		return meta{}, &flaw{what: fmt.Sprintf("is damaged: form %d is none of playctl's", version)}
	}
	var list []meta
	b := &pgx.Batch{}
	metas.get(b, p, &list, &total{}, 1, "")
	if err := incomplete(tx.SendBatch(ctx, b).Close()); err != nil {
		return meta{}, err
	}
	return list[0], nil
}

// outdated refuses a state that is older than one of its own backups: somebody put old tables back, and what was done since would be done again.
func (p *place) outdated(ctx context.Context, tx pgx.Tx, m meta) error {
	var newest int64
	err := tx.QueryRow(ctx, "SELECT coalesce(max(serial), 0) FROM "+p.table("backups")+" WHERE lineage = $1", storable(m.Lineage)).Scan(&newest)
	if err == nil && newest > m.Serial {
		return &flaw{what: fmt.Sprintf("is older than its own backup: it has serial %d, the newest backup has %d", m.Serial, newest)}
	}
	return incomplete(err)
}

// readSums reads the table sums.
func (p *place) readSums(ctx context.Context, tx pgx.Tx) (map[string]total, error) {
	rows, err := tx.Query(ctx, "SELECT name, rows, crc FROM "+p.table("sums"))
	if err != nil {
		return nil, incomplete(err)
	}
	kept := map[string]total{}
	var name string
	var t total
	_, err = pgx.ForEachRow(rows, []any{&name, &t.rows, &t.crc}, func() error {
		kept[name] = t
		return nil
	})
	return kept, incomplete(err)
}

// compare compares what was read with what should be there.
func compare(found map[string]*total, kept map[string]total) error {
	for _, t := range counted {
		name := t.title()
		is, read := found[name]
		should, known := kept[name]
		switch {
		case !read:
		case !known:
			return &flaw{what: fmt.Sprintf("is damaged: table sums has no row for %s", name)}
		case is.rows != should.rows:
			return &flaw{what: fmt.Sprintf("is damaged: table %s has %d rows instead of %d", name, is.rows, should.rows)}
		case is.crc != should.crc:
			return &flaw{what: fmt.Sprintf("is damaged: table %s does not have the rows that were written", name)}
		}
	}
	return nil
}

// readPages reads pages of the journal: those of a run, or, for "", all of them.
func (p *place) readPages(ctx context.Context, c *pgx.Conn, run string) ([]state.Page, error) {
	var sheets []sheet
	err := atOnce(ctx, c, func(tx pgx.Tx) error {
		if _, err := p.readMeta(ctx, tx); err != nil {
			return err
		}
		b, found := &pgx.Batch{}, total{}
		if run != "" {
			journals.get(b, p, &sheets, &found, 0, " WHERE run = $1", storable(run))
			return incomplete(tx.SendBatch(ctx, b).Close())
		}
		kept, err := p.readSums(ctx, tx)
		if err != nil {
			return err
		}
		journals.get(b, p, &sheets, &found, kept[journals.name].rows, "")
		if err := incomplete(tx.SendBatch(ctx, b).Close()); err != nil {
			return err
		}
		return compare(map[string]*total{journals.name: &found}, kept)
	})
	if err != nil {
		return nil, err
	}
	return pagesOf(sheets)
}

// pagesOf unpacks pages.
func pagesOf(sheets []sheet) ([]state.Page, error) {
	var pages []state.Page
	for _, s := range sheets {
		page, err := state.DecodePage(s.body)
		if err != nil {
			return nil, &flaw{what: fmt.Sprintf("is damaged: table journal, run %s, page %d: %v", s.run, s.seq, err)}
		}
		pages = append(pages, *page)
	}
	return pages, nil
}

// sheetsOf packs pages.
func sheetsOf(pages []state.Page) ([]sheet, error) {
	sheets := make([]sheet, len(pages))
	for i := range pages {
		body, err := state.EncodePage(&pages[i])
		if err != nil {
			return nil, err
		}
		sheets[i] = sheet{pages[i].Run, pages[i].Seq, body}
	}
	return sheets, nil
}
