package files_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

// TestAdd_crashLeavesAllOrNothing goes through every state in which a crash can leave a file while rows are appended: the rows are
// first written with a NUL in place of their first byte.
func TestAdd_crashLeavesAllOrNothing(t *testing.T) {
	const rows = "acc-12,\n\"acc,13\",\n"
	for _, before := range []string{"id,note\nacc-11,x\n", "id,note\nacc-11,x"} {
		committed := before
		if before[len(before)-1] != '\n' {
			committed += "\n"
		}
		for cut := 1; cut <= len(rows); cut++ {
			d := newDesk(t)
			d.put("audiences/Intent.csv", committed+"\x00"+rows[1:cut])
			if got := d.members("Intent"); !slices.Equal(got, []string{"acc-11"}) {
				t.Fatalf("cut after %d bytes: members are %q", cut, got)
			}
			if err := d.Check(t.Context()); err != nil {
				t.Fatalf("cut after %d bytes: %v", cut, err)
			}
			if got := statuses(d.write(connector.Add, audience("Intent"), ids("acc-12", "acc-14")...)); got != "done, done" {
				t.Fatalf("cut after %d bytes: %s", cut, got)
			}
			d.want("audiences/Intent.csv", committed+"acc-12,\nacc-14,\n")
		}
	}
}

func TestRemove_crashedAppendIsDroppedWithARewrite(t *testing.T) {
	d := newDesk(t)
	d.put("audiences/Intent.csv", "id\na\nb\n\x00cc-1")
	d.write(connector.Remove, audience("Intent"), ids("a")...)
	d.want("audiences/Intent.csv", "id\nb\n")
}

func TestSet_crashedAppendIsDropped(t *testing.T) {
	d := newDesk(t)
	d.put("company.csv", "id,tier\na,x\n\x00,y")
	d.write(connector.Set, kind("company"), set("b", "tier", "y"))
	d.want("company.csv", "id,tier\na,x\nb,y\n")
	d.put("company.csv", "id,tier\na,x\n\x00,y")
	d.write(connector.Set, kind("company"), set("a", "tier", "y"))
	d.want("company.csv", "id,tier\na,y\n")
}

// keys gives effect keys by their numbers.
func keys(from, to int) []string {
	var list []string
	for n := from; n < to; n++ {
		list = append(list, fmt.Sprintf("key-%06d", n))
	}
	return list
}
