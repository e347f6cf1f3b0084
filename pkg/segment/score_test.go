package segment_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/segment"
)

// event is an activity for [events]: of an account, so many days ago; "" is of nobody or of no type, -1 without a time.
type event struct {
	account, kind string
	days          int
}

// events makes accounts a, b and c (nothing else known of them) with these activities.
func events(list ...event) *expr.Data {
	text := frame.Type{Kind: frame.String}
	id, size, tier := frame.NewColumn("id", text), frame.NewColumn("size", frame.Type{Kind: frame.Int}), frame.NewColumn("tier", text)
	for _, key := range []string{"a", "b", "c"} {
		id.AppendString(key)
		size.AppendMissing()
		tier.AppendMissing()
	}
	of, kind, at := frame.NewColumn("account_id", text), frame.NewColumn("type", text), frame.NewColumn("at", frame.Type{Kind: frame.Time})
	for _, e := range list {
		of.AppendString(e.account)
		if kind.AppendString(e.kind); e.days < 0 {
			at.AppendMissing()
			continue
		}
		at.AppendInt(now.AddDate(0, 0, -e.days).UnixMicro())
	}
	return &expr.Data{Now: now, Frame: frame.Link([]*frame.Builder{
		{Entity: "account", Key: id, Columns: []*frame.Column{size, tier, id}},
		{Entity: "activity", Time: "at", Columns: []*frame.Column{kind, at}, Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: of}}},
	})}
}

// everything compiles segments and what follows them, and asks for the scores and stages named.
func everything(t *testing.T, text string, scores, stages []string) *segment.Graph {
	t.Helper()
	g, problems := compile(t, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	g.Ask(expr.Uses{Scores: scores, Stages: stages})
	return g
}

// scores gives each account's points in a score; ? behind those that are doubtful.
func scores(t *testing.T, g *segment.Graph, d *expr.Data, name string) string {
	t.Helper()
	if _, err := g.Evaluate(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	s := d.Scores[name]
	var out []string
	for row, points := range s.Points {
		out = append(out, fmt.Sprint(points)+map[bool]string{true: "?"}[s.Doubtful.Has(row)])
	}
	return strings.Join(out, " ")
}

// TestEvaluate_score holds what a, b, c and d of data get: a is small and tin, b large and gold, c large, d unknown; a has an e-mail, b a visit.
func TestEvaluate_score(t *testing.T) {
	for rules, want := range map[string]string{
		`{points: 40, when: account.size > 5}`:                                                                          "0 40 40 0?",
		`{points: 40, when: account.size > 5}, {points: 30, when: account.tier == "gold"}`:                              "0 70 40? 0?",
		`{points: 40, when: account.size > 5}, {points: -15, when: account.tier == "tin"}`:                              "-15 40 40? 0?",
		`{points: 101, when: account.size > 5}`:                                                                         "0 100 100 0?",
		`{points: 101, when: account.size > 5}, {points: -11, when: account.tier == "gold"}`:                            "0 90 100? 0?",
		`{points: 7, each: account.activities}`:                                                                         "7 7 0 0",
		`{points: 7, each: account.activities, when: activity.type == "visit"}`:                                         "0 7 0 0",
		`{points: 7, each: account.activities, as: x, when: x.type == "visit" && account.tier == "gold" && x.at < now}`: "0 7 0 0",
		`{points: 7, each: account.activities, as: x, when: account.size > 5 && x.type == "visit"}`:                     "0 7 0 0",
		`{points: 7, each: account.activities, as: x, when: segment("gold")}`:                                           "0 7 0 0",
		`{points: 7, each: 'account.size > 5 ? account.activities : account.activities.filter(a, false)'}`:              "0 7 0 0?",
	} {
		g := everything(t, "  gold: {of: account, where: account.tier == 'gold'}\nscores: {x: {of: account, max: 100, rules: ["+rules+"]}}\n", []string{"x"}, nil)
		if got := scores(t, g, data(), "x"); got != want {
			t.Errorf("%s: got %s, want %s", rules, got, want)
		}
	}
}

// TestEvaluate_scoreOfEvents holds half-lives, rounding and bounds for a (visits today, 30 and 60 days ago), b (a visit 45 days ago, one without
// a time, one e-mail) and c (nothing).
func TestEvaluate_scoreOfEvents(t *testing.T) {
	list := []event{{"a", "visit", 60}, {"a", "visit", 0}, {"a", "visit", 30}, {"b", "visit", 45}, {"b", "visit", -1}, {"b", "email", 0}}
	for rule, want := range map[string]string{
		`points: 10, half_life: 30d`:               "18 4? 0", // 10 + 5 + 2.5; 3.54
		`points: -10, half_life: 30d`:              "-18 -4? 0",
		`points: 10, half_life: 30d, at_most: 15`:  "15 4? 0",
		`points: -10, half_life: 30d, at_most: 15`: "-15 -4? 0",
		`points: 10`:                                  "30 20 0", // without a half-life the time does not matter
		`points: 10, at_most: 25`:                     "25 20 0",
		`points: 1000000, half_life: 1m`:              "1000000 0? 0",
		`points: 1, half_life: 5200w`:                 "3 1? 0",
		`points: 3, half_life: 45d`:                   "6 2? 0", // 3 + 1.89 + 1.19; 1.5
		`points: 1000000, half_life: 30d, at_most: 1`: "1 1? 0",
	} {
		text := `{` + rule + `, each: account.activities, as: v, when: 'v.type == "visit"'}`
		g := everything(t, "scores: {x: {of: account, rules: ["+text+"]}}\n", []string{"x"}, nil)
		if got := scores(t, g, events(list...), "x"); got != want {
			t.Errorf("%s: got %s, want %s", rule, got, want)
		}
		slices.Reverse(list)
	}
}

// TestEvaluate_tellsOfScores holds the range of the points, and how many are doubtful.
func TestEvaluate_tellsOfScores(t *testing.T) {
	g := everything(t, `
scores:
  fit:
    of: account
    rules: [{points: 40, when: account.size > 5}, {points: -3, when: account.tier == "tin"}, {points: 5, when: account.tier == "gold"}]
  sure: {of: account, rules: [{points: 1, each: account.activities}]}
`, []string{"fit", "sure"}, nil)
	d := data()
	r, err := g.Evaluate(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []segment.ScoreResult{{Name: "fit", Of: "account", Least: -3, Most: 45, Doubtful: 2}, {Name: "sure", Of: "account", Most: 1}}
	if d := cmp.Diff(want, r.Scores); d != "" {
		t.Error(d)
	}
}

// TestEvaluate_onlyWhatIsAskedFor holds that a score or stages of which nobody speaks are not evaluated, nor what only they speak of.
func TestEvaluate_onlyWhatIsAskedFor(t *testing.T) {
	text := `
  rich: {of: account, where: score("used") > 3}
scores:
  used: {of: account, rules: [{points: 1, when: account.size > 5}]}
  deep: {of: account, rules: [{points: 1, when: account.activities.quiet(days(3))}]}
  idle: {of: account, rules: [{points: 1, when: 'atLeast("far", "a") && score("deep") > 3'}]}
stages:
  far: {of: account, stages: [{name: a, when: account.size > 5}]}
`
	for asked, want := range map[string]string{"": "used||", "far": "used|far|", "idle": "deep idle used|far|activity"} {
		g := everything(t, text, []string{asked}, []string{asked})
		g.Ask(g.Uses()) // as a caller does with the uses of everybody
		d := data()
		r, err := g.Evaluate(t.Context(), d, nil)
		if err != nil {
			t.Fatal(err)
		}
		var found [3][]string
		for _, s := range r.Scores {
			found[0] = append(found[0], s.Name)
		}
		for _, s := range r.Stages {
			found[1] = append(found[1], s.Name)
		}
		for e := range d.Engaged {
			found[2] = append(found[2], e)
		}
		if got := strings.Join(found[0], " ") + "|" + strings.Join(found[1], " ") + "|" + strings.Join(found[2], " "); got != want {
			t.Errorf("asked for %q: got %s, want %s", asked, got, want)
		}
	}
}

func TestExplainScore(t *testing.T) {
	g := everything(t, `
scores:
  fit:
    of: account
    max: 50
    rules:
      - {points: 40, when: account.size > 5, why: it is big}
      - {points: 30, when: account.tier == "gold"}
      - {points: 10, each: account.activities, as: a, when: a.type == "visit", half_life: 1h}
      - {points: 10, each: account.activities}
`, []string{"fit"}, nil)
	d := data()
	if _, err := g.Evaluate(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for row := range 4 {
		x, err := g.ExplainScore(t.Context(), "fit", d, row)
		if err != nil {
			t.Fatal(err)
		}
		if x.Points != d.Scores["fit"].Points[row] {
			t.Errorf("explained %d points, and there are %d", x.Points, d.Scores["fit"].Points[row])
		}
		lines := []string{fmt.Sprintf("%s of %s: %d of %d, %d at most", x.Score, x.Of, x.Points, x.Sum, x.Max)}
		for _, r := range x.Rules {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d: %s = %s %s %s", r.Points, r.Rule.Text, r.Rule.Value, r.Rule.Unknown, r.Why)))
		}
		got[d.Frame.Table("account").Key(row)] = strings.Join(lines, "\n")
	}
	if d := cmp.Diff(`fit of account: 50 of 85, 50 at most
40: account.size > 5 = true  it is big
30: account.tier == "gold" = true
5: account.activities as a where a.type == "visit" = 1 record
10: account.activities = 1 record`, got["b"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(`fit of account: 40 of 40, 50 at most
40: account.size > 5 = true  it is big
0: account.tier == "gold" = unknown account.tier is missing
0: account.activities as a where a.type == "visit" = 0 records
0: account.activities = 0 records`, got["c"]); d != "" {
		t.Error(d)
	}
	if x, err := g.ExplainScore(t.Context(), "nothing", d, 0); x != nil || err != nil {
		t.Errorf("got %v, %v", x, err)
	}
}

func TestCompile_rulesThatMeanNothing(t *testing.T) {
	for rule, want := range map[string]string{
		`{points: 1, when: account.sise > 3}`:                                                      `account has no field "sise"`,
		`{points: 1, when: account.size}`:                                                          `expected a condition (true or false), found int`,
		`{points: 1, each: account.size}`:                                                          `expected a record or a list of records, found int`,
		`{points: 1, each: account.activities, as: a, when: a.typ == "x"}`:                         `activity has no field "typ"`,
		`{points: 1, each: account.activities, when: a.type == "x"}`:                               `unknown name "a"`,
		`{points: 1, each: account.activities, as: account}`:                                       `account means something else here already`,
		`{points: 1, each: account.activities, as: now}`:                                           `now means something else here already`,
		`{points: 1, each: account, as: x, half_life: 3d}`:                                         `half_life is about events, and account has no time`,
		`{points: 1, each: account}`:                                                               `account means something else here already`,
		`{points: 1, each: account.activities, as: a, when: 'account.activities.exists(a, true)'}`: `a means something else here already`,
		`{points: 1, when: score("x") > 3}`:                                                        `scores speak of each other in a circle: x → x`,
	} {
		_, problems := compile(t, "scores: {x: {of: account, rules: ["+rule+"]}}\n")
		if len(problems) != 1 || problems[0].Message != want || problems[0].At.Line == 0 {
			t.Errorf("%s: got %v, want %s", rule, problems, want)
		}
	}
}

// TestEvaluate_ofAnEachEndsWithTheContext holds that a rule over many events that cel-go evaluates is given up soon.
func TestEvaluate_ofAnEachEndsWithTheContext(t *testing.T) {
	g := everything(t, `scores: {x: {of: account, rules: [{points: 1, each: account.activities, as: a, when: 'a.type.reverse().matches("^(a|b)*c$")'}]}}`+"\n", []string{"x"}, nil)
	list := make([]event, 200_000)
	for i := range list {
		list[i] = event{"a", "abababababababababababababab", i % 90}
	}
	d := events(list...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := g.Evaluate(ctx, d, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
