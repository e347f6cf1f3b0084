package render_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/render"
)

func simulation() *render.Simulation {
	v := &render.Simulation{From: now.AddDate(0, 0, -29), To: now, Runs: 30, Planned: 30, Touches: 1204, Added: 98, Removed: 12, Changed: 7, Touched: 411, TaskHabit: "nobody does them",
		Channels: []render.SimulatedCount{{Name: "email", Touches: 1100}, {Name: "crm.task", Touches: 104}},
		Roles:    []render.SimulatedRole{{Role: "sdr", Tasks: 100, Done: 7, Breaches: 93, Busiest: 40}, {Role: "", Tasks: 4}},
		Plays: []render.SimulatedPlay{{Play: "intent", Touches: 1100, Enters: 98, HeldOut: 12, Exits: map[string]int{"timed_out": 3, "converted": 2}},
			{Play: "mqa", Touches: 104}},
		Records:  []render.SimulatedRecord{{Entity: "account", Key: "a-0192", Touches: 12}, {Entity: "person", Key: "p|`\x1b[1m", Touches: 9}},
		Problems: []string{"mqa.call: nobody has the role sdr"}}
	for i := range 30 {
		v.Days = append(v.Days, render.SimulatedDay{Date: fmt.Sprintf("2026-10-%02d", i+1), Touches: i * 3 % 17, Tasks: i % 2, Enters: i % 3})
	}
	return v
}

func TestSimulation(t *testing.T) {
	golden(t, "simulation.txt", func(w io.Writer) error { return printer(render.Options{}).Simulation(w, simulation()) })
	golden(t, "simulation_full.txt", func(w io.Writer) error {
		v := simulation()
		v.Runs, v.Refused = 11, 2
		return printer(render.Options{Color: true, Full: true, Zone: time.FixedZone("EST", -5*3600)}).Simulation(w, v)
	})
	golden(t, "simulation_nothing.txt", func(w io.Writer) error {
		return printer(render.Options{}).Simulation(w, &render.Simulation{From: now, To: now, Runs: 1, Planned: 1, TaskHabit: "nobody does them"})
	})
	golden(t, "simulation.md", func(w io.Writer) error { return printer(render.Options{}).SimulationMarkdown(w, simulation()) })
	valid(t, golden(t, "simulation.json", func(w io.Writer) error { return render.SimulationJSON(w, simulation()) }))
	valid(t, golden(t, "simulation_nothing.json", func(w io.Writer) error {
		return render.SimulationJSON(w, &render.Simulation{From: now, To: now, Runs: 1, Planned: 2})
	}))
}
