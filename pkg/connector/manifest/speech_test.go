package manifest

import (
	"testing"

	"github.com/playctl/playctl/pkg/document"
)

// TestSpeech_findsWhatARequestSpeaksOf looks for the effect's key, for the single item and for the collection's id.
func TestSpeech_findsWhatARequestSpeaksOf(t *testing.T) {
	for _, c := range []struct {
		call          string
		key, item, id bool
	}{
		{"{post: /x, body: '{\"k\": item.key}'}", true, true, false},
		{"{post: /x, body: 'items.map(i, {\"k\": i.key})'}", true, false, false},
		{"{post: /x, body: 'items.filter(a, true).map(b, {\"k\": b[\"key\"]})'}", true, false, false},
		{"{post: /x, body: 'items.transformList(n, i, i.?key.orValue(\"\"))'}", true, false, false},
		{"{post: /x, body: 'items.map(item, {\"k\": item.key})'}", true, false, false},
		{"{post: /x, body: 'items.map(item, {\"k\": item.id})'}", false, false, false},
		{"{post: /x, body: 'items.map(i, merge(i, {\"a\": 1}))'}", true, false, false},
		{"{post: /x, body: 'items'}", true, false, false},
		{"{post: /x, body: 'merge(item, {\"a\": 1})'}", true, true, false},
		{"{post: /x, body: 'items[0].key'}", true, false, false},
		{"{post: /x, body: 'items.map(i, {\"key\": i.id})'}", false, false, false},
		{"{post: /x, body: '{\"item.key\": keys} // item.key, isn''t it'}", false, false, false},
		{"{post: /x, body: 'item.fields.key'}", false, true, false},
		{"{post: /x, body: 'item.keys'}", false, true, false},
		{"{post: /x, headers: {Idempotency-Key: 'p-${uuid(item.key)}'}}", true, true, false},
		{"{post: /x, query: {k: '${item . key}'}, form: {id: x}}", true, true, false},
		{"{post: /x, prepare: [{get: '/y?k=${item.key}', take: {a: json.id}}], body: prepared.a}", true, true, false},
		{"{post: /x, prepare: [{get: /y, take: {a: '\"x\" + item.key'}}], body: prepared.a}", true, true, false},
		{"{post: /x, job: {steps: [{put: '/y/${id}', raw: 'json_text(items.map(i, i.key))'}]}}", true, false, true},
		{"{get: /x, long_query: {query: {q: '${id}'}}}", false, false, true},
		{"{get: '/x/${id}'}", false, false, true},
		{"{get: '/id/${name}', receipt: id, records: item.key}", false, false, false},
		{"{get: /x, body: 'keys.map(id, {\"id\": id})'}", false, false, false},
		{"{get: /x, body: '{\"id\": json.id + request.?id}'}", false, false, false},
	} {
		file, problems := document.Parse("x.yaml", []byte("call: "+c.call+"\n"))
		if problems.Errors() > 0 {
			t.Fatal(c.call, problems)
		}
		s := requestOf(file.Root().Get("call"))
		if key, item, id := s.of("key"), s.names("item"), s.names("id"); key != c.key || item != c.item || id != c.id {
			t.Errorf("%s: key %v, item %v, id %v (%q)", c.call, key, item, id, s)
		}
	}
}
