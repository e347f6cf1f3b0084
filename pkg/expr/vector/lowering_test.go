package vector_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// randomWorld makes a playbook and its records from a seed.
func randomWorld(t testing.TB, seed uint64) (*exprtest.Book, *expr.Data) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	b, err := exprtest.RandomBook(random)
	if err != nil {
		t.Fatal(err)
	}
	return b, exprtest.RandomWorld(random, b.Book, exprtest.Small).Data(b.Book)
}

// FuzzLowering puts any text that is an expression before both evaluators: the columns say what the reference does, whether or not values are kept.
func FuzzLowering(f *testing.F) {
	for _, text := range []string{
		`account.employees >= 500 && account.revenue > 2e7`, `account.industry in ["Software", "Fintech"]`, `account.intent.get("ai", 0) >= 60 || "ai" in account.intent`,
		`account.industry.lowerAscii().contains("soft") || account.stage.matches("^a.*b$")`, `account.people.exists(p, !p.opted_out && p.account.target)`,
		`account.activities.within(days(30)).filter(a, a.inbound).size() >= 3`, `account.opportunities.map(o, o.open, o.amount).sum() > 3.0`, `account.activities.quiet(days(3))`,
		`account.?revenue.orValue(1.0) < 2.0`, `has(account.target) ? account.target : account.employees > 3`, `vars.words.exists(w, account.industry.startsWith(w))`,
		`account.intent.exists(k, account.intent[k] > 3)`, `account.people[0].account == account`, `account.created - now > days(3)`, `-account.employees % 3 == 1`,
		`((((account.target == true) == true) != false) == true) == true`, `segment("big") && atLeast("journey", "mqa") && score("fit") > 3`, `account.products.exists_one(x, x == account.industry)`, `account.people.filter(p, true).map(p, p.account.employees).max() > 3`,
	} {
		f.Add(text, uint64(len(text)))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		b, d := randomWorld(t, seed%8)
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil || !p.OfRecord() {
			return
		}
		want, err := p.Verdict(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		shared := vector.New(d)
		shared.Announce(p, p)
		for i, e := range []*vector.Engine{vector.New(d), shared, shared} { // what is kept is made, and then found
			got, err := e.Verdict(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.True, want.True) || !slices.Equal(got.Unknown, want.Unknown) {
				t.Errorf("%s\ncolumns say   %x, unknown %x, asked %d\nreference says %x, unknown %x", p, got.True, got.Unknown, i, want.True, want.Unknown)
			}
		}
	})
}

// TestReasons_areThoseOfTheReference holds that what is missing is told and counted as if every record had been asked on its own.
func TestReasons_areThoseOfTheReference(t *testing.T) {
	b, d := randomWorld(t, 3)
	for _, text := range []string{
		`account.employees > 3 && account.revenue > 2.0`, `account.employees > 3 || account.target`, `!(account.revenue / 0.0 > double(account.employees))`, `account.employees / account.sites > 3`,
		`account.people.exists(p, p.opted_out && p.account.target)`, `account.activities.all(a, a.inbound)`, `account.intent["ai"] > 3`, `segment("big") && account.target`,
		`account.people.filter(p, p.opted_out)[0].opted_out`, `account.people.map(p, p.opted_out).exists(x, x)`, `account.industry.reverse() == account.stage`, `account.target ? account.employees > 3 : account.sites > 3`,
		`account.activities.within(days(3)).size() > 1 || account.industry.contains(account.stage)`,
	} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		unknown, want := frame.NewBits(d.Frame.Table("account").Rows), map[string]int{}
		for row := range d.Frame.Table("account").Rows {
			_, err := p.Bool(context.Background(), d, expr.Row("account", row))
			var why *expr.Unknown
			if errors.As(err, &why) {
				unknown.Add(row)
				want[why.What]++
			}
		}
		if unknown.Count() == 0 {
			t.Errorf("%s: nothing of it is unknown", p)
		}
		got, err := vector.New(d).Reasons(context.Background(), p, unknown)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s\ngot  %v, %v\nwant %v", p, got, err, want)
		}
	}
}

// TestVerdict_ofDeepComparisonsIsQuick holds that what binding takes grows with an expression's length, and not with every side of a comparison twofold.
func TestVerdict_ofDeepComparisonsIsQuick(t *testing.T) {
	b, d := randomWorld(t, 3)
	numbers := "[1" + strings.Repeat(", 2", 63) + "]"
	for name, text := range map[string]string{
		"loops": "account.sites == 0 || " + numbers + ".all(a, " + numbers + ".all(b, " + numbers + ".exists(c, account.employees > 3 || a > b - c)))",
		"left":  strings.Repeat("(", 30) + "account.target" + strings.Repeat(" == true)", 30),
		"right": strings.Repeat("(true == ", 30) + "account.target" + strings.Repeat(")", 30),
		"text":  strings.Repeat("(", 30) + `account.industry.reverse() < "x"` + strings.Repeat(" != true)", 30),
	} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		begun := time.Now()
		done := make(chan error, 1)
		go func() {
			_, err := vector.New(d).Verdict(context.Background(), p)
			done <- err
		}()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Second):
			t.Fatalf("%s: still at it after %s", name, time.Since(begun))
		}
	}
}

// TestVerdict_ofWhatIsAskedForTwiceIsNotSlow holds that a part of several expressions has its kernel still where its values are kept.
func TestVerdict_ofWhatIsAskedForTwiceIsNotSlow(t *testing.T) {
	b, d := randomWorld(t, 3)
	for self, text := range map[string]string{
		"person":      `has(person.account.intent.ai) && person.account.intent.ai > 3`,
		"account":     `has(account.intent.ai) && account.intent.ai > 3 || "ai" in account.intent`,
		"opportunity": `has(opportunity.account.people) && has(opportunity.account.employees) && opportunity.account.employees > 3`,
	} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: self}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		e := vector.New(d)
		e.Announce(p, p)
		got, err := e.Verdict(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := p.Verdict(context.Background(), d); err != nil || !slices.Equal(got.True, want.True) || !slices.Equal(got.Unknown, want.Unknown) {
			t.Errorf("%s: got %v, want %v, %v", p, got, want, err)
		}
		if len(e.Slow()) > 0 {
			t.Errorf("%s: slow: %v", p, e.Slow())
		}
	}
}

// TestCheck_saysOfAnElementsConditionWhatEvaluatingItSays holds that the part without a kernel is named, and not the whole condition.
func TestCheck_saysOfAnElementsConditionWhatEvaluatingItSays(t *testing.T) {
	b, d := randomWorld(t, 3)
	compile := func(text string, scope expr.Scope, want expr.Want) *expr.Program {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), scope, want)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		return p
	}
	scope := expr.Scope{Self: "account"}
	list := compile(`account.activities`, scope, expr.Records)
	scope.Element = expr.Element{Name: "a", Entity: "activity"}
	each := &expr.Each{List: list, When: compile(`a.inbound && a.type.reverse() == account.industry`, scope, expr.Condition)}
	checked, found := vector.New(d), vector.New(d)
	checked.Check(each.When)
	if _, err := found.Find(context.Background(), each, nil); err != nil {
		t.Fatal(err)
	}
	for _, e := range []*vector.Engine{checked, found} {
		if len(e.Slow()) != 1 || e.Slow()[0].Text != "a.type.reverse()" {
			t.Errorf("got %v", e.Slow())
		}
	}
}

// ending is a context that ends when it was asked so many times.
type ending struct {
	context.Context
	left atomic.Int64
}

// Err implements context.Context.
func (c *ending) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestVerdict_afterAnInterruptionIsRight holds that nothing of an evaluation that was broken off is taken for an answer later, wherever it was.
func TestVerdict_afterAnInterruptionIsRight(t *testing.T) {
	b, d := randomWorld(t, 3)
	for _, text := range []string{`account.people.exists(p, p.points > 3)`, `account.activities.all(a, a.type.reverse() < a.channel)`, `account.people.map(p, p.points).sum() > 3`} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		want, err := p.Verdict(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		interrupted := 0
		for times := range int64(100) {
			e := vector.New(d)
			e.Announce(p, p)
			ctx := &ending{Context: context.Background()}
			ctx.left.Store(times)
			if _, err := e.Verdict(ctx, p); err != nil {
				interrupted++
			}
			got, err := e.Verdict(context.Background(), p)
			if err != nil || !slices.Equal(got.True, want.True) || !slices.Equal(got.Unknown, want.Unknown) {
				t.Fatalf("%s, ended after %d: %v\ngot  %x, unknown %x\nwant %x, unknown %x", p, times, err, got.True, got.Unknown, want.True, want.Unknown)
			}
		}
		if interrupted < 2 || interrupted == 100 {
			t.Errorf("%s was interrupted %d times of 100", p, interrupted)
		}
	}
}

// TestSlow_tellsEachPartOnce holds that what cel-go evaluates is told once however often it is asked for, and no part of it.
func TestSlow_tellsEachPartOnce(t *testing.T) {
	b, d := randomWorld(t, 3)
	for text, want := range map[string]string{
		`account.industry.reverse() == "x"`:                                                             `account.industry.reverse()`,
		`(account.industry.reverse() < "a" ? account.products : account.products).size() > 1`:           `(account.industry.reverse() < "a" ? account.products : account.products).size()`,
		`account.people.filter(p, p.title.reverse() < "a").map(p, [p.title]).flatten().exists(x, true)`: `account.people.filter(p, p.title.reverse() < "a").map(p, [p.title]).flatten().exists(x, true)`,
	} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		e := vector.New(d)
		e.Check(p)
		for range 2 {
			if _, err := e.Verdict(context.Background(), p); err != nil {
				t.Fatal(err)
			}
		}
		if len(e.Slow()) != 1 || e.Slow()[0].Text != want {
			t.Errorf("%s: got %v", p, e.Slow())
		}
	}
	list, problems := b.Env.Compile(playbook.ArgumentExpr("each", `account.people.map(p, p.account)`), expr.Scope{Self: "account"}, expr.Records)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	e := vector.New(d)
	e.Check(list)
	if _, err := e.Lists(context.Background(), list, nil); err != nil || len(e.Slow()) != 1 || e.Slow()[0].Text != list.String() {
		t.Errorf("got %v, %v", e.Slow(), err)
	}
}
