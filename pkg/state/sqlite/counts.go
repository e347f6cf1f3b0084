package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// counted are the tables whose rows are counted in the row of meta.
var counted = [...]string{"plays", "members", "truths", "held", "effects", "tasks", "seen", "changes", "failures", "erased", "runs", "journal"}

// counts are how many rows the tables have, in the order of counted: what tells rows that are missing, or that were put in. A commit counts
// what it changes, so that it costs nothing of how large the state is.
type counts [len(counted)]int64

// add adds rows to a table's; nil counts nothing.
func (n *counts) add(table string, rows int64) {
	if at := slices.Index(counted[:], table); n != nil && at >= 0 {
		n[at] += rows
	}
}

// plus gives the counts after a change.
func (n counts) plus(change *counts) counts {
	for i := range n {
		n[i] += change[i]
	}
	return n
}

// object gives the counts as a cell of meta holds them: by table.
func (n *counts) object() map[string]int64 {
	object := make(map[string]int64, len(n))
	for i, table := range counted {
		object[table] = n[i]
	}
	return object
}

// counts reads what [counts.object] gave.
func (d *decoder) counts() counts {
	var object map[string]int64
	d.object(&object)
	var n counts
	for i, table := range counted {
		var known bool
		if n[i], known = object[table]; !known {
			d.wrong("the number of every table's rows")
		}
	}
	return n
}

// compare compares the rows that a snapshot was read from with those that should be there.
func (n *counts) compare(s *state.Snapshot) error {
	for at, rows := range []int{len(s.Plays), len(s.Members), len(s.Truths), len(s.Held), len(s.Effects), len(s.Tasks), len(s.Seen), len(s.Changes),
		len(s.Failures), len(s.Erased), len(s.Runs)} {
		if err := n.has(counted[at], rows); err != nil {
			return err
		}
	}
	return nil
}

// has compares the rows of one table with those that should be there.
func (n *counts) has(table string, rows int) error {
	if should := n[slices.Index(counted[:], table)]; should != int64(rows) {
		return &flaw{what: fmt.Sprintf("is damaged: table %s has %d rows instead of %d", table, rows, should)}
	}
	return nil
}

// count counts every table as it is: of a state that was just filled.
func (c *conn) count(ctx context.Context) (n counts, err error) {
	for i, table := range counted {
		if n[i], err = c.number(ctx, "SELECT count(*) FROM "+table); err != nil {
			return n, err
		}
	}
	return n, nil
}
