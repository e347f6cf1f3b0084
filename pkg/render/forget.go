package render

import (
	"io"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

// Forgotten is what becomes of a record that is forgotten.
type Forgotten struct {
	amend.Forgetting
	Backups int    // that name it
	Former  string // a place where the state was before, in words, that is purged as well; "" for none
}

// Forget writes what would be forgotten, and where the record stays outside of playctl.
func (p *Printer) Forget(w io.Writer, f *Forgotten) error {
	s := p.sheet()
	what := points(tallies(f.Purged), someOf(f.Backups, "backup"))
	if what == "" {
		what = "nothing: the state does not name it"
	}
	s.about(removed, "Forgets", clean(f.Record.String())+": "+what)
	if f.Former != "" {
		s.about(removed, "Also in", clean(f.Former))
	}
	if !f.Again {
		s.about(plain, "Keeps", "a salted mark, by which it is known if it comes again, so that it enters no play")
	}
	for i, text := range f.Outside {
		label := ""
		if i == 0 {
			label = "Stays in"
		}
		s.about(changed, label, clean(text))
	}
	return s.writeTo(w)
}

// tallies words counts by kind, sorted: 2 effects · 1 membership.
func tallies(of map[string]int) string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		out = append(out, counted(of[kind], kind))
	}
	return points(out...)
}

// ForgottenJSON writes what was forgotten as one document.
func ForgottenJSON(w io.Writer, f *Forgotten, run *state.Run, left []string) error {
	return writeJSON(w, forgottenDocument{FormatVersion: formatVersion, Run: runDocument(run), Complete: len(left) == 0, Again: f.Again, Purged: f.Purged,
		Backups: f.Backups, Former: f.Former, Left: orEmpty(left), Outside: orEmpty(f.Outside)})
}

type forgottenDocument struct {
	FormatVersion string         `json:"format_version"`
	Run           *runJSON       `json:"run"`
	Complete      bool           `json:"complete"`
	Again         bool           `json:"again"`            // it was forgotten before
	Purged        map[string]int `json:"purged"`           // rows and mentions that the state had, by kind
	Backups       int            `json:"backups"`          // that named it, and are gone
	Former        string         `json:"former,omitempty"` // where the state was before: it is purged too
	Left          []string       `json:"left"`             // what could not be taken back yet: run it again
	Outside       []string       `json:"outside"`          // where it stays that playctl can't erase
}
