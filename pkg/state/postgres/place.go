package postgres

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
)

// place is where a state's tables are.
type place struct {
	config *pgx.ConnConfig
	schema string
	prefix string // of the tables' names
}

// longestName is how many bytes a name has in Postgres: it cuts off the rest without a word, so that two environments could become one.
const longestName = 63

// longestTable is the longest name of a table, without its prefix.
const longestTable = len("damaged_failures")

// placeOf reads the settings. Errors don't have what the address says, since a password may be in it wherever it is cut.
func placeOf(address, schema, prefix, environment string) (*place, error) {
	config, err := pg.Config(address)
	if err != nil {
		return nil, fmt.Errorf("reading the setting %q: %w", "url", err)
	}
	p := &place{config, cmp.Or(schema, "playctl"), prefix}
	switch {
	case environment == "":
	case prefix != "":
		p.prefix += environment + "_"
	default:
		p.schema += "_" + environment
	}
	for of, name := range map[string]string{"schema": p.schema, "table_prefix": p.prefix + strings.Repeat("x", longestTable)} {
		if len(name) > longestName || strings.ContainsRune(name, 0) {
			return nil, fmt.Errorf("reading the setting %q: with the environment's name it is too long: Postgres has names of at most %d bytes", of, longestName)
		}
	}
	return p, nil
}

// where names the place without secrets.
func (p *place) where() string { return pg.Where(p.config) + " (" + p.name("*") + ")" }

// name gives a table's name as people read it.
func (p *place) name(table string) string { return p.schema + "." + p.prefix + table }

// table gives a table's name as SQL has it.
func (p *place) table(name string) string {
	return pgx.Identifier{p.schema, p.prefix + name}.Sanitize()
}

// lockKey is the number of the advisory lock of this place, in this database.
func (p *place) lockKey() int64 {
	sum := sha256.Sum256([]byte("playctl state\x00" + p.schema + "\x00" + p.prefix))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}
