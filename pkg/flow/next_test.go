package flow

import (
	"testing"
	"time"
)

func TestNext_isTheFirstScheduleOrWhatIsDue(t *testing.T) {
	now := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	in := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	var none time.Time
	for name, c := range map[string]struct{ schedule, due, want time.Time }{
		"nothing":       {none, none, none},
		"a schedule":    {in(2), none, in(2)},
		"a wait":        {none, in(1), in(1)},
		"a wait before": {in(2), in(1), in(1)},
		"a wait after":  {in(2), in(3), in(2)},
	} {
		if got := next(c.schedule, c.due); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
