package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// table is rows under a header.
type table struct {
	header []string
	right  []bool // columns of numbers
	rows   [][]string
}

// column adds a column of text to the header.
func (t *table) column(name string) {
	t.header, t.right = append(t.header, name), append(t.right, false)
}

// numbers adds a column of numbers to the header.
func (t *table) numbers(name string) {
	t.header, t.right = append(t.header, name), append(t.right, true)
}

// add adds a row. Its cells are clean, and may be painted.
func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// table puts a table on the sheet: no lines, two spaces between columns.
func (s *sheet) table(indent int, t *table) error {
	var b bytes.Buffer
	out := tablewriter.NewTable(&b, s.tableOptions(t)...)
	header := make([]any, len(t.header))
	for i, name := range t.header {
		header[i] = s.paint(strong, name)
	}
	out.Header(header...)
	for _, row := range t.rows {
		if err := out.Append(row); err != nil {
			return fmt.Errorf("laying out a table: %w", err)
		}
	}
	if err := out.Render(); err != nil {
		return fmt.Errorf("laying out a table: %w", err)
	}
	for _, text := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		s.put(indent, strings.TrimRight(text, " "))
	}
	return nil
}

func (s *sheet) tableOptions(t *table) []tablewriter.Option {
	alignment := make(tw.Alignment, len(t.right))
	for i, right := range t.right {
		alignment[i] = tw.AlignLeft
		if right {
			alignment[i] = tw.AlignRight
		}
	}
	bare := tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone}}
	return []tablewriter.Option{tablewriter.WithRenderer(renderer.NewBlueprint(bare)), tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off), // or the width of “…” would depend on the machine's locale
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}), tablewriter.WithAlignment(alignment)}
}
