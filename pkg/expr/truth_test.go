package expr_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
)

// operands are conditions of account a2, none of them a constant: known true, known false and unknown.
var operands = map[byte]string{'T': `(account.id == "a2")`, 'F': `(account.id == "x")`, '?': `account.target`}

// truth evaluates a condition for account a2: T, F or ?.
func truth(t *testing.T, env *expr.Env, d *expr.Data, condition string) string {
	t.Helper()
	v, err := compile(t, env, condition, expr.Condition).Bool(context.Background(), d, expr.Row("account", 1))
	var unknown *expr.Unknown
	switch {
	case errors.As(err, &unknown):
		return "?"
	case err != nil:
		t.Fatal(err)
	case v:
		return "T"
	}
	return "F"
}

// TestBool_truthTables holds SQL's three values: each row is operator and operands, and what comes out.
func TestBool_truthTables(t *testing.T) {
	env, d := newEnv(t), data()
	tables := map[string]string{
		"%s && %s": "TTT TFF T?? FTF FFF F?F ?T? ?FF ???",
		"%s || %s": "TTT TFT T?T FTT FFF F?? ?TT ?F? ???",
		"%s == %s": "TTT TFF T?? FTF FFT F?? ?T? ?F? ???",
		"%s != %s": "TTF TFT T?? FTT FFF F?? ?T? ?F? ???",
	}
	for form, rows := range tables {
		for row := range strings.FieldsSeq(rows) {
			condition := fmt.Sprintf(form, operands[row[0]], operands[row[1]])
			if got := truth(t, env, d, condition); got != row[2:] {
				t.Errorf("%s is %s, want %s (%s)", condition, got, row[2:], row)
			}
		}
	}
	for _, row := range []string{"TF", "FT", "??"} {
		if got := truth(t, env, d, "!"+operands[row[0]]); got != row[1:] {
			t.Errorf("!%c is %s, want %s", row[0], got, row[1:])
		}
	}
}

// TestBool_ternary holds that only the chosen branch counts, and that an unknown choice is unknown even where both branches agree.
func TestBool_ternary(t *testing.T) {
	env, d := newEnv(t), data()
	for _, c := range "TF?" {
		for _, a := range "TF?" {
			for _, b := range "TF?" {
				want := map[rune]string{'T': string(a), 'F': string(b), '?': "?"}[c]
				condition := fmt.Sprintf("%s ? %s : %s", operands[byte(c)], operands[byte(a)], operands[byte(b)])
				if got := truth(t, env, d, condition); got != want {
					t.Errorf("%c ? %c : %c is %s, want %s", c, a, b, got, want)
				}
			}
		}
	}
}

// elements are values x for which 10 / x > 0 is known true, known false and unknown.
var elements = map[rune]string{'T': "1", 'F': "-1", '?': "0"}

// TestBool_macros holds every macro against its meaning, for every list of up to three known and unknown elements.
func TestBool_macros(t *testing.T) {
	env, d := newEnv(t), data()
	for _, list := range lists(3) {
		yes, unknown := strings.Count(list, "T"), strings.Contains(list, "?")
		written := make([]string, 0, len(list))
		for _, e := range list {
			written = append(written, elements[e])
		}
		const nothing = "[1].filter(x, x > 1)" // an empty list of numbers that is no constant
		x := fmt.Sprintf("(%s + [%s])", nothing, strings.Join(written, ", "))
		for macro, want := range map[string]string{
			"%s.exists(x, 10 / x > 0)":                                       three(yes > 0, unknown),
			"%s.all(x, 10 / x > 0)":                                          three(yes == len(list), unknown && !strings.Contains(list, "F")),
			"%s.exists_one(x, 10 / x > 0)":                                   decided(yes == 1, unknown),
			fmt.Sprintf("%%s.filter(x, 10 / x > 0).size() == %d", yes):       "T",
			fmt.Sprintf("%%s.map(x, 10 / x).size() == %d", len(list)):        decided(true, unknown),
			fmt.Sprintf("%%s.map(x, 10 / x > 0, x).size() == %d", yes):       "T",
			fmt.Sprintf("%%s.map(x, x < 1, 10 / x).size() == %d", len(list)): decided(yes == 0, unknown),
		} {
			if got := truth(t, env, d, fmt.Sprintf(macro, x)); got != want {
				t.Errorf(macro+" is %s, want %s", list, got, want)
			}
		}
	}
}

// lists gives every list of up to n truth values.
func lists(n int) []string {
	all := []string{""}
	for from := 0; n > 0; n-- {
		to := len(all)
		for _, list := range all[from:to] {
			all = append(all, list+"T", list+"F", list+"?")
		}
		from = to
	}
	return all
}

// three gives what is known true whatever is unknown, and else unknown or false.
func three(yes, unknown bool) string {
	if yes {
		return "T"
	}
	return decided(false, unknown)
}

func decided(yes, unknown bool) string {
	switch {
	case unknown:
		return "?"
	case yes:
		return "T"
	}
	return "F"
}

// TestClauses_areTheWhole holds that the clauses of a condition, told one by one, are true together exactly where it is true.
func TestClauses_areTheWhole(t *testing.T) {
	env, d := newEnv(t), data()
	ctx := context.Background()
	for condition, texts := range map[string][]string{
		`account.employees > 3`:                               {`account.employees > 3`},
		`account.target && account.employees > 3`:             {`account.target`, `account.employees > 3`},
		`(account.target && segment("big")) && now > now`:     {`account.target`, `segment("big")`, `now > now`},
		`account.target || account.employees > 3`:             {`account.target || account.employees > 3`},
		`changed(account.stage) && count("big") > 0`:          {`changed(account.stage)`, `count("big") > 0`},
		`account.renewal_at > daysAgo(3) && !account.target`:  {`account.renewal_at > daysAgo(3)`, `!account.target`},
		`account.?employees.orValue(0) > 3 && account.target`: {`account.?employees.orValue(0) > 3`, `account.target`},
		`account.people.exists(p, p.score > 3 && p.opted_out) && has(account.name)`: {
			`account.people.exists(p, p.score > 3 && p.opted_out)`, `has(account.name)`},
		`enrolled("nurture") && finished("nurture") && account.intent.get("x", 3) > 2`: {
			`enrolled("nurture")`, `finished("nurture")`, `account.intent.get("x", 3) > 2`},
		"account.name == 'a\"b' && account.activities\n.quiet(days(vars.month))": {`account.name == 'a"b'`, `account.activities .quiet(days(vars.month))`},
	} {
		whole := compile(t, env, condition, expr.Condition)
		clauses, err := env.Clauses(whole)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, len(clauses))
		for i, c := range clauses {
			got[i] = c.String()
		}
		if strings.Join(got, "\n") != strings.Join(texts, "\n") {
			t.Errorf("%s: clauses %q, want %q", condition, got, texts)
		}
		all, err := whole.Verdict(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		for row := range 3 {
			together := true
			for _, c := range clauses {
				v, err := c.Verdict(ctx, d)
				if err != nil {
					t.Fatal(err)
				}
				together = together && v.True.Has(row)
			}
			if together != all.True.Has(row) {
				t.Errorf("%s at row %d: the clauses together are %t, the whole %t", condition, row, together, all.True.Has(row))
			}
		}
	}
}
