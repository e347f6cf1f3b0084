package secret

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// TestRedactor_takesOutEveryForm holds that a secret is not told as it stands, nor as it stands in URLs and headers, nor a part of one that has
// parts, and that what is no secret is left alone.
func TestRedactor_takesOutEveryForm(t *testing.T) {
	r := &Redactor{}
	r.Add(map[string]any{"token": "p@ss w/rd", "list": []any{"other-token"}, "short": "abc", "url": "postgres://ann:sw0rdfish@db/x",
		"dsn": "host=db password='from dsn", "key": "-----BEGIN KEY-----\nMIIabcdef\n-----END KEY-----"})
	for text, want := range map[string]string{
		`Get "https://crm/?t=p%40ss+w%2Frd": cut`: `Get "https://crm/?t=•••": cut`,
		"p@ss w/rd and other-token":               "••• and •••",
		"Basic cEBzcyB3L3Jk":                      "Basic •••",
		"user ann, password sw0rdfish, abc":       "user ann, password •••, abc",
		"dialing postgres://ann:sw0rdfish@db/x":   "dialing •••",
		"wrong password: from":                    "wrong password: •••",
		"bad line MIIabcdef":                      "bad line •••",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if (*Redactor)(nil).Text("p@ss w/rd") != "p@ss w/rd" {
		t.Error("no redactor takes something out")
	}
}

// TestRedactor_reasonsHoldNoAddress holds it for addresses in every dress.
func TestRedactor_reasonsHoldNoAddress(t *testing.T) {
	for _, text := range []string{"ann@people.example is unknown", `{"email":"ann@people.example"}`, "<ann@people.example>", "mailto:ann@people.example",
		"Ann.O'Neil+x@people.example, bob@people.example"} {
		if got := (&Redactor{}).Reason(text); strings.Contains(got, "people.example") || !strings.Contains(got, "…@…") {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := (&Redactor{}).Reason("slack @channel at 5 @ 3.2"); got != "slack @channel at 5 @ 3.2" {
		t.Error(got)
	}
}

// TestRedactor_errorsStayWhatTheyAre holds that an error without its secret is still found by errors.Is.
func TestRedactor_errorsStayWhatTheyAre(t *testing.T) {
	r := &Redactor{}
	r.Add("hush-hush")
	err := r.Error(errors.Join(errors.New("with hush-hush"), fs.ErrNotExist))
	if !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
	if r.Error(nil) != nil || r.Error(fs.ErrExist) != fs.ErrExist { //nolint:errorlint // the very same
		t.Error("an error without a secret is another one")
	}
}
