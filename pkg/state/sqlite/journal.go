package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// sheet is a page of the journal as it is kept.
type sheet struct {
	run  string
	seq  int64
	body string // [state.EncodePage]
}

var journals = table[sheet]{
	name: "journal",
	key:  []string{"run", "seq"},
	rest: []string{"body"},
	id: func(e *encoder, s *sheet) {
		e.text(s.run)
		e.number(s.seq)
	},
	body: func(e *encoder, s *sheet) { e.text(s.body) },
	get:  func(d *decoder) sheet { return sheet{d.word(), d.number(), d.text()} },
}

// packing packs pages while something else is done, and gives them then.
func packing(pages []state.Page) func() ([]sheet, error) {
	var packed []sheet
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		packed, err = sheets(pages)
	}()
	return func() ([]sheet, error) {
		<-done
		return packed, err
	}
}

// sheets packs pages.
func sheets(pages []state.Page) ([]sheet, error) {
	out := make([]sheet, len(pages))
	for i := range pages {
		body, err := state.EncodePage(&pages[i])
		if err != nil {
			return nil, err
		}
		out[i] = sheet{pages[i].Run, int64(pages[i].Seq), body}
	}
	return out, nil
}

// Journal gives the pages of a run, or of all; see [state.Store].
func (s *Store) Journal(ctx context.Context, run string) ([]state.Page, error) {
	if err := s.find(); err != nil {
		return nil, err
	}
	var pages []state.Page
	err := untouched(ctx, s.Path(), func(path string) (err error) {
		pages, err = readJournal(ctx, path, run)
		return err
	})
	if err != nil {
		return nil, s.explain("reading", err)
	}
	return pages, nil
}

// readJournal reads and checks pages as of one moment, without writing.
func readJournal(ctx context.Context, path, run string) ([]state.Page, error) {
	var pages []state.Page
	err := momentOf(ctx, path, func(c *conn) (err error) {
		pages, err = c.pages(ctx, run)
		return err
	})
	return pages, err
}

// pages reads and checks pages in an open transaction.
func (c *conn) pages(ctx context.Context, run string) ([]state.Page, error) {
	if c.form < withJournal {
		return nil, nil
	}
	sql, of := "SELECT run, seq, body, crc FROM journal ORDER BY run, seq", []driver.NamedValue(nil)
	if run != "" {
		sql, of = "SELECT run, seq, body, crc FROM journal WHERE run = ? ORDER BY seq", []driver.NamedValue{{Ordinal: 1, Value: run}}
	}
	d, cells := newDecoder(), make([]cell, len(journals.columns()))
	var pages []state.Page
	err := c.queryFor(ctx, sql, of, func(row []driver.Value) error {
		for i, v := range row {
			cells[i] = cellOf(v)
		}
		d.begin(cells)
		kept := journals.get(d)
		page, err := state.DecodePage(kept.body)
		if err = errors.Join(d.err, err); err != nil {
			return &flaw{what: fmt.Sprintf("is damaged: table journal, run %s, page %d: %v", kept.run, kept.seq, err)}
		}
		pages = append(pages, *page)
		return nil
	})
	if err == nil && run == "" {
		var m meta
		if m, err = c.meta(ctx); err == nil {
			err = m.counts.has(journals.name, len(pages))
		}
	}
	if err != nil {
		return nil, err
	}
	return pages, nil
}
