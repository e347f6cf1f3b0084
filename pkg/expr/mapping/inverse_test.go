package mapping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
	"github.com/playctl/playctl/pkg/playbook"
)

var inverseScope = mapping.Scope{{Name: "json", Type: mapping.Any}, {Name: "it", Type: mapping.Any}, {Name: "status", Type: mapping.Int}, {Name: "headers", Type: mapping.Object}, {Name: "field", Type: mapping.Text},
	{Name: "settings.key", Type: mapping.Text}, {Name: "settings.word", Type: mapping.Text}}

func inverted(t *testing.T, text string) *mapping.Program {
	t.Helper()
	env, err := mapping.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	file, problems := document.Parse("x.yaml", []byte("x: |-\n  "+text))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	p, problems := env.Compile(playbook.NewExpr(file.Root().Get("x")), inverseScope, mapping.Value)
	if problems.Errors() > 0 {
		t.Fatalf("%s: %s", text, problems)
	}
	return p
}

// TestInverse_saysWhatMustStandWhere holds what can be told of an expression.
func TestInverse_saysWhatMustStandWhere(t *testing.T) {
	for _, row := range []struct {
		text  string
		value any
		want  string
	}{
		{`json.paging.next.after`, "7", `json.paging.next.after=7`},
		{`json.?paging.?next.?after.orValue("")`, "7", `json.paging.next.after=7`},
		{`text(it.recordId)`, "12", `it.recordId=12`},
		{`it.properties[field]`, "a@b.c", `it.properties.email=a@b.c`},
		{`json.result[0].id`, "5", `json.result.0.id=5`},
		{`it`, "x", `it=x`},
		{`header("x-restli-id")`, "5", `headers.x-restli-id=5`},
		{`it.status in ["added", "memberof"]`, true, `it.status=added`},
		{`it.success && !has(it.error)`, true, `it.success=true`},
		{`it.a == "DONE" ? "done" : it.a == "GONE" ? "cancelled" : "open"`, "cancelled", `it.a=GONE it.a=OTHER?`},
		{`it.a == "DONE" ? "done" : "open"`, "open", `it.a=OTHER?`},
		{`json.more ? json.offset : null`, "9", `json.offset=9 json.more=true`},
		{`status >= 400 && json.errors[0].code == "606"`, true, `status=400? json.errors.0.code=606`},
		{`{"tier": it.Tier__c, "note": it.Note__c}`, map[string]any{"tier": "A"}, `it.Tier__c=A`},
		{`"HubSpot says: " + it.message`, "no", `it.message=no`},
		{`size(json.errors) == 0`, true, `json.errors=[]`},
		{`json.lists.filter(l, l.type == "0-1" && l.kind != "DYNAMIC")`, []any{map[string]any{"name": "A"}}, `json.lists=[map[kind:OTHER|name:A|type:0-1]]`},
		{`json.data.filter(t, t.name == field)[0].id`, "5", `json.data=[map[id:5|name:email]]`},
		{`[json.user]`, []any{"u"}, `json.user=u`},
		{`merge(it.profile, pick(it, "name, tz=zone"))`, map[string]any{"name": "n", "tz": "UTC", "title": "t"}, `it.profile=map[title:t] it=map[name:n|zone:UTC]`},
		{`merge(it.?custom.orValue({}), it)`, map[string]any{"name": "n"}, `it=map[name:n]`},
		{`it[settings.key] == settings.word`, true, `it.K=W`},
		{`string(json.start + 100)`, "300", `json.start=200`},
		{`json.results.map(r, r.id)`, []any{"1"}, `no`},
		{`it.x + 1 > it.y`, true, `no`},
	} {
		placed, ok := inverted(t, row.text).Inverse(row.value, mapping.Values{"field": "email", "settings.key": "K", "settings.word": "W"})
		var got []string
		for _, p := range placed {
			place := p.Root
			for _, s := range p.Steps {
				place += fmt.Sprintf(".%v", s)
			}
			weak := ""
			if p.Weak {
				weak = "?"
			}
			got = append(got, fmt.Sprintf("%s=%s%s", place, strings.ReplaceAll(fmt.Sprint(p.Value), " ", "|"), weak))
		}
		if !ok {
			got = []string{"no"}
		}
		if want := strings.Fields(row.want); !sameSet(got, want) {
			t.Errorf("%s = %v: got %v, want %v", row.text, row.value, got, want)
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
