package sqlite

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// flaw is why a file can't be used as a state. The store makes it a *[state.DamagedError], with the hint if there is one, else with how to
// restore a backup.
type flaw struct{ what, hint string }

func (f *flaw) Error() string { return f.what }

// identify tells whether a file is a state, in a form that this playctl reads, and as long as it says. It is the first thing done in a
// transaction: it takes SQLite's shared lock, and until the transaction ends nobody can change the file.
func (c *conn) identify(ctx context.Context) error {
	id, err := c.number(ctx, "PRAGMA application_id")
	if err != nil {
		return err
	}
	if id != application {
		return &flaw{what: fmt.Sprintf("is an SQLite database of another program (application id 0x%08x)", uint32(id))}
	}
	version, err := c.number(ctx, "PRAGMA user_version")
	if err != nil {
		return err
	}
	switch {
	case version > state.Version:
		return &flaw{fmt.Sprintf("was written by a newer playctl: it has form %d, and this one reads up to form %d", version, state.Version),
			"use the playctl that wrote it, or a later one; nothing was changed"}
	case version < oldest:
		return &flaw{what: fmt.Sprintf("is damaged: form %d is none of playctl's", version)}
	}
	c.form = version
	return c.measure(ctx)
}

// measure tells whether the file ends where its last page does. SQLite itself takes half a page for a whole one, filled with zeros.
func (c *conn) measure(ctx context.Context) error {
	pages, err := c.number(ctx, "PRAGMA page_count")
	if err != nil {
		return err
	}
	size, err := c.number(ctx, "PRAGMA page_size")
	if err != nil {
		return err
	}
	info, err := os.Stat(c.path)
	if err != nil {
		return err
	}
	if info.Size() < pages*size {
		return &flaw{what: cutShort(info.Size(), pages*size)}
	}
	return nil
}

func cutShort(size, whole int64) string {
	return fmt.Sprintf("is cut short: %d of %d bytes", size, whole)
}

// checking is how much SQLite checks of a file.
type checking string

const (
	// quick checks the structure, NOT NULL and types: all that reading needs. It costs about 4 ms per MB.
	quick checking = "quick_check"
	// thorough also checks that every row is in its index, which is what finds it when it is written again: else it would be there
	// twice. It costs three times as much.
	thorough checking = "integrity_check"
)

// check runs SQLite's own check.
func (c *conn) check(ctx context.Context, how checking) error {
	cell, err := c.cell(ctx, "PRAGMA "+string(how)+"(1)")
	if err != nil {
		return err
	}
	if text, _ := cell.(string); text != "ok" {
		lines := strings.Split(text, "\n")
		return &flaw{what: "is damaged: " + printable(lines[len(lines)-1])}
	}
	return nil
}

// meta gives the one row of the table meta.
func (c *conn) meta(ctx context.Context) (meta, error) {
	rows, err := formsOf(c.form).metas.read(ctx, c)
	if err != nil {
		return meta{}, err
	}
	if len(rows) != 1 {
		return meta{}, &flaw{what: fmt.Sprintf("is damaged: table meta has %d rows instead of one", len(rows))}
	}
	return rows[0], nil
}
