package statetest

import (
	"reflect"
	"strings"
	"testing"
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

// TestFull_setsEveryField keeps full() from falling behind the types: a field that is added there must be set here.
func TestFull_setsEveryField(t *testing.T) {
	c := full()
	for _, v := range []any{c.Plays[0], c.Members[0], c.Members[0].Track, c.Members[0].Done[0], c.Members[0].Lanes[0],
		c.Members[0].Lanes[0].Track, c.Truths[0], c.Held[0], c.Held[0].Keepers[1], c.Effects[0], c.Tasks[0], c.Seen[0], c.Changes[0], *c.Run, newMeta()} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			if name := value.Type().Field(i).Name; value.Field(i).IsZero() && name != "Serial" {
				t.Errorf("%T.%s is not set", v, name)
			}
		}
	}
}
