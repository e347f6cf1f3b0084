package segment_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/segment"
)

const nouns = `
entities:
  account: {file: account.csv, key: id, fields: {size: int, tier: string}}
  activity: {file: activity.csv, parent: account_id -> account, plural: activities, time: at, engagement: activity.type != "email", fields: {type: string, at: timestamp}}
segments:
`

var now = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

// compile compiles segments.
func compile(t *testing.T, segments string) (*segment.Graph, diag.List) {
	t.Helper()
	file, problems := document.Parse("segments.yaml", []byte(nouns+segments))
	book, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	problems.Add(more...)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	env, err := expr.NewEnv(book)
	if err != nil {
		t.Fatal(err)
	}
	return segment.Compile(book, env)
}

// data makes accounts a (size 1, tin), b (9, gold), c (9, tier unknown) and d (nothing known); a and b have one event each, a's an e-mail.
func data() *expr.Data {
	text := frame.Type{Kind: frame.String}
	id, size, tier := frame.NewColumn("id", text), frame.NewColumn("size", frame.Type{Kind: frame.Int}), frame.NewColumn("tier", text)
	for i, key := range []string{"a", "b", "c", "d"} {
		id.AppendString(key)
		if i < 3 {
			size.AppendInt([]int64{1, 9, 9}[i])
		} else {
			size.AppendMissing()
		}
		if i < 2 {
			tier.AppendString([]string{"tin", "gold"}[i])
		} else {
			tier.AppendMissing()
		}
	}
	of, kind, at := frame.NewColumn("account_id", text), frame.NewColumn("type", text), frame.NewColumn("at", frame.Type{Kind: frame.Time})
	for _, e := range [][2]string{{"a", "email"}, {"b", "visit"}} {
		of.AppendString(e[0])
		kind.AppendString(e[1])
		at.AppendInt(now.Add(-time.Hour).UnixMicro())
	}
	f := frame.Link([]*frame.Builder{
		{Entity: "account", Key: id, Columns: []*frame.Column{size, tier, id}},
		{Entity: "activity", Time: "at", Columns: []*frame.Column{kind, at}, Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: of}}},
	})
	return &expr.Data{Frame: f, Now: now}
}

// evaluate gives, for each segment, the accounts in it and, after a stroke, those for which it is unknown.
func evaluate(t *testing.T, g *segment.Graph, d *expr.Data, lists map[string][]string) (map[string]string, *segment.Result) {
	t.Helper()
	r, err := g.Evaluate(t.Context(), d, lists)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, v := range d.Segments {
		for row := range v.True.Rows {
			out[name] += d.Frame.Table("account").Key(row)
		}
		out[name] += "|"
		for row := range v.Unknown.Rows {
			out[name] += d.Frame.Table("account").Key(row)
		}
	}
	return out, r
}

func TestEvaluate_eachAfterThoseItSpeaksOf(t *testing.T) {
	g, problems := compile(t, `
  a-last: {of: account, where: segment("middle") && count("z-first") == 2}
  middle: {of: account, where: 'segment("z-first") || segment("listed")'}
  z-first: {of: account, where: account.size > 5}
  not: {of: account, where: '!segment("gold")'}
  gold: {of: account, where: account.tier == "gold"}
  listed: {of: account, list: keys.csv}
  busy: {of: account, where: '!account.activities.quiet(days(1))'}
`)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	got, r := evaluate(t, g, data(), map[string][]string{"listed": {"a", "nobody", "d"}})
	want := map[string]string{"z-first": "bc|d", "middle": "abcd|", "a-last": "abcd|", "gold": "b|cd", "not": "a|cd", "listed": "ad|", "busy": "b|"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string][]string{"listed": {"nobody"}}, r.Lost); d != "" {
		t.Error(d)
	}
	if !slices.IsSortedFunc(r.Segments, func(a, b segment.Evaluated) int { return strings.Compare(a.Name, b.Name) }) || r.Segments[2].Unknown != 2 || r.Segments[2].Matched != 1 {
		t.Errorf("told: %+v", r.Segments)
	}
}

func TestCompile_circleIsShownAsAPath(t *testing.T) {
	_, problems := compile(t, `
  one: {of: account, where: segment("two")}
  two: {of: account, where: account.size > 1 && segment("three")}
  three: {of: account, where: count("one") > 1}
  self: {of: account, where: segment("self")}
`)
	var got []string
	for _, p := range problems {
		got = append(got, p.Message)
	}
	if d := cmp.Diff([]string{"segments speak of each other in a circle: one → two → three → one", "segments speak of each other in a circle: self → self"}, got); d != "" {
		t.Error(d)
	}
}

func TestClauses_tellWhatIsMissing(t *testing.T) {
	g, problems := compile(t, `
  icp: {of: account, where: account.size > 5 && account.tier == "gold"}
`)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	d := data()
	evaluate(t, g, d, nil)
	clauses, err := g.Clauses(t.Context(), "icp", d)
	if err != nil {
		t.Fatal(err)
	}
	want := []segment.Clause{{Text: "account.size > 5", True: 2, False: 1, Unknown: 1, Missing: []segment.Missing{{What: "account.size is missing", Count: 1}}},
		{Text: `account.tier == "gold"`, True: 1, False: 1, Unknown: 2, Missing: []segment.Missing{{What: "account.tier is missing", Count: 2}}}}
	if diff := cmp.Diff(want, clauses); diff != "" {
		t.Error(diff)
	}
	missing, err := g.Missing(t.Context(), "icp", d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]segment.Missing{{What: "account.tier is missing", Count: 2}, {What: "account.size is missing", Count: 1}}, missing); diff != "" {
		t.Error(diff)
	}
	if p := g.Program("nobody"); p != nil {
		t.Error("there is no such segment")
	}
}

func TestEvaluate_endsWithTheContext(t *testing.T) {
	g, _ := compile(t, "  a: {of: account, where: account.size > 5}\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Evaluate(ctx, data(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
