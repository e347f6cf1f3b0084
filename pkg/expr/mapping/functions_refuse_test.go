package mapping_test

import (
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/expr/mapping"
)

func TestValue_isRefusedWithTheReason(t *testing.T) {
	_, err := compile(t, `settings.size == 2 ? refuse("there are 2% of them") : "x"`).Value(t.Context(), values)
	if err == nil || errors.Is(err, mapping.ErrAbsent) || err.Error() != "there are 2% of them" {
		t.Errorf("%v", err)
	}
}

func TestValue_aRefusalIsToldWithoutTheExpressionAroundIt(t *testing.T) {
	for _, text := range []string{`merge({"a": settings.size == 2 ? refuse("no such key is set") : 1}, {"b": 2})`, `["x", refuse("no such key is set")].join(",")`} {
		_, err := compile(t, text).Value(t.Context(), values)
		if err == nil || errors.Is(err, mapping.ErrAbsent) || err.Error() != "no such key is set" {
			t.Errorf("%s: %v", text, err)
		}
	}
}
