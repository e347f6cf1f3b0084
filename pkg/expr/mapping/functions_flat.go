package mapping

import (
	"encoding/csv"
	"strings"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/playbook"
)

// flatFunctions write what is no JSON.
func flatFunctions() cel.EnvOption {
	return several(text1("e164", e164), cel.Function("csv", cel.Overload("csv_rows", []*cel.Type{celTypes[List]}, cel.StringType, cel.UnaryBinding(csvText))))
}

// csvText writes a list of lists as CSV (RFC 4180), the header being the first of them: csv([["id", "name"]] + items.map(i, [i.id, i.fields.name])).
// null is an empty cell.
func csvText(v ref.Val) ref.Val {
	return fromPlain(v, func(value any) ref.Val {
		var b strings.Builder
		w := csv.NewWriter(&b)
		for _, row := range value.([]any) {
			cells, ok := row.([]any)
			if !ok {
				return celtypes.NewErr("csv wants a list of lists, found %s in it", kindOf(row))
			}
			texts := make([]string, len(cells))
			for i, cell := range cells {
				texts[i] = playbook.Text(cell)
			}
			if err := w.Write(texts); err != nil {
				return celtypes.NewErr("%s", err)
			}
		}
		w.Flush()
		return celtypes.String(b.String())
	})
}

// e164 gives a telephone number as E.164 has it: + and 8 to 15 digits, from a number that says its country by + or 00. Any other is "": a country is
// not guessed.
func e164(text string) string {
	text = strings.TrimSpace(strings.Replace(text, "(0)", "", 1)) // +44 (0)20 …: for those who call from within
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	switch {
	case strings.HasPrefix(text, "+"):
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	default:
		return ""
	}
	if len(digits) < 8 || len(digits) > 15 || digits[0] == '0' {
		return ""
	}
	return "+" + digits
}
