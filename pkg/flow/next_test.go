package flow

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/journey"
)

func TestNext_isTheFirstScheduleOrWait(t *testing.T) {
	now := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	in := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	waits := func(due ...time.Time) []journey.Wait {
		var out []journey.Wait
		for _, d := range due {
			out = append(out, journey.Wait{Due: d})
		}
		return out
	}
	var none time.Time
	for name, c := range map[string]struct {
		schedule time.Time
		waits    []journey.Wait
		want     time.Time
	}{
		"nothing":         {none, nil, none},
		"a schedule":      {in(2), nil, in(2)},
		"a wait":          {none, waits(none, in(3), in(1), in(2)), in(1)},
		"a wait before":   {in(2), waits(in(1)), in(1)},
		"a wait after":    {in(2), waits(in(3), none), in(2)},
		"a wait that was": {none, waits(in(-1), now), none}, // held up by something else than time
	} {
		if got := next(now, c.schedule, c.waits); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
