package statetest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// TestGone_namesEveryTable keeps gone, and with it the tests of removal, from falling behind: every list of Changes has one of what goes.
func TestGone_namesEveryTable(t *testing.T) {
	value := reflect.ValueOf(gone(full()))
	for i := range value.NumField() {
		if name := value.Type().Field(i).Name; strings.HasSuffix(name, "Gone") && value.Field(i).IsZero() {
			t.Errorf("%s is not set", name)
		}
		if gone := full(); value.Type().Field(i).Type.Kind() == reflect.Slice && !strings.HasSuffix(value.Type().Field(i).Name, "Gone") &&
			reflect.ValueOf(gone).Field(i).IsZero() {
			t.Errorf("full has no %s", value.Type().Field(i).Name)
		}
	}
}

// mayBeZero are fields that full() leaves, and another test sets.
var mayBeZero = map[reflect.Type][]string{
	reflect.TypeFor[state.Meta](): {"Serial", "MovedTo"},
}

// TestFull_setsEveryField keeps full() from falling behind the types: a field that is added there must be set here.
func TestFull_setsEveryField(t *testing.T) {
	c := full()
	for _, v := range []any{c.Plays[0], c.Members[0], c.Members[0].Track, c.Members[0].Done[0], c.Members[0].Lanes[0],
		c.Members[0].Lanes[0].Track, c.Truths[0], c.Held[0], c.Held[0].Keepers[1], c.Effects[0], c.Tasks[0], c.Seen[0], c.Changes[0], *c.Run, c.Failures[0],
		c.Erased[0], c.Pages[2], newMeta()} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			if name := value.Type().Field(i).Name; value.Field(i).IsZero() && !slices.Contains(mayBeZero[reflect.TypeOf(v)], name) {
				t.Errorf("%T.%s is not set", v, name)
			}
		}
	}
}
