package rehearse_test

import (
	"context"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/rehearse"
)

// BenchmarkSimulate_quickstart is 90 days of the quickstart.
func BenchmarkSimulate_quickstart(b *testing.B) {
	w := &flow.World{Dir: "../../examples/quickstart", Clock: time.Now, Getenv: func(string) string { return "" }, Drivers: all.Drivers()}
	for b.Loop() {
		p, problems, err := flow.Validate(w, flow.Inputs{})
		if err != nil || problems.Errors() > 0 {
			b.Fatal(err, problems)
		}
		from := time.Date(2026, 9, 1, 13, 0, 0, 0, time.UTC)
		report, err := rehearse.Simulate(context.Background(), &rehearse.Simulation{World: w, Program: p, From: from, To: from.AddDate(0, 0, 90), Every: 24 * time.Hour, Tasks: rehearse.Diligent})
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d runs, %d touches, plays %+v", report.Runs, report.Touches, report.Plays)
	}
}
