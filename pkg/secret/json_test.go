package secret

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestRedactor_documentsStayDocuments holds that a secret which is a word of the document's own, a number, or written with escapes is taken out of
// values and leaves JSON.
func TestRedactor_documentsStayDocuments(t *testing.T) {
	r := &Redactor{}
	for _, s := range []string{"account", "1234567", `pa"ss`, "<b&d>"} {
		r.Add(s)
	}
	r.Hide(slices.Values([]string{"Ann Lee", "8765432"}))
	for text, want := range map[string]string{
		`{"account": "account", "n": 1234567}`:           `{"account": "•••", "n": "•••"}`,
		`{"text": "say pa\"ss", "more": ["account a"]}`:  `{"text": "say •••", "more": ["••• a"]}`,
		`{"text": "a <b&d> <c>"}`:                        `{"text": "a ••• <c>"}`,
		`{"by": {"Ann Lee": 1}, "id": 8765432, "x": -2}`: `{"by": {"•••": 1}, "id": "•••", "x": -2}`,
		`  "reason": "of Ann Lee\n",`:                    `  "reason": "of •••\n",`,
		`{"plain": [1, true, null, "x"]}`:                `{"plain": [1, true, null, "x"]}`,
		`"unfinished \`:                                  `"unfinished \`,
	} {
		got := r.JSON(text)
		if got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
		if json.Valid([]byte(text)) && !json.Valid([]byte(got)) {
			t.Errorf("%s is no JSON any more", got)
		}
	}
	if got := r.JSON(`{"entity": "account", "reason": "no account"}`, "reason"); got != `{"entity": "account", "reason": "no •••"}` {
		t.Errorf("of reasons only: %s", got)
	}
	if (*Redactor)(nil).JSON("{}") != "{}" {
		t.Error("no redactor takes something out")
	}
}
