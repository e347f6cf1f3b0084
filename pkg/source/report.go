package source

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// maxSamples is how many bad records a report shows.
const maxSamples = 10

// maxOrphans is how many keys of missing parents a report shows.
const maxOrphans = 3

// Report says what was read of an entity's file, and what was left out.
type Report struct {
	Entity   string
	File     string // as the playbook names it
	Rows     int    // records that are in the frame
	Bytes    int64
	Modified time.Time     // of the file
	Age      time.Duration // from Modified to the run's now; negative where now is earlier
	Stale    bool          // older than the entity's `fresh:` allows
	Future   int           // events after now, left out
	Orphans  []Orphans     // one for each parent, as declared
	Bad      int           // bad records, left out; where a stray quote swallows lines, each counts as one
	// BadSamples are the first ten bad records.
	BadSamples []diag.Problem
	// Warnings are about the file as a whole.
	Warnings []diag.Problem
	// FromCache: the columns are those that an earlier run read of the same file.
	FromCache bool
	Took      time.Duration // reading alone, without linking; 0 without a clock
}

// Orphans are records that name a parent that is not there. They stay in the frame, without that parent.
type Orphans struct {
	Parent string // entity
	Count  int
	// Sample are the first three of the keys they name, in order, shortened; none where a key might be an address.
	Sample []string
}

// orphans reports on the parents of a table that is linked.
func orphans(t *frame.Table) []Orphans {
	var list []Orphans
	for _, r := range t.Parents() {
		list = append(list, Orphans{Parent: r.Parent.Entity, Count: r.Orphans, Sample: orphanKeys(r)})
	}
	return list
}

// orphanKeys gives the first few keys, in order, of parents that are not there.
func orphanKeys(r *frame.Relation) []string {
	if r.Orphans == 0 {
		return nil
	}
	var keys []string
	for row, up := range r.Up {
		if up >= 0 || !r.Keys.IsKnown(row) {
			continue
		}
		key := r.Keys.Text(row)
		if at, found := slices.BinarySearch(keys, key); !found && at < maxOrphans {
			keys = slices.Insert(keys, at, key)
			keys = keys[:min(len(keys), maxOrphans)]
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return private(r.Keys.Name, key) })
	for i, key := range keys {
		keys[i] = shorten(key)
	}
	return keys
}
