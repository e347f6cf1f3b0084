package vector

import (
	"testing"

	"github.com/playctl/playctl/pkg/expr"
)

// TestFunctions_areAllInTheTable holds that nobody adds a function to the language without saying what its kernel is, or why it has none.
func TestFunctions_areAllInTheTable(t *testing.T) {
	table := functions()
	for _, name := range expr.Functions() {
		if _, ok := table[name]; !ok {
			t.Errorf("%s is not in the table of functions.go", name)
		}
	}
	for name, f := range table {
		if f.reference == "" || (f.bind == nil) == (f.why == "") {
			t.Errorf("%s has no reference, or neither a kernel nor a reason for having none, or both", name)
		}
	}
}
