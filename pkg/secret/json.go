package secret

import (
	"encoding/json"
	"slices"
	"strings"
)

// JSON takes the secrets out of the values of a JSON document, or of whole lines of one that is indented. It stays a document: a number that
// is a secret becomes text. The names that documents have for their values are left: those of lower-case letters. With values, only values of
// those names are looked at: for what a document says in words, where the rest must be as it is kept.
func (r *Redactor) JSON(text string, values ...string) string {
	if r.empty() {
		return text
	}
	var out strings.Builder
	name := "" // of the value that comes next
	for at := 0; at < len(text); {
		end := tokenEnd(text, at)
		token := text[at:end]
		switch {
		case token[0] == '"' && isName(text[end:]):
			name = unquoted(token)
			if len(values) == 0 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
				token = r.value(token)
			}
		case token[0] == '"' || token[0] == '-' || token[0] >= '0' && token[0] <= '9':
			if len(values) == 0 || slices.Contains(values, name) {
				token = r.value(token)
			}
		}
		out.WriteString(token)
		at = end
	}
	return out.String()
}

// empty reports whether nothing is known that is to be taken out.
func (r *Redactor) empty() bool {
	if r == nil {
		return true
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.words == nil && len(r.private.values) == 0
}

// value takes the secrets out of one value.
func (r *Redactor) value(token string) string {
	plain := unquoted(token)
	clean := r.Text(plain)
	if clean == plain {
		return token
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(clean); err != nil {
		return `"` + Redacted + `"`
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// unquoted gives what a text says, or a number as it stands.
func unquoted(token string) string {
	var text string
	if token[0] != '"' || json.Unmarshal([]byte(token), &text) != nil {
		return strings.Trim(token, `"`)
	}
	return text
}

// isName reports whether what comes before is a name, and not a value.
func isName(rest string) bool { return strings.HasPrefix(strings.TrimLeft(rest, " "), ":") }

// tokenEnd gives where the token that begins at a place ends: a text, a number, or one byte of anything else.
func tokenEnd(text string, at int) int {
	end := at + 1
	switch c := text[at]; {
	case c == '"':
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		return min(end+1, len(text))
	case c == '-' || c >= '0' && c <= '9':
		for end < len(text) && strings.IndexByte("0123456789.eE+-", text[end]) >= 0 {
			end++
		}
	}
	return end
}
