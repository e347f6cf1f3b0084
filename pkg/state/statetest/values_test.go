package statetest

import (
	"reflect"
	"testing"
)

// TestFull_setsEveryField keeps full() from falling behind the types: a field that is added there must be set here.
func TestFull_setsEveryField(t *testing.T) {
	c := full()
	for _, v := range []any{c.Plays[0], c.Members[0], c.Members[0].Done[0], c.Truths[0], c.Held[0], c.Held[0].Keepers[0], c.Effects[0], c.Seen[0],
		c.Changes[0], *c.Run, newMeta()} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			if name := value.Type().Field(i).Name; value.Field(i).IsZero() && name != "Serial" {
				t.Errorf("%T.%s is not set", v, name)
			}
		}
	}
}
