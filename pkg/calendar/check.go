package calendar

import (
	"errors"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// Check reports the schedules of a playbook that can't be read. Hours of which there are none were reported when they were read.
func Check(b *playbook.Book) diag.List {
	var problems diag.List
	for _, p := range b.Plays {
		problems.Add(checkSchedule(p.Trigger)...)
	}
	return problems
}

func checkSchedule(t playbook.Trigger) diag.List {
	if t.Kind != playbook.OnBatches || t.Cron == "" && !t.CronAt.Quoted() {
		return nil
	}
	_, err := Parse(t.Cron, t.Zone)
	if wrong := (*CronError)(nil); errors.As(err, &wrong) {
		d := t.CronAt.ProblemAt(wrong.Offset, wrong.Width, "%s", wrong.Message)
		d.Hint = wrong.Hint
		return diag.List{d}
	} else if err != nil {
		return diag.List{t.CronAt.Problem("%s", err)}
	}
	return nil
}
