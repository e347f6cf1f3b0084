package exprtest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestEngines_endWithTheirContext holds that no engine takes an interruption for a value: not for false, and not for unknown.
func TestEngines_endWithTheirContext(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	b, err := exprtest.RandomBook(r)
	if err != nil {
		t.Fatal(err)
	}
	d := exprtest.RandomWorld(r, b.Book, exprtest.Small).Data(b.Book)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, text := range []string{`account.target`, `account.activities.exists(a, a.type.matches(account.name))`, `account.activities.filter(a, a.type.reverse() == "x").size() > 3`} {
		p, problems := b.Env.Compile(playbook.ArgumentExpr("--where", text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems.Err())
		}
		for _, e := range engines() {
			if _, err := e.Over(d, []*expr.Program{p}).Verdict(ctx, p); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %s: %v", e.Name(), p, err)
			}
		}
	}
}
