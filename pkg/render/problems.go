package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// Problems writes each problem with its place, its line and its hint, and as the last line how many there are in how many files.
func (p *Printer) Problems(w io.Writer, list diag.List, files int) error {
	var b strings.Builder
	for _, problem := range list {
		b.WriteString(p.problem(problem) + "\n")
	}
	if errors, warnings := list.Errors(), len(list)-list.Errors(); len(list) == 0 {
		b.WriteString("no problems in " + counted(files, "file") + "\n")
	} else {
		var counts []string
		if errors > 0 {
			counts = append(counts, counted(errors, "error"))
		}
		if warnings > 0 {
			counts = append(counts, counted(warnings, "warning"))
		}
		b.WriteString(strings.Join(counts, ", ") + " in " + counted(files, "file") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// problem formats one problem with its severity in colour. The formatted text has several lines, each of which is cleaned.
func (p *Printer) problem(problem diag.Problem) string {
	i := loud
	if problem.Severity == diag.Warning {
		i = changed
	}
	lines := strings.Split(strings.TrimSuffix(problem.Format(), "\n"), "\n")
	for n, text := range lines {
		lines[n] = keepTabs(text)
	}
	word := ": " + problem.Severity.String() + ": "
	lines[0] = strings.Replace(lines[0], word, ": "+p.paint(i, problem.Severity.String())+": ", 1)
	return strings.Join(lines, "\n") + "\n"
}

// keepTabs cleans a line of a file but leaves its tabs, by which carets stand below their characters.
func keepTabs(text string) string {
	fields := strings.Split(text, "\t")
	for i := range fields {
		fields[i] = clean(fields[i])
	}
	return strings.Join(fields, "\t")
}
