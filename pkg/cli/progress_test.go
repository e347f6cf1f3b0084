package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/source"
)

// TestProgress_onlyLongWorkOnATerminal holds when progress is shown: work that takes half a second, on a terminal, unless -q or --json.
func TestProgress_onlyLongWorkOnATerminal(t *testing.T) {
	for _, c := range []struct {
		name        string
		terminal    bool
		quiet, json bool
		takes       time.Duration
		shown       bool
	}{
		{name: "long, on a terminal", terminal: true, takes: time.Second, shown: true},
		{name: "short", terminal: true, takes: 400 * time.Millisecond},
		{name: "no terminal", takes: time.Minute},
		{name: "-q", terminal: true, quiet: true, takes: time.Minute},
		{name: "--json", terminal: true, json: true, takes: time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			var out bytes.Buffer
			a := &app{quiet: c.quiet, json: c.json, World: &World{Stderr: &out, Now: func() time.Time { return now },
				Terminal: func(stream int) bool { return c.terminal && stream == 2 }}}
			p := a.progress("reading")
			now = now.Add(c.takes)
			p.reading(source.Progress{Entity: "account", Rows: 10, Bytes: 100, Total: 1000})
			if shown := strings.Contains(out.String(), "reading account: 10 rows"); shown != c.shown {
				t.Errorf("shown is %v: %q", shown, out.String())
			}
			a.bar.Load().hide()
			p.applying(3, 4)
			p.done()
			if !c.shown && out.Len() > 0 {
				t.Errorf("it wrote %q", out.String())
			}
		})
	}
}
