package render_test

import (
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

// task makes an operation that gives people something to do; with a key for {}, many of them have titles that begin alike.
func task(play, step, role string, due, sla time.Duration) plan.Operation {
	t := &state.Task{Play: play, Step: step, Role: role, Assigned: now, DueAt: now.Add(due), SLAAt: now.Add(sla)}
	return plan.Operation{Verb: connector.Task, Play: play, Step: step, Connector: "crm", Target: connector.Collection{Kind: "task"},
		Record: state.Record{Entity: "account"}, Certainty: plan.Known, Member: "4f3c9a01", Task: t,
		Fields: map[string]any{connector.TaskTitle: "Call", connector.TaskAssignee: "sam@acme.example", connector.TaskRole: role, connector.TaskDue: t.DueAt}}
}

// waiting is a plan of plays in which most members wait: for people, times, events and lanes; with tasks and what became of them, members
// who are enrolled by another play, who time out, and who can't go on.
func waiting() *render.View {
	p := &plan.Plan{Playbook: "acme-gtm", Lineage: "2f6c", Serial: 41, At: now, HeldTotal: 4000, NoOps: 12}
	p.Plays = []journey.PlayRun{outreach(), reengagement(), {Name: "welcome", Of: "account", Members: 2, Funnel: journey.Funnel{Enrolled: 1, AlreadyIn: 1}}}
	p.Operations = waitingOperations()
	p.Members = waitingMembers()
	p.Waits = []journey.Wait{{Member: "m1", Record: state.Record{Entity: "account", Key: "a-0001"}, Play: "outreach", Step: "call", Kind: journey.ForTask,
		Why: "task for inside-sales", Since: now.Add(-time.Hour), Due: now.Add(48 * time.Hour)},
		{Member: "m1", Record: state.Record{Entity: "account", Key: "a-0001"}, Play: "outreach", Step: "reply", Lane: "person:p-1", Kind: journey.ForEvents, Why: "x\n  y"}}
	p.Problems = []journey.Problem{{Play: "outreach", Step: "call", Why: "role inside-sales: account.sdr_email is missing, and it has no fallback", Count: 2, Sample: []string{"a-0090", "a-0091"}}}
	p.Verdicts = []plan.Verdict{{Guard: "removals", Holds: true}}
	p.Transitions = state.Changes{Tasks: []state.Task{taskOf("t1", state.TaskDone, "meeting booked", false), taskOf("t2", state.TaskDone, "not now", false),
		taskOf("t3", state.TaskDone, "not now", false), taskOf("t4", state.TaskCancelled, "", false), taskOf("t5", state.TaskOpen, "", true)}}
	zone := time.FixedZone("EST", -5*60*60)
	was := waitingState()
	was.Members[7].Step = "phone"
	return &render.View{Plan: p, State: waitingState(), Was: was, Next: time.Date(2026, 11, 24, 9, 0, 0, 0, zone)}
}

func taskOf(key string, status state.TaskStatus, outcome string, breached bool) state.Task {
	t := state.Task{Key: key, Play: "outreach", Step: "call", Record: state.Record{Entity: "account", Key: "a-" + key}, Role: "inside-sales", Status: status, Outcome: outcome}
	if breached {
		t.Breached = now
	}
	return t
}

func waitingState() *state.Snapshot {
	s := &state.Snapshot{}
	for i := range 5 {
		s.Tasks = append(s.Tasks, taskOf(fmt.Sprintf("t%d", i+1), state.TaskOpen, "", false))
	}
	for i, step := range []string{"call", "call", "call", "wait_1", "", "each", "call", "call"} {
		m := state.Member{Key: fmt.Sprintf("m%d", i+1), Play: "outreach", Record: state.Record{Entity: "account", Key: fmt.Sprintf("a-000%d", i+1)}, Track: state.Track{Step: step}}
		if step == "each" {
			m.Lanes = []state.Lane{{Of: "each", Record: state.Record{Entity: "person", Key: "p-1"}, Track: state.Track{Step: "reply"}}}
		}
		s.Members = append(s.Members, m)
	}
	return s
}

func outreach() journey.PlayRun {
	return journey.PlayRun{Name: "outreach", Of: "account", Change: journey.Changed, Diff: []string{"step call: sla: 48h → 24h"}, Members: 8, Moving: 5, Priority: 10,
		Standing: map[string]int{"call": 5, "wait_1": 1, "each": 1, "": 1},
		Funnel:   journey.Funnel{InSegment: 40, Matched: 31, NotReeligible: 12, Suppressed: 3, Grouped: 2, Limited: 2, Enters: 12},
		Left:     map[string]int{"converted": 2, "no contact": 1, "completed": 1, "timed_out": 1}, Enters: reasons("", "a-0001", "a-0002"),
		Leaves: []journey.Reason{{Key: "a-0101", Outcome: "exited", Because: []string{"no contact"}}, {Key: "a-0102", Outcome: "timed_out", Because: []string{"step call"}}},
		Waiting: []journey.Waiting{{Step: "call", Kind: journey.ForTask, Why: "task for inside-sales", Count: 27, Due: now.Add(48 * time.Hour)},
			{Step: "reply", Kind: journey.ForEvents, Why: "account.activities\n.filter(a, a.type == \"reply\")", Count: 9, Due: now.Add(9 * 24 * time.Hour)},
			{Step: "gift", Kind: journey.Held, Why: "5 days late: --allow lateness does it", Count: 3},
			{Step: "call", Kind: journey.Held, Why: "role inside-sales: account.sdr_email is missing, and it has no fallback", Count: 2},
			{Step: "wait_1", Kind: journey.ForTime, Why: "wait 30d", Count: 1, Due: now.Add(30 * 24 * time.Hour)},
			{Step: "each", Kind: journey.ForLanes, Why: "lanes", Count: 1}, {Kind: journey.Held, Why: "the play is paused", Count: 1}},
		Unknowns: map[string]int{"step remove_any_map_list: suppressed by opted-out": 4}}
}

func reengagement() journey.PlayRun {
	return journey.PlayRun{Name: "reengagement", Of: "account", Members: 4,
		Funnel: journey.Funnel{InSegment: 900, Matched: 1, Enrolled: 3, NotReeligible: 1, Enters: 3}, Enters: reasons("", "a-0201", "a-0202", "a-0301")}
}

func waitingOperations() []plan.Operation {
	ops := many(12, "a", task("outreach", "call", "inside-sales", 50*time.Hour, 24*time.Hour))
	for i := range ops {
		ops[i].Fields = map[string]any{connector.TaskTitle: "Call Acme " + ops[i].Record.Key, connector.TaskAssignee: "sam@acme.example"}
	}
	ops = append(ops, many(1, "b", task("outreach", "visit", "field-sales", 72*time.Hour, 90*time.Minute))...)
	taken := plan.Operation{Verb: connector.Cancel, Play: "outreach", Step: "call", Connector: "crm", Target: connector.Collection{Kind: "task"}, Record: state.Record{Entity: "account"},
		Certainty: plan.Known, Task: &state.Task{Role: "inside-sales"}}
	ops = append(ops, many(2, "c", taken)...)
	for i, name := range []string{"Nurture EMEA", "Nurture EMEA", "Nurture US", "Nurture 1", "Nurture 2"} {
		o := remove("outreach", "remove_any_map_list", "person", "map", connector.Collection{Kind: "list", Name: name})
		o.Any, o.Stranger = true, i < 3
		o = many(i%4+1, "p", o)[i%4]
		o.Key += name
		ops = append(ops, o)
	}
	member := set("outreach", "status", "person", "map", "campaign", map[string]string{"status": "Invited"}, map[string]any{"status": "Attended"})
	member.Target.Name = "Webinar"
	ops = append(ops, many(3, "p", member)...)
	join := keep("outreach", "join", "person", "map", connector.Collection{Kind: "campaign", Name: "Webinar"})
	join.Lane, join.Fields = "person:p-1", map[string]any{"status": "Invited", "source": "playctl"}
	ops = append(ops, many(2, "q", join)...)
	escalation := send("outreach", "call.escalate.1", "account", "chat", "message", map[string]any{"to": "boss"})
	escalation.Attached = true
	return append(ops, many(1, "d", escalation)...)
}

func waitingMembers() []plan.Member {
	lane := state.Lane{Of: "each", Record: state.Record{Entity: "person", Key: "p-1"}, Since: now}
	enters := entering("outreach", 2, "a")
	enters[0].After.Lanes = []state.Lane{lane}
	enters[1].Moves = []plan.Move{{Step: "set_stage"}, {Step: "gate", Done: state.StepDone{ID: "gate", Outcome: "skipped"}}}
	enters[1].Lanes = []plan.LaneMoves{{Lane: "person:p-2", Of: "each", New: &state.Lane{}, Behind: "set_stage", Moves: []plan.Move{{Step: "join"}},
		End: &journey.End{Outcome: state.Completed, At: now}}}
	late := leaving("outreach", 1, "x", "", "")[0]
	late.Leaves, late.After.Key = false, "m-late"
	late.Moves = []plan.Move{{Step: "call", Done: state.StepDone{ID: "call", Outcome: "timed out"}}, {Step: "again"}}
	late.End = &journey.End{Outcome: state.TimedOut, Reason: "step call", At: now}
	out := append(enters, late)
	enrolled := entering("reengagement", 2, "a-02")
	for i := range enrolled {
		enrolled[i].After.Record.Key = fmt.Sprintf("a-020%d", i+1)
		enrolled[i].After.By, enrolled[i].After.From, enrolled[i].Needs = state.ByPlay, "m-late", &journey.Ref{Member: "m-late", Step: "again"}
	}
	return append(out, enrolled...)
}
