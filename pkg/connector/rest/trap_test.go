package rest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// The tests named after a trap (A1 … G9) each have a vendor that behaves as the trap says: see ../../../shared/vendors/facts.md, section 20, from which the
// names of traps are. They compare what the engine says with what the vendor really did.

// place gives a collection.
func place(kind, name string) connector.Collection {
	return connector.Collection{Kind: kind, Name: name}
}

// write writes, and fails the test if the batch as a whole failed.
func write(t *testing.T, s *rest.System, verb connector.Verb, target connector.Collection, list []connector.Item) []connector.Outcome {
	t.Helper()
	out, err := s.Write(t.Context(), connector.Batch{Verb: verb, Target: target, Items: list})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// members reads who is in a list.
func members(t *testing.T, s *rest.System, name string) []string {
	t.Helper()
	ids, err := s.Members(t.Context(), place("list", name))
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// openSlowly makes a connector whose times go by as they do.
func (v *vendor) openSlowly(text string, settings map[string]any, options ...rest.Option) *rest.System {
	v.t.Helper()
	driver, problems := rest.Load("acme.yaml", []byte("connector: acme\ntitle: Acme\n"+text+"\nbase: "+v.URL+"\n"), options...)
	if problems.Errors() > 0 {
		v.t.Fatal(problems)
	}
	c, err := driver.Open(connector.Options{Settings: settings, Now: func() time.Time { return noon }, Transport: v.Client().Transport})
	if err != nil {
		v.t.Fatal(err)
	}
	return c.(*rest.System)
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// count gives how many requests a vendor got at a path.
func (v *vendor) count(path string) int {
	n := 0
	for _, c := range v.calls() {
		if c.path == path {
			n++
		}
	}
	return n
}

// notBegun reports whether an error says that nothing was done.
func notBegun(err error) bool { return errors.As(err, new(*connector.NotBegunError)) }

// bearer gives the token that a request goes with.
func (c call) bearer() string { return strings.TrimPrefix(c.header.Get("Authorization"), "Bearer ") }

// unauthorized refuses a request.
func unauthorized(w http.ResponseWriter) { reply(w, http.StatusUnauthorized, `{"message": "no"}`) }

// plain is a list whose members are read with a token.
const plain = `
collections:
  list: {members: {get: /members, records: json.results, key: text(it)}}
errors:
  - {when: status == 401, do: refresh_auth}
  - {when: status == 429, do: retry, after: header("Retry-After")}
`
