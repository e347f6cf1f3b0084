package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// cacheVersion is the version of the cache's files and of what readers make of a file. It goes up when either changes.
const cacheVersion = 3

// schemaOf gives a digest of all that decides what is read of an entity's file but the file itself and now.
func schemaOf(e *playbook.Entity, r Request) (sum digestSum) {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q\n", cacheVersion, r.Version, build())
	fmt.Fprintf(h, "%q %q %q key %q time %q stop %t\n", e.Name, e.File, e.Plural, e.Key, e.Time, e.BadStop)
	for _, f := range e.Fields {
		fmt.Fprintf(h, "field %q %q\n", f.Name, f.Type)
	}
	for _, p := range e.Parents {
		fmt.Fprintf(h, "parent %q %q\n", p.Entity, p.Column)
	}
	writeZone(h, r.Zone)
	h.Sum(sum[:0])
	return sum
}

// build names what the playctl that runs was made of, as far as its builder has noted it: two may go by the same version.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	name := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			name += " " + s.Value
		}
	}
	return name
}

// writeZone writes what a zone says, change by change: its rules change under the same name. Behind the last year the rule of that year goes on.
func writeZone(w io.Writer, zone *time.Location) {
	fmt.Fprintf(w, "zone %q\n", zone)
	const lastYear, none = 2041, math.MaxInt
	last := none
	for t := time.UnixMicro(firstMoment).In(zone); t.Year() <= lastYear; {
		if _, offset := t.Zone(); offset != last {
			fmt.Fprintf(w, "%d from %d\n", offset, t.Unix())
			last = offset
		}
		_, end := t.ZoneBounds()
		if end.IsZero() {
			return
		}
		if !end.After(t) { // on the last day of a leap year package time takes the year to be over
			end = t.Add(24 * time.Hour)
		}
		t = end
	}
}

// placesOf gives a digest of where the playbook names what is read: warnings point there.
func placesOf(t *table) string {
	h := sha256.New()
	for cell := range t.names {
		if at := t.place(cell); at.Exists() {
			fmt.Fprintf(h, "%+v\n", at.Problem("%s", t.purpose(cell)))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
