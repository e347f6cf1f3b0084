package expr_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// sketch writes a node down, to see what an expression became.
func sketch(n *expr.Node) string {
	if n == nil {
		return "-"
	}
	args := make([]string, len(n.Args))
	for i, a := range n.Args {
		args[i] = sketch(a)
	}
	name := map[expr.Op]string{expr.OpOther: "other", expr.OpConst: "const", expr.OpHas: "has", expr.OpDefault: "default", expr.OpExists: "exists",
		expr.OpAll: "all", expr.OpExistsOne: "one", expr.OpFilter: "filter", expr.OpMap: "map"}[n.Op]
	switch n.Op {
	case expr.OpRecord:
		return fmt.Sprintf("r%d", n.Var)
	case expr.OpElement:
		return fmt.Sprintf("e%d", n.Var)
	case expr.OpField, expr.OpParent, expr.OpChildren:
		return args[0] + "." + n.Name
	case expr.OpCall:
		name = n.Name
	case expr.OpOther, expr.OpConst:
		return name
	}
	return name + "(" + strings.Join(args, " ") + ")"
}

func TestNode_isWhatTheMacrosStandFor(t *testing.T) {
	env := newEnv(t)
	for text, want := range map[string]string{
		`account.employees >= vars.floor && now > daysAgo(3)`:              "_&&_(_>=_(r0.employees const) const)",
		`account.people.exists(p, p.score > account.employees)`:            "exists(r0.people _>_(r1.score r0.employees) -)",
		`account.people.filter(p, p.opted_out).size() == 1`:                "_==_(size(filter(r0.people r1.opted_out -)) const)",
		`account.people.map(p, has(p.score), p.score).sum()`:               "sum(map(r0.people has(r1.score) r1.score))",
		`account.people.map(p, p.score).max()`:                             "max(map(r0.people - r1.score))",
		`account.people.exists_one(p, p.account.people.all(q, q.score>1))`: "one(r0.people all(r1.account.people _>_(r2.score const) -) -)",
		`account.products.exists(x, x == account.name)`:                    "exists(r0.products _==_(e1 r0.name) -)",
		`account.?employees.orValue(7)`:                                    "default(r0.employees const -)",
		`account.intent.?ai.orValue(7)`:                                    "default(_[_](r0.intent const) const r0.intent)",
		`has(account.intent.ai)`:                                           "has(_[_](r0.intent const))",
		`account.people[0].account.name`:                                   "_[_](r0.people const).account.name",
		`segment("big")`:                                                   "segment(const r0)",
		`["a", "b"].exists(x, x == "c")`:                                   "const",
		`vars.words.exists(x, account.name.contains(x))`:                   "exists(const contains(r0.name e1) -)",
		`[account.name, "x"].size()`:                                       "size(other)",
	} {
		if got := sketch(compile(t, env, text, expr.AnyValue).Node()); got != want {
			t.Errorf("%s\n is %s\nnot %s", text, got, want)
		}
	}
}

func TestNode_whatMeansTheSameHasTheSameKey(t *testing.T) {
	env := newEnv(t)
	key := func(text string) string { return compile(t, env, text, expr.AnyValue).Node().Key }
	if a, b := key(`account.people.exists(p, p.score > 3)`), key(`account.people.exists(someone,  someone.score>3)`); a != b {
		t.Errorf("the names of loops make a difference: %s, %s", a, b)
	}
	if a, b := key(`account.name == "a"`), key(`account.name == "b"`); a == b {
		t.Errorf("constants make no difference: %s", a)
	}
}

// TestReference_evaluatesAnyPart holds that every part of an expression can be evaluated on its own, with the rows that its variables stand for.
func TestReference_evaluatesAnyPart(t *testing.T) {
	env, d := newEnv(t), data()
	loop := compile(t, env, `account.people.exists(p, p.score > account.employees)`, expr.Condition).Node()
	body := loop.Args[1]
	person, account := d.Frame.Table("person"), d.Frame.Table("account")
	of, err := body.Reference(d, nil)
	if err != nil || of == nil {
		t.Fatal(err)
	}
	r, err := body.Reference(d, []*frame.Table{account, person})
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.Value(context.Background(), []uint32{0, 0})
	if v != false || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	var unknown *expr.Unknown
	if _, err = r.Value(context.Background(), []uint32{1, 0}); !errors.As(err, &unknown) {
		t.Errorf("the account's employees are missing, got %v", err)
	}
}
