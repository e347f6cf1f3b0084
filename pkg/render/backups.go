package render

import (
	"io"

	"github.com/playctl/playctl/pkg/state"
)

// BackupChecked is a backup, and whether it is good.
type BackupChecked struct {
	state.Backup
	Checked bool   `json:"checked"`
	Error   string `json:"error,omitempty"` // what is wrong with it
}

// Backups writes a table of backups, the newest first.
func (p *Printer) Backups(w io.Writer, list []BackupChecked) error {
	s := p.sheet()
	if len(list) == 0 {
		s.put(0, "no backups yet: the first is made by the first apply")
		return s.writeTo(w)
	}
	var t table
	t.column("backup")
	t.numbers("serial")
	t.column("made")
	t.numbers("size")
	checked := list[0].Checked
	if checked {
		t.column("")
	}
	for _, b := range list {
		row := []string{clean(b.Name), digits(b.Serial), s.when(b.At), size(b.Size)}
		if checked && b.Error == "" {
			row = append(row, "good")
		} else if checked {
			row = append(row, s.paint(loud, clean(b.Error)))
		}
		t.add(row...)
	}
	if err := s.table(0, &t); err != nil {
		return err
	}
	return s.writeTo(w)
}

// size writes a number of bytes: 812 B, 24 kB, 1.2 MB.
func size(n int64) string {
	switch {
	case n < 1000:
		return digits(n) + " B"
	case n < 1_000_000:
		return digits(n/1000) + " kB"
	}
	return digits(n/1_000_000) + "." + digits(n%1_000_000/100_000) + " MB"
}
