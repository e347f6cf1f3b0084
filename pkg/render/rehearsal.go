package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
)

// Rehearsed is what became of one test of a playbook, or of the search for what breaks one invariant.
type Rehearsed struct {
	Name     string
	File     string
	Play     string // that the test is about; "" for none in particular
	Runs     int
	Took     time.Duration
	Note     string // told behind the name
	Failures []RehearsalFailure
}

// RehearsalFailure is something that is not as it was expected.
type RehearsalFailure struct {
	Problem diag.Problem
	Found   []string // how it is instead, one thing a line
}

// Rehearsal writes what became of every test, and as the last line how many passed.
func (p *Printer) Rehearsal(w io.Writer, list []Rehearsed) error {
	var b strings.Builder
	for i := range list {
		p.rehearsed(&b, &list[i])
	}
	passed, runs := 0, 0
	for _, r := range list {
		if runs += r.Runs; len(r.Failures) == 0 {
			passed++
		}
	}
	fmt.Fprintf(&b, "%s: %s passed, %s failed, in %s.\n", counted(len(list), "test"), number(passed), number(len(list)-passed), counted(runs, "run"))
	_, err := io.WriteString(w, b.String())
	return err
}

// rehearsed writes one test.
func (p *Printer) rehearsed(b *strings.Builder, r *Rehearsed) {
	note := ""
	if r.Note != "" {
		note = p.paint(faint, " · "+clean(r.Note))
	}
	if len(r.Failures) == 0 {
		if !p.Concise {
			fmt.Fprintf(b, "%s    %s%s\n", p.paint(added, "ok"), clean(r.Name), note)
		}
		return
	}
	fmt.Fprintf(b, "%s  %s%s\n", p.paint(loud, "FAIL"), clean(r.Name), note)
	for _, f := range r.Failures {
		for text := range strings.SplitSeq(strings.TrimRight(p.problem(f.Problem), "\n"), "\n") {
			b.WriteString("      " + text + "\n")
		}
		p.found(b, f.Found)
	}
	b.WriteByte('\n')
}

// mostFound is how many lines of what was found are shown, unless all are to be.
const mostFound = 20

// found writes how it is instead.
func (p *Printer) found(b *strings.Builder, found []string) {
	most := mostFound
	if p.Full {
		most = len(found)
	}
	for i, text := range found {
		if i == most {
			fmt.Fprintf(b, "            … %s more\n", number(len(found)-i))
			break
		}
		b.WriteString("            " + clean(text) + "\n")
	}
}

// rehearsalDocument is what became of tests, for programs.
type rehearsalDocument struct {
	FormatVersion string              `json:"format_version"`
	Passed        int                 `json:"passed"`
	Failed        int                 `json:"failed"`
	Tests         []rehearsedDocument `json:"tests"`
}

type rehearsedDocument struct {
	Name     string            `json:"name"`
	File     string            `json:"file"`
	Play     string            `json:"play,omitempty"`
	Passed   bool              `json:"passed"`
	Runs     int               `json:"runs"`
	Seconds  float64           `json:"seconds"`
	Failures []failureDocument `json:"failures"`
}

type failureDocument struct {
	diag.Problem
	Found []string `json:"found"`
}

// RehearsalJSON writes what became of tests as one document.
func RehearsalJSON(w io.Writer, list []Rehearsed) error {
	doc := rehearsalDocument{FormatVersion: formatVersion, Tests: []rehearsedDocument{}}
	for _, r := range list {
		t := rehearsedDocument{Name: r.Name, File: r.File, Play: r.Play, Passed: len(r.Failures) == 0, Runs: r.Runs, Seconds: r.Took.Seconds(), Failures: []failureDocument{}}
		for _, f := range r.Failures {
			t.Failures = append(t.Failures, failureDocument{f.Problem, orEmpty(f.Found)})
		}
		if t.Passed {
			doc.Passed++
		} else {
			doc.Failed++
		}
		doc.Tests = append(doc.Tests, t)
	}
	return writeJSON(w, doc)
}
