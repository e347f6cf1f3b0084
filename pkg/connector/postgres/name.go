package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5"
)

// table gives the name of a table as SQL has it, in the schema of the settings unless it names its own: accounts, analytics.accounts, "odd.name".
func (d *desk) table(name string) string { return d.named(name).Sanitize() }

// named gives schema and name of a table.
func (d *desk) named(name string) pgx.Identifier {
	if parts := splitName(name); parts != nil {
		if len(parts) == 1 {
			return pgx.Identifier{d.schema, parts[0]}
		}
		return parts
	}
	return pgx.Identifier{d.schema, name}
}

// splitName gives the one or two parts of a name, each of which may stand between quotation marks; nil where it has others.
func splitName(name string) pgx.Identifier {
	var parts pgx.Identifier
	for rest := name; ; {
		part, after, ok := namePart(rest)
		if !ok || len(parts) == 2 {
			return nil
		}
		if parts = append(parts, part); after == "" {
			return parts
		}
		rest = after[1:]
	}
}

// namePart gives the first part of a name, and what is behind it: nothing, or a point and more.
func namePart(name string) (part, after string, ok bool) {
	if !strings.HasPrefix(name, `"`) {
		end := strings.IndexByte(name, '.')
		if end < 0 {
			end = len(name)
		}
		return name[:end], name[end:], end > 0 && !strings.Contains(name[:end], `"`)
	}
	var b strings.Builder
	for i := 1; i < len(name); i++ {
		switch {
		case name[i] != '"':
			b.WriteByte(name[i])
		case strings.HasPrefix(name[i+1:], `"`):
			b.WriteByte('"')
			i++
		default:
			after = name[i+1:]
			return b.String(), after, b.Len() > 0 && (after == "" || after[0] == '.' && len(after) > 1)
		}
	}
	return "", "", false
}

// quoted gives a column's name as SQL has it.
func quoted(column string) string { return pgx.Identifier{column}.Sanitize() }
