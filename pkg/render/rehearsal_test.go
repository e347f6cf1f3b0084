package render_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/render"
)

func rehearsals() []render.Rehearsed {
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf("+ keep ads.audience \"Early intent\" p%d by intent.keep", i))
	}
	return []render.Rehearsed{
		{Name: "a silent account is re-engaged", File: "intent_test.yaml", Play: "intent", Runs: 31, Took: 12 * time.Millisecond},
		{Name: "a quick click\x1b[31m leaves", File: "intent_test.yaml", Play: "intent", Runs: 2, Took: 1500 * time.Microsecond, Failures: []render.RehearsalFailure{
			{Problem: diag.Problem{At: diag.Position{File: "intent_test.yaml", Line: 9, Column: 15}, Message: "after the run of Mon 2026-01-05 09:00: expected nothing to do",
				Line: "      - expect: {nothing: true}", Width: 3}, Found: many},
			{Problem: diag.Problem{At: diag.Position{File: "intent_test.yaml", Line: 9, Column: 15}, Message: "expected a < b & \"c\""}, Found: []string{"a1 was never\x1b[2J in <intent>"}}}},
		{Name: "invariant calm", File: "calm_test.yaml", Runs: 500, Took: 2 * time.Second, Note: "50 scenes, seed 1"},
	}
}

func TestRehearsal(t *testing.T) {
	golden(t, "rehearsal.txt", func(w io.Writer) error { return printer(render.Options{}).Rehearsal(w, rehearsals()) })
	golden(t, "rehearsal_colour.txt", func(w io.Writer) error {
		return printer(render.Options{Color: true, Full: true}).Rehearsal(w, rehearsals())
	})
	golden(t, "rehearsal_concise.txt", func(w io.Writer) error { return printer(render.Options{Concise: true}).Rehearsal(w, rehearsals()[2:]) })
	golden(t, "rehearsal.xml", func(w io.Writer) error { return render.JUnit(w, "acme-gtm", rehearsals()) })
	valid(t, golden(t, "rehearsal.json", func(w io.Writer) error { return render.RehearsalJSON(w, rehearsals()) }))
}
