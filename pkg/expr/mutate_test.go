package expr_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/expr"
)

// seeds are expressions that have every construct in them, to mutate.
var seeds = []string{
	`account.employees > 100 && account.name != "Zoë" || !account.target`,
	`account.people.exists(p, p.score > 5 && segment("opted", p)) ? account.revenue / 2.0 > 1e3 : has(account.name)`,
	`account.activities.within(days(vars.month)).filter(a, a.type == "web").size() >= 3`,
	`account.activities.since(daysAgo(3)).quiet(hours(8)) && changed(account.stage, "*", "Won", days(7))`,
	`account.intent.get("data platform", 0) + vars.floor == 3 || "x" in account.products`,
	`account.people.map(p, p.score > 5, p.score).sum() / account.employees % 7 >= -3`,
	`account.?employees.orValue(0) in [1, 2] && segment("big") && count("big") > 1 && enrolled("nurture")`,
	`account.people.all(p, p.account.people.exists_one(q, q == p)) && finished("nurture", "converted")`,
	`account.renewal_at - now < duration("90m") && timestamp("2026-11-22T09:00:00Z") > account.renewal_at`,
	`math.greatest(account.employees, 3) > 2 && account.name.lowerAscii().startsWith("a") && {"a": 1}["a"] == 1`,
	`account.people[0].?email.orValue("none").matches("^[a-z]+$") // who
	 && r"\d" != '''x'y'''`,
}

// pieces are what mutations put in.
var pieces = []string{`(`, `)`, `[`, `]`, `{`, `}`, `,`, `.`, `?`, `:`, `&&`, `||`, `!`, `==`, `=`, `<`, `>=`, `+`, `-`, `*`, `/`, `%`, `in`, `and`, `not`, `true`,
	`null`, `account`, `person`, `p`, `now`, `vars`, `vars.floor`, `member`, `.people`, `.employees`, `.nmae`, `.exists(x, x.score > 1)`, `.filter(p, true)`, `.size()`,
	`.sum()`, `.get("a", 1)`, `"text"`, `'`, `"`, `"""`, `r"`, `\`, `3`, `-9223372036854775808`, `1e400`, `0x`, `3u`, `30d`, `days(3)`, `days(account.employees)`,
	`segment(`, `count("nope")`, `changed(account.people)`, `has(`, `has(account.x)`, `.?name`, `[?0]`, `$`, `${`, `é`, `名`, `😀`, "\n", "\t", `//`, `/*`, `;`, `@`, `#`,
	`int("x")`, `[].max()`, `b"x"`, `type(1)`, `dyn(1)`, `.map(k, k)`, `{"b": 1}`, `optional.none()`, `.orValue(1)`, `.all(account, true)`, `[?Q]`, `1/0`, `""`}

var lexeme = regexp.MustCompile(`[A-Za-z_]\w*|\d+|\s+|"[^"]*"|&&|\|\||[=!<>]=|.`)

// mutated gives a seed with up to four of its lexemes left out, doubled, exchanged or joined by others.
func mutated(t *rapid.T) string {
	list := lexeme.FindAllString(rapid.SampledFrom(seeds).Draw(t, "seed"), -1)
	for range rapid.IntRange(0, 4).Draw(t, "mutations") {
		i := rapid.IntRange(0, len(list)-1).Draw(t, "at")
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			list = slices.Delete(list, i, i+1)
		case 1:
			list = slices.Insert(list, i, list[i])
		case 2:
			list[i] = rapid.SampledFrom(pieces).Draw(t, "piece")
		case 3:
			list = slices.Insert(list, i, rapid.SampledFrom(pieces).Draw(t, "piece"))
		default:
			j := rapid.IntRange(0, len(list)-1).Draw(t, "with")
			list[i], list[j] = list[j], list[i]
		}
		if len(list) == 0 {
			return ""
		}
	}
	return strings.Join(list, "")
}

// internal matches words of cel-go and of our own inside that mean nothing to who writes playbooks.
var internal = regexp.MustCompile(`@|playctl\.|google\.|\bdyn\b|<EOF>|!error|<nil>|%!|overload|comprehension|optional_type|null_type|<<`)

type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkExpression compiles any text in any role; problems have a place and speak plainly, and what compiles is evaluated without panic.
func checkExpression(t failer, env *expr.Env, d *expr.Data, text string) {
	t.Helper()
	for _, want := range []expr.Want{expr.Condition, expr.AnyValue, expr.Records} {
		p, problems := env.Compile(source(text), expr.Scope{Self: "account"}, want)
		if (p == nil) != (problems.Errors() > 0) {
			t.Fatalf("%q: a program is there: %t; problems: %v", text, p != nil, problems)
		}
		for _, problem := range problems {
			if bad := internal.FindString(problem.Message + problem.Hint); bad != "" && !strings.Contains(text, bad) {
				t.Errorf("%q: %s\n%s", text, bad, problem.Format())
			}
			if end := problem.At.Column - 1 + problem.Width; problem.At.Line == 0 || problem.At.Column == 0 || end > utf8.RuneCountInString(problem.Line) {
				t.Errorf("%q: no place: %s", text, problem.Format())
			}
		}
		if p != nil {
			checkProgram(t, env, d, p)
		}
	}
}

// checkProgram evaluates in every way.
func checkProgram(t failer, env *expr.Env, d *expr.Data, p *expr.Program) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var unknown *expr.Unknown
	for row := range d.Frame.Table("account").Rows {
		at := expr.Row("account", row)
		if _, err := p.Value(ctx, d, at); err != nil && !errors.As(err, &unknown) {
			t.Errorf("%s: value: %v", p, err)
		}
		if _, err := p.Rows(ctx, d, at); err != nil && !errors.As(err, &unknown) {
			t.Errorf("%s: rows: %v", p, err)
		}
		if x, err := p.Explain(ctx, d, at); err != nil || x.Text == "" {
			t.Errorf("%s: explanation %v: %v", p, x, err)
		}
	}
	if _, err := p.Verdict(ctx, d); err != nil {
		t.Errorf("%s: verdict: %v", p, err)
	}
	if _, err := env.Clauses(p); err != nil {
		t.Errorf("%s: clauses: %v", p, err)
	}
}

// TestCompile_anyText holds checkExpression for mutations of expressions.
func TestCompile_anyText(t *testing.T) {
	env, d := newEnv(t), data()
	for _, text := range append(slices.Clone(seeds), pieces...) {
		checkExpression(t, env, d, text)
	}
	rapid.Check(t, func(rt *rapid.T) { checkExpression(rt, env, d, mutated(rt)) })
}

// FuzzCompile holds checkExpression for any text.
func FuzzCompile(f *testing.F) {
	for _, text := range append(slices.Clone(seeds), pieces...) {
		f.Add(text)
	}
	env, d := newEnv(f), data()
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // such files are refused before anything reads an expression
		}
		checkExpression(t, env, d, text)
	})
}
