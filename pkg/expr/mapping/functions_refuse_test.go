package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/expr/mapping"
)

func TestValue_isRefusedWithTheReason(t *testing.T) {
	_, err := compile(t, `settings.size == 2 ? refuse("there are 2% of them") : "x"`).Value(t.Context(), values)
	if err == nil || errors.Is(err, mapping.ErrAbsent) || !strings.Contains(err.Error(), "there are 2% of them") {
		t.Errorf("%v", err)
	}
}
