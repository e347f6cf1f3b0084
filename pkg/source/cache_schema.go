package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
)

// cacheVersion is the version of the cache's files and of what readers make of a file. It goes up when either changes.
const cacheVersion = 2

// schemaOf gives a digest of all that decides what is read of an entity's file but the file itself and now.
func schemaOf(e *playbook.Entity, zone *time.Location) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q\n", cacheVersion, build())
	fmt.Fprintf(h, "%q %q %q key %q time %q stop %t\n", e.Name, e.File, e.Plural, e.Key, e.Time, e.BadStop)
	for _, f := range e.Fields {
		fmt.Fprintf(h, "field %q %q\n", f.Name, f.Type)
	}
	for _, p := range e.Parents {
		fmt.Fprintf(h, "parent %q %q\n", p.Entity, p.Column)
	}
	writeZone(h, zone)
	return hex.EncodeToString(h.Sum(nil))
}

// build names the playctl that runs: another one may read the same file differently.
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

// writeZone writes what a zone says, day by day: its rules change under the same name. Behind the last year the rule of that year goes on.
// Not by [time.Time.ZoneBounds]: past the zone file's last transition its end is at times not after the time itself (America/New_York at the end of
// 2040), and a loop over it never ends.
func writeZone(w io.Writer, zone *time.Location) {
	fmt.Fprintf(w, "zone %q\n", zone)
	const first, days = 1970, 72 * 365
	last := -1
	for day := range days {
		t := time.Date(first, 1, 1+day, 0, 0, 0, 0, time.UTC)
		if _, offset := t.In(zone).Zone(); offset != last || day == 0 {
			fmt.Fprintf(w, "%d from %d\n", offset, day)
			last = offset
		}
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
