package segment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/segment"
)

// stages gives each account's stage; - for none, ? behind those that are doubtful.
func stages(t *testing.T, g *segment.Graph, d *expr.Data, name string) string {
	t.Helper()
	if _, err := g.Evaluate(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	s := d.Stages[name]
	var out []string
	for row := range s.At {
		stage := s.Stage(row)
		if stage == "" {
			stage = "-"
		}
		out = append(out, stage+map[bool]string{true: "?"}[s.Doubtful.Has(row)])
	}
	return strings.Join(out, " ")
}

// TestEvaluate_furthestStageThatHolds holds the stages of a (small, tin), b (large, gold), c (large) and d (unknown).
func TestEvaluate_furthestStageThatHolds(t *testing.T) {
	for list, want := range map[string]string{
		`{name: big, when: account.size > 5}`:                                                                                        "- big big -?",
		`{name: any, when: 'true'}, {name: big, when: account.size > 5}`:                                                             "any big big any?",
		`{name: big, when: account.size > 5}, {name: any, when: 'true'}`:                                                             "any any any any", // what is unknown lies behind it
		`{name: any, when: 'true'}, {name: big, when: account.size > 5}, {name: rich, when: account.tier == "gold"}`:                 "any rich big? any?",
		`{name: tin, when: account.tier == "tin"}, {name: gold, when: account.tier == "gold"}, {name: all, when: has(account.size)}`: "all all all -?",
		`{name: rich, when: account.tier == "gold"}, {name: big, when: account.size > 5}`:                                            "- big big -?",
	} {
		g := everything(t, "stages: {x: {of: account, stages: ["+list+"]}}\n", nil, []string{"x"})
		if got := stages(t, g, data(), "x"); got != want {
			t.Errorf("%s: got %s, want %s", list, got, want)
		}
	}
}

// TestEvaluate_scoresStagesAndSegmentsInOneGraph holds that each is evaluated after those that it speaks of, whatever their kind.
func TestEvaluate_scoresStagesAndSegmentsInOneGraph(t *testing.T) {
	g, problems := compile(t, `
  a-after: {of: account, where: stage("journey") == "ripe" || stage("journey") == ""}
  beyond: {of: account, where: 'atLeast("journey", "known")'}
  not-ripe: {of: account, where: '!atLeast("journey", "ripe")'}
  z-big: {of: account, where: account.size > 5}
  lively: {of: account, where: score("heat") >= 6}
  calm: {of: account, where: account.activities.quiet(days(1))}
scores:
  fit: {of: account, rules: [{points: 60, when: segment("z-big")}, {points: 5, when: count("z-big") == 2}]}
  heat: {of: account, rules: [{points: 10, each: account.activities, half_life: 1h, when: '!segment("calm")'}, {points: 1, when: score("fit") > 60}]}
stages:
  journey:
    of: account
    stages:
      - {name: known, when: score("fit") > 60}
      - {name: ripe, when: segment("lively") && score("heat") > 5}
`)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	d := data()
	got, r := evaluate(t, g, d, nil)
	want := map[string]string{"z-big": "bc|d", "calm": "acd|", "lively": "b|", "a-after": "abd|", "beyond": "bc|", "not-ripe": "acd|"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if d := cmp.Diff([]segment.StageResult{{Name: "journey", Of: "account", Stages: []segment.StageCount{{Name: "known", Count: 1}, {Name: "ripe", Count: 1}}, None: 2}}, r.Stages); d != "" {
		t.Error(d)
	}
}

func TestCompile_circleThroughScoresAndStages(t *testing.T) {
	for text, want := range map[string]string{
		`
  big: {of: account, where: stage("journey") == "a"}
scores:
  fit: {of: account, rules: [{points: 1, when: account.size > 3}, {points: 1, each: account.activities, when: segment("big")}]}
stages:
  journey: {of: account, stages: [{name: a, when: account.size > 3}, {name: b, when: score("fit") > 3}]}
`: "segments, scores and stages speak of each other in a circle: segment big → stage journey → score fit → segment big",
		`
scores:
  one: {of: account, rules: [{points: 1, when: score("two") > 3}]}
  two: {of: account, rules: [{points: 1, when: score("one") > 3}]}
`: "scores speak of each other in a circle: one → two → one",
		`
  hot: {of: account, where: changed(stage("journey"))}
stages:
  journey: {of: account, stages: [{name: a, when: segment("hot")}]}
`: "segments and stages speak of each other in a circle: segment hot → stage journey → segment hot",
		`
stages:
  journey: {of: account, stages: [{name: a, when: 'atLeast("journey", "a")'}]}
`: "stages speak of each other in a circle: journey → journey",
	} {
		_, problems := compile(t, text)
		if len(problems) != 1 || problems[0].Message != want {
			t.Errorf("got %v, want %s", problems, want)
			continue
		}
		if steps := strings.Count(want, "→"); len(problems[0].Related) != steps-1 {
			t.Errorf("%d related places for %s", len(problems[0].Related), want)
		}
	}
}

// TestEvaluate_engagementMaySpeakOfSegments holds that what counts as engagement is found out after what it speaks of, and is no circle unseen.
func TestEvaluate_engagementMaySpeakOfSegments(t *testing.T) {
	engagement := func(where string) (*segment.Graph, []string) {
		file, _ := document.Parse("p.yaml", []byte(strings.Replace(nouns, `activity.type != "email"`, `segment("gold", activity.account)`, 1)+`
  gold: {of: account, where: `+where+`}
  loud: {of: account, where: '!account.activities.quiet(days(1))'}
`))
		book, problems := playbook.Read([]*document.File{file}, playbook.Inputs{})
		env, err := expr.NewEnv(book)
		if err != nil || problems.Errors() > 0 {
			t.Fatal(err, problems)
		}
		g, problems := segment.Compile(book, env)
		var words []string
		for _, p := range problems {
			words = append(words, p.Message)
		}
		return g, words
	}
	g, problems := engagement(`account.tier == "tin"`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, _ := evaluate(t, g, data(), nil); got["loud"] != "a|" {
		t.Errorf("got %v", got)
	}
	if _, problems = engagement(`segment("loud")`); fmt.Sprint(problems) != "[segments and engagement speak of each other in a circle: segment gold → segment loud → engagement of activity → segment gold]" {
		t.Errorf("got %v", problems)
	}
}

// TestEvaluate_stagesAreSightedBeforeTheirChangesAreAskedFor holds that who watches stages is told as soon as they are known, once, and only
// of those whose changes are spoken of.
func TestEvaluate_stagesAreSightedBeforeTheirChangesAreAskedFor(t *testing.T) {
	g := everything(t, `
  risen: {of: account, where: 'changed(stage("journey"), "", "big")'}
stages:
  journey: {of: account, stages: [{name: big, when: account.size > 5}]}
  quietly: {of: account, stages: [{name: big, when: account.size > 5}]}
`, nil, []string{"quietly"})
	d := data()
	d.Hash = func(s string) string { return s }
	var told []expr.ChangedField
	d.Sighted = func(f expr.ChangedField) {
		told = append(told, f)
		d.Changes = map[expr.ChangedField]map[string][]expr.Change{f: {}}
		for row := range d.Frame.Table("account").Rows {
			if d.Fields(f.Entity, row, []string{f.Field})[f.Field] == "big" {
				d.Changes[f][d.Frame.Table("account").Key(row)] = []expr.Change{{From: "", To: "big", At: now}}
			}
		}
	}
	got, _ := evaluate(t, g, d, nil)
	if len(told) != 1 || told[0] != expr.StageField("account", "journey") || got["risen"] != "bc|" {
		t.Errorf("told %v, got %v", told, got)
	}
	if uses := g.Uses(); len(uses.Changed) != 1 || len(uses.Segments)+len(uses.Stages) > 0 {
		t.Errorf("uses %+v", uses)
	}
}

// TestMove_ofNamesThatTheModelHas holds that only moves between its stages are counted.
func TestMove_ofNamesThatTheModelHas(t *testing.T) {
	r := segment.StageResult{Stages: []segment.StageCount{{Name: "known"}, {Name: "big"}}}
	for _, m := range [][2]string{{"", "known"}, {"", "big"}, {"known", "big"}, {"big", ""}, {"big", "big"}, {"gone", "known"}, {"big", "gone"}, {"gone", "gone"}} {
		r.Move(m[0], m[1])
	}
	if want := (segment.StageMoves{Forward: 3, Skipped: 1, Backward: 1}); r.Moves != want {
		t.Errorf("moved: %+v, want %+v", r.Moves, want)
	}
}

func TestExplainStage(t *testing.T) {
	g := everything(t, `
stages:
  journey:
    of: account
    stages:
      - {name: any, when: 'true', why: everybody}
      - {name: big, when: account.size > 5, by: marketing, sla: 2 business days}
      - {name: rich, when: account.tier == "gold"}
`, nil, []string{"journey"})
	d := data()
	if _, err := g.Evaluate(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	x, err := g.ExplainStage(t.Context(), "journey", d, 2)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{fmt.Sprintf("%s of %s: %s", x.Model, x.Of, x.Stage)}
	for _, s := range x.Stages {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %v: %s = %s %s", s.Stage, s.Here, s.Rule.Text, s.Rule.Value, strings.Join([]string{s.Rule.Unknown, s.By, s.SLA, s.Why}, "/"))))
	}
	if d := cmp.Diff(`journey of account: big
any false: true = true ///everybody
big true: account.size > 5 = true /marketing/2 business days/
rich false: account.tier == "gold" = unknown account.tier is missing///`, strings.Join(lines, "\n")); d != "" {
		t.Error(d)
	}
	if x, err := g.ExplainStage(t.Context(), "nothing", d, 0); x != nil || err != nil {
		t.Errorf("got %v, %v", x, err)
	}
}

// tree is what the plays of the design speak of, as far as their stages go.
const tree = `
entities:
  account: {file: a.csv, key: id, fields: {arr: double, intent: "map(string, int)"}}
  person: {file: p.csv, key: id, parent: account_id -> account, plural: people, fields: {email: string}}
  opportunity: {file: o.csv, key: id, parent: account_id -> account, plural: opportunities, fields: {open: bool}}
  activity: {file: c.csv, parent: [account_id -> account, person_id -> person], plural: activities, time: at, fields: {at: timestamp, inbound: bool}}
segments:
  in-market: {of: account, where: 'account.intent.get("data platform", 0) >= 70 && !atLeast("journey", "mqa")'}
  worked: {of: account, where: stage("journey") == "mqa"}
stages:
  journey:
    of: account
    order: furthest
    stages:
      - {name: mqa, when: 'account.people.filter(p, p.activities.within(days(90)).exists(a, a.inbound)).size() >= 2', by: marketing}
      - {name: opportunity, when: 'account.opportunities.exists(o, o.open)', by: ae}
      - {name: customer, when: account.arr > 0.0, by: csm}
roles: {marketing: {fallback: m@acme.example}, ae: {fallback: a@acme.example}, csm: {fallback: c@acme.example}}
`

// TestEvaluate_tree holds the design's own stages for accounts of whom two people came, one came, there is an open opportunity, and there is
// revenue; the revenue of the others is unknown.
func TestEvaluate_tree(t *testing.T) {
	file, problems := document.Parse("tree.yaml", []byte(tree))
	book, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if problems.Add(more...); len(problems) > 0 {
		t.Fatal(problems)
	}
	env, err := expr.NewEnv(book)
	if err != nil {
		t.Fatal(err)
	}
	g, problems := segment.Compile(book, env)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	text := frame.Type{Kind: frame.String}
	texts := func(name string, values ...string) *frame.Column {
		c := frame.NewColumn(name, text)
		for _, v := range values {
			c.AppendString(v)
		}
		return c
	}
	arr, intent := frame.NewColumn("arr", frame.Type{Kind: frame.Double}), frame.NewColumn("intent", frame.Type{Kind: frame.Map, Elem: &frame.Type{Kind: frame.Int}})
	for range 3 {
		arr.AppendMissing()
	}
	arr.AppendDouble(1200)
	for range 4 {
		intent.MapKeys.AppendString("data platform")
		intent.Elems.AppendInt(80)
		intent.EndMap()
	}
	at, inbound := frame.NewColumn("at", frame.Type{Kind: frame.Time}), frame.NewColumn("inbound", frame.Type{Kind: frame.Bool})
	for days := range 3 {
		at.AppendInt(now.Add(-time.Duration(days) * 24 * time.Hour).UnixMicro())
		inbound.AppendBool(true)
	}
	open := frame.NewColumn("open", frame.Type{Kind: frame.Bool})
	open.AppendBool(true)
	accounts, people, deals := texts("id", "two", "one", "deal", "rich"), texts("id", "p", "q", "r"), texts("id", "o")
	d := &expr.Data{Now: now, Frame: frame.Link([]*frame.Builder{
		{Entity: "account", Key: accounts, Columns: []*frame.Column{arr, intent, accounts}},
		{Entity: "person", Key: people, Columns: []*frame.Column{texts("email", "p", "q", "r"), people},
			Parents: []frame.ParentLink{{Entity: "account", Plural: "people", Keys: texts("account_id", "two", "two", "one")}}},
		{Entity: "opportunity", Key: deals, Columns: []*frame.Column{open, deals}, Parents: []frame.ParentLink{{Entity: "account", Plural: "opportunities", Keys: texts("account_id", "deal")}}},
		{Entity: "activity", Time: "at", Columns: []*frame.Column{at, inbound}, Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: texts("account_id", "two", "two", "one")},
			{Entity: "person", Plural: "activities", Keys: texts("person_id", "p", "q", "r")}}},
	})}
	// Rows stand in the order of their keys: deal, one, rich, two.
	if got := stages(t, g, d, "journey"); got != "opportunity? -? customer mqa?" {
		t.Errorf("got %s", got)
	}
	got, _ := evaluate(t, g, d, nil)
	if diff := cmp.Diff(map[string]string{"in-market": "one|", "worked": "two|"}, got); diff != "" {
		t.Error(diff)
	}
}
