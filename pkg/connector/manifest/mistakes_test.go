package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// head is the beginning of every manifest of a mistake: five lines.
const head = "connector: acme\ntitle: Acme\nsettings: {token: {secret: true}, size: {type: int}}\nbase: https://api.acme.example\nauth: {bearer: settings.token}\n"

// TestRead_everyMistakeHasItsPlaceAndARemedy holds what is said of a manifest with one mistake in it: the line and column, the words, and the hint.
func TestRead_everyMistakeHasItsPlaceAndARemedy(t *testing.T) {
	env, err := mapping.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, place, words, hint string }{
		{"colections: {}", "6:1", `unknown key "colections" in the manifest`, "collections"},
		{"sunset: soon", "6:9", "expected a date", "2026-12-31"},
		{"limits: {}", "6:9", "expected a list of limits", "- …"},
		{"limits: [{rate: 5}]", "6:10", "how many, or in which time", "at_once"},
		{"limits: [{rate: 0, per: 1s}]", "6:17", "whole number of at least 1", ""},
		{"limits: [{rate: 5, per: soon}]", "6:25", "expected a duration", "500ms"},
		{"limits: [{rate: 5, per: 1s, match: request.path}]", "6:36", "expected a condition", ""},
		{"limits: [{rate: 5, per: 1s, cost: '\"a\"'}]", "6:36", "expected a number, found string", ""},
		{"errors: [{do: retry}]", "6:10", "does not say when it holds", "write when:"},
		{"errors: [{when: 'true', do: again}]", "6:29", `found "again"`, ""},
		{"errors: [{when: 'true', do: retyr}]", "6:29", `found "retyr"`, "retry"},
		{"errors: [{when: 'status = 4', do: fail}]", "6:25", "Syntax error", ""},
		{"errors: [{when: 'stauts == 4', do: fail}]", "6:18", "there is no stauts here", "status"},
		{"errors: [{when: 'status == \"4\"', do: fail}]", "6:25", "no matching overload", ""},
		{"errors: [{when: 'header(text) == \"4\"', do: fail}]", "6:25", "header wants a name", ""},
		{"check: {get: '/x/${settings.tokn}'}", "6:20", "there is no settings.tokn here", "settings.token"},
		{"check: {get: '/x/${settings.token'}", "6:18", "never closed", ""},
		{"check: {body: '1'}", "6:8", "makes no request", "get:"},
		{"check: {get: /x, post: /y}", "6:24", "has two requests", "keep one"},
		{"check: {post: /x, body: '1', form: {a: b}}", "6:8", "has 2 bodies", "keep one"},
		{"check: {get: [x]}", "6:14", "expected text", ""},
		{"check: {get: /x, query: [a]}", "6:25", "expected names in query", "name: …"},
		{"check: {get: /x, auth: basic}", "6:24", `found "basic"`, "auth: none"},
		{"check: {get: /x, decode: xml}", "6:26", `found "xml"`, ""},
		{"check: get /x", "6:8", "expected keys and values in check", "indented"},
		{"objects: {a: {list: {get: /x, key: it.id}}}", "6:21", "list of a does not say its records", "records:"},
		{"objects: {a: {list: {get: /x, records: text, key: it.id}}}", "6:40", "expected a list, found string", ""},
		{"objects: {a: {read: {get: /x, records: json, key: it.id}}}", "6:21", "does not say its fields", "fields:"},
		{"objects: {a: {fields: {b: text}}}", "6:27", `found "text"`, ""},
		{"objects: {a: {fields: {b: {type: string, hlep: x}}}}", "6:42", `unknown key "hlep"`, "help"},
		{"objects: {a: {identities: [{field: email}]}}", "6:28", "an identity says by when:", "when:"},
		{"objects: {a: {list: {get: /x, records: json, key: it, paginator: {into: url}}}}", "6:66", "no cursor", "cursor:"},
		{"objects: {a: {list: {get: /x, records: json, key: it, paginator: {cursor: json.next, into: path}}}}", "6:66", "where its cursor goes", "query.NAME"},
		{"objects: {a: {list: {get: /x, records: json, key: it, paginator: {cursor: json.next, into: url, most: 5}}}}", "6:66", "go together", "most:"},
		{"collections: {a: {add: {put: /x, body: keys}}}", "6:24", "when its answer is lost", "retry: safe"},
		{"collections: {a: {add: {put: /x, body: keys, batch: 5, retry: safe}}}", "6:53", "what became of each item", "outcomes:"},
		{"collections: {a: {add: {put: /x, body: keys, batch: 5, retry: safe, prepare: [{get: /y}], otherwise: done}}}", "6:78", "up to 5", "batch"},
		{"collections: {a: {add: {put: /x, retry: safe, outcomes: [{key: it, is: done}]}}}", "6:58", "has no list", "list:"},
		{"collections: {a: {add: {put: /x, retry: safe, outcomes: [{list: json, key: it, by: position, is: done}]}}}", "6:58", "in 2 ways", "one of"},
		{"collections: {a: {add: {put: /x, retry: safe, outcomes: [{list: json, by: order, is: done}]}}}", "6:75", `found "order"`, "position"},
		{"collections: {a: {add: {put: /x, retry: safe, outcomes: [{list: json, key: it}]}}}", "6:58", "what became of the items", "is: done"},
		{"collections: {a: {add: {put: /x, retry: safe, outcomes: [{list: json, key: it, cases: [{when: it.ok}]}]}}}", "6:88", "what became of the item", "is: done"},
		{"collections: {a: {find: {get: /x, records: json, id: it.id}}}", "6:25", "what they are called", "name:"},
		{"collections: {a: {find: {get: /x}}}", "6:25", "does not say its id", "id:"},
		{"collections: {a: {opaque_ids: maybe}}", "6:31", "expected true or false", "true or false"},
		{"actions: {a: {send: {get: /x, retry: never}}}", "6:38", "may be asked for twice", "post:"},
		{"actions: {a: {send: {post: /x, retry: lookup}}}", "6:39", "there is no lookup", "lookup:"},
		{"actions: {a: {send: {post: /x, retry: sometimes}}}", "6:39", `found "sometimes"`, ""},
		{"actions: {a: {send: {post: /x, retry: never, job: {done: 'true'}}}}", "6:51", "when it is done", "poll:"},
		{"tasks: {a: {poll: {get: /x, records: json, key: it.id}}}", "6:19", "does not say its status", "status:"},
	} {
		file, problems := document.Parse("acme.yaml", []byte(head+c.text+"\n"))
		if problems.Errors() == 0 {
			_, problems = manifest.Read(env, file.Root())
		}
		found := false
		for _, p := range problems {
			text := fmt.Sprintf("%s: %s", p.At, p.Message)
			found = found || strings.HasPrefix(text, "acme.yaml:"+c.place+":") && strings.Contains(text, c.words) && strings.Contains(p.Hint, c.hint)
		}
		if !found || len(problems) > 2 {
			t.Errorf("%s\n\twant %s %s (%s)\n\t%v", c.text, c.place, c.words, c.hint, problems)
		}
	}
}
