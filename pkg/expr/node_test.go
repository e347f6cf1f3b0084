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

// TestOfRecord_whateverTheFormOfWhatSpeaksOfAMember holds that a program is of its record only where no part of it speaks of the member, its steps or a
// further record: else it is evaluated without them, and is unknown for ever.
func TestOfRecord_whateverTheFormOfWhatSpeaksOfAMember(t *testing.T) {
	b := book(t, "")
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`"x" in [account.stage, account.name]`:                                       true,
		`"x" in [account.stage, member.variant]`:                                     false,
		`"x" in [account.stage, person.email]`:                                       false,
		`"%s %s".format([account.name, account.stage]) == "a b"`:                     true,
		`"%s %s".format([account.name, member.variant]) == "a b"`:                    false,
		`account.products[?0].orValue(account.name) == "x"`:                          true,
		`account.products[?0].orValue(member.variant) == "x"`:                        false,
		`account.?name.or(optional.of(account.stage)).value() == "x"`:                true,
		`account.?name.or(member.?variant).value() == "x"`:                           false,
		`{"a": account.name}.get("a", account.stage) == "x"`:                         true,
		`{"a": account.name, "b": member.variant}["b"] == "x"`:                       false,
		`[account.people, [person]].flatten().size() > 1`:                            false,
		`[account.people, account.people].flatten().size() > 1`:                      true,
		`account.products.map(x, [x, member.variant]).flatten().size() > 1`:          false,
		`account.products.map(x, [x, account.name]).flatten().size() > 1`:            true,
		`account.people.exists(p, p.email in [p.account.name, member.variant])`:      false,
		`[account.name].exists(x, x == member.variant)`:                              false,
		`account.name == (has(steps.hello) ? "a" : "b")`:                             false,
		`[account.name, has(steps.hello) ? "a" : "b"].size() == 2`:                   false,
		`account.people.exists(x, [x.email, account.name].exists(y, y == "member"))`: true,
		`account.name == member.variant`:                                             false,
		`member.variant in []`:                                                       false,
		`account.name in []`:                                                         true,
		`vars.words.exists(w, account.name == w)`:                                    true,
	} {
		p, problems := env.Compile(source(text), expr.Scope{Self: "account", Bound: []string{"person"}, Play: b.Plays[0]}, expr.Condition)
		if problems.Err() != nil {
			t.Fatalf("%s: %s", text, problems[0].Format())
		}
		if got := p.OfRecord(); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if p := compile(t, env, `vars.words.exists(member, member == "Core")`, expr.Condition); !p.OfRecord() || p.Node().Op != expr.OpConst {
		t.Error("a loop's variable outside plays is taken for the member")
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
