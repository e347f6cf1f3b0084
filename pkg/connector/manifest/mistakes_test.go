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
		{"limits: [{rate: 0, per: 1s}]", "6:17", "whole number of at least 1", "in digits: 50"},
		{"limits: [{rate: 5, per: soon}]", "6:25", "expected a duration", "500ms"},
		{"limits: [{rate: 5, per: 1s, match: request.path}]", "6:36", "expected a condition", ""},
		{"limits: [{rate: 5, per: 1s, cost: '\"a\"'}]", "6:36", "expected a number, found string", ""},
		{"errors: [{do: retry}]", "6:10", "does not say when it holds", "write when:"},
		{"errors: [{when: 'true', do: again}]", "6:29", `found "again"`, ""},
		{"errors: [{when: 'true', do: retyr}]", "6:29", `found "retyr"`, "retry"},
		{"errors: [{when: 'status = 4', do: fail}]", "6:25", "Syntax error", "did you mean ==?"},
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
		{"errors:\n- when: 'true'\n  why: the token is not taken", "8:12", "Syntax error", "a text needs quotes inside: '\"the token is not taken\"'"},
		{"errors:\n- when: 'true'\n  why: don't, it isn't yours", "8:11", "Syntax error", "'\"don''t, it isn''t yours\"'"},
		{"errors: [{when: 'true', why: refused}]", "6:30", "there is no refused here", "'\"refused\"'; known: "},
		{"objects: {a: {list: {get: /x, records: json, key: it.id}}}\nactions:\n  a:\n    send:\n      post: /x\n      retry: never\n      receipt: ${json.id}", "12:16", "Syntax error", "without ${ } here: json.id"},
		{"actions:\n  a:\n    send:\n      post: /x\n      retry: never\n      body: '{\"a\": ${item.id}, \"b\": ${item.key}}'", "11:20", "Syntax error", "without ${ } here, where"},
		{"actions: {a: {send: {post: /x, retry: never, body: {name: item.id}}}}", "6:52", "expected an expression, found a mapping", "write it as one text: '{\"name\": item.id}'"},
		{"actions: {a: {send: {post: /x, retry: never, body: [item.id]}}}", "6:52", "expected an expression, found a list", "write it as one text: '["},
		{"actions: {a: {send: {post: /x, retry: safe, batch: fifty, otherwise: done}}}", "6:52", "whole number of at least 1", "in digits: 50"},
		{"objects: {contact: {}}\ncollections: {a: {of: contct}}", "7:23", `there is no object "contct"`, `did you mean "contact"?`},
		{"objects: {contact: {}}\nactions: {a: {of: deal}}", "7:19", `there is no object "deal"`, "known: contact"},
		{"tasks: {a: {of: deal}}", "6:17", `there is no object "deal"`, "below objects:"},
		{"tasks: {a: {people: {assignee: usr}}}\nobjects: {user: {}}", "6:32", `there is no object "usr"`, "user"},
		{"actions: {a: {send: {post: /x, retry: key, body: '{\"key\": item.id}'}}}", "6:39", "twice", "send item.key with it"},
		{"actions: {a: {send: {post: /x, retry: key, batch: 5, otherwise: done, body: 'items.map(i, i.id)'}}}", "6:39", "twice", "retry: never"},
		{"tasks: {a: {create: {post: /x, retry: lookup, body: item.id}, lookup: {get: '/x/${keys[0]}', records: json, key: it.k, receipt: it.id}}}", "6:39", "can't find what was made", "send item.key with it"},
		{"collections: {a: {add: {put: /x, body: '{\"emails\": item.id}', batch: 5, retry: safe, otherwise: done}}}", "6:70", "only the first of them", "items.map("},
		{"collections: {a: {find: {get: /x, id: json.id}, add: {post: /x/id/add, body: keys, retry: safe, batch: 5, otherwise: done}}}", "6:54", "add to a does not say which a", "${id}"},
		{"collections: {a: {find: {get: /x, id: json.id}, members: {get: /x, records: json, key: it.id}}}", "6:58", "members of a does not say which a", "${id}"},
		{"collections: {a: {find: {get: /x, id: json.id}, remove: {delete: '/x/${item.id}', retry: safe}}}", "6:57", "remove from a does not say which a", "${id}"},
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

// TestRead_takesWhatOnlyLooksLikeAMistake reads writes that send the key, or name their collection, in another way than the plainest.
func TestRead_takesWhatOnlyLooksLikeAMistake(t *testing.T) {
	for _, text := range []string{
		"actions: {a: {send: {post: /x, retry: key, batch: 5, otherwise: done, body: 'items.map(i, {\"k\": uuid(i.key)})'}}}",
		"actions: {a: {send: {post: /x, retry: key, prepare: [{post: /y, body: item.key, take: {id: json.id}}], body: prepared.id}}}",
		"collections: {a: {add: {put: /x, body: 'items.map(item, item.id)', batch: 5, retry: safe, otherwise: done}}}",
		"collections: {a: {find: {get: /x, id: json.id}, add: {put: '/x/${name}', body: keys, retry: safe}}}",
		"collections: {a: {find: {get: /x, id: json.id}, remove: {delete: '/memberships/${item.membership}', retry: safe}}}",
		"collections: {a: {add: {put: /x, body: keys, retry: safe}}}",
		"collections: {a: {of: b}}\nobjects: {b: {}}",
	} {
		if _, err := read(t, "acme.yaml", []byte(head+text+"\n")); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
