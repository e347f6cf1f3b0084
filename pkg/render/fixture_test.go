package render_test

import (
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// now is the moment of every test.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

var nouns = map[string]string{"account": "accounts", "person": "people", "activity": "activities", "opportunity": "opportunities"}

// many makes n operations like one, for records key-0001 and so on. Ids are addresses, as they often are.
func many(n int, prefix string, like plan.Operation) []plan.Operation {
	out := make([]plan.Operation, n)
	for i := range out {
		o := like
		o.Record.Key = fmt.Sprintf("%s-%04d", prefix, i+1)
		o.ID = o.Record.Key + "@secret.example"
		o.Key, o.Digest = "k-"+o.Play+o.Step+o.Record.Key, "d"
		out[i] = o
	}
	return out
}

func audience(name string) connector.Collection {
	return connector.Collection{Kind: "audience", Name: name}
}

// keep, remove, set and send make an operation of a play's step, for many.
func keep(play, step, entity, conn string, target connector.Collection) plan.Operation {
	return plan.Operation{Verb: connector.Add, Play: play, Step: step, Connector: conn, Target: target, Record: state.Record{Entity: entity},
		Certainty: plan.Known, Holds: []plan.Hold{{Held: state.Held{Ours: true}}, {Keeper: &state.Keeper{Member: "m", Step: step}}}}
}

func remove(play, step, entity, conn string, target connector.Collection) plan.Operation {
	return plan.Operation{Verb: connector.Remove, Play: play, Step: step, Connector: conn, Target: target, Record: state.Record{Entity: entity}, Certainty: plan.Known}
}

func set(play, step, entity, conn, object string, before map[string]string, after map[string]any) plan.Operation {
	return plan.Operation{Verb: connector.Set, Play: play, Step: step, Connector: conn, Target: connector.Collection{Kind: object},
		Record: state.Record{Entity: entity}, Certainty: plan.Known, Before: before, Fields: after}
}

func send(play, step, entity, conn, action string, fields map[string]any) plan.Operation {
	return plan.Operation{Verb: connector.Send, Play: play, Step: step, Connector: conn, Target: connector.Collection{Kind: action},
		Record: state.Record{Entity: entity}, Certainty: plan.Known, Fields: fields, Member: "4f3c9a01"}
}

func entering(play string, n int, prefix string) []plan.Member {
	out := make([]plan.Member, n)
	for i := range out {
		key := fmt.Sprintf("%s-%04d", prefix, i+1)
		out[i] = plan.Member{Enters: true, After: state.Member{Key: "m-" + play + key, Play: play, Record: state.Record{Entity: "account", Key: key}, By: state.ByEdge}}
	}
	return out
}

func leaving(play string, n int, prefix string, outcome state.Outcome, reason string) []plan.Member {
	out := entering(play, n, prefix)
	for i := range out {
		out[i].Enters, out[i].Leaves = false, true
		out[i].Before = &state.Member{}
		out[i].After.Outcome, out[i].After.Reason = outcome, reason
	}
	return out
}

// rich is a plan with something of everything.
func rich() *render.View {
	p := &plan.Plan{Playbook: "acme-gtm", Environment: "staging", Lineage: "2f6c", Serial: 41, At: now, NoOps: 1234, HeldTotal: 900}
	p.Plays = []journey.PlayRun{richIntent(), richMQA(), {Name: "event-invite", Of: "account"}, {Name: "closed-lost", Of: "opportunity"}, {Name: "save-at-risk", Change: journey.Untouched}, {Name: "reengage", Of: "person", Away: 2}}
	p.Creates = []plan.Create{{Place: connector.Place{Connector: "ads", Collection: audience("Intent")}, Step: "intent-nurture.keep_ads"}}
	p.Operations = richOperations()
	p.Members = append(entering("intent-nurture", 98, "a"), entering("mqa-to-sales", 12, "b")...)
	p.Members = append(p.Members, leaving("mqa-to-sales", 3, "c", state.Converted, "")...)
	p.Members = append(p.Members, plan.Member{Before: &state.Member{}, After: state.Member{Play: "mqa-to-sales", Key: "m-d1", Record: state.Record{Entity: "account", Key: "d-0001"}}, End: &journey.End{Outcome: state.Completed}})
	p.Standing = make([]plan.Hold, 4)
	p.Releases = make([]plan.Release, 1)
	p.Conflicts = richConflicts()
	p.Blocked = []plan.Blocked{{Play: "mqa-to-sales", Step: "note", Why: "reading crm.note: status 503 after 5 tries", Count: 2}}
	p.Warnings = []string{"2 events of data/activities.csv are later than now and don't exist yet"}
	p.Verdicts = []plan.Verdict{{Guard: "removals", Holds: true}, {Guard: "entries", Holds: true}, {Guard: "sends", Holds: true}}
	return &render.View{Plan: p,
		Read: []render.Read{{Entity: "account", From: "files", Rows: 1204, Took: 20 * time.Millisecond}, {Entity: "person", From: "files", Rows: 4310, Took: 24 * time.Millisecond},
			{Entity: "activity", From: "files", Rows: 52110, Took: 40 * time.Millisecond}},
		Evaluated: render.Evaluated{Segments: 9, Scores: 2, Stages: 1, Took: 3 * time.Millisecond},
		Compared:  render.Compared{Collections: 6, Fields: 2, Connectors: []string{"ads", "crm", "map"}, Took: 1234 * time.Millisecond},
		Unknown: []render.UnknownSegment{{Segment: "icp", Entity: "account", Count: 37, Missing: []segment.Missing{{What: "account.employees is missing", Count: 30},
			{What: "account.industry is missing", Count: 9}, {What: "account.employees is missing", Count: 12}}}},
		Next: time.Date(2026, 11, 24, 9, 0, 0, 0, time.FixedZone("EST", -5*3600))}
}

func richIntent() journey.PlayRun {
	return journey.PlayRun{Name: "intent-nurture", Of: "account", Change: journey.New,
		Funnel: journey.Funnel{InSegment: 128, Unknown: 37, Matched: 128, GoalMet: 4, ExitHolds: 2, NotReeligible: 9, NotAddressable: 3, HeldOut: 12, Enters: 98, Backfill: true, First: true},
		Left:   map[string]int{}, Unknowns: map[string]int{"step keep_ads: person not addressable in ads": 17},
		NotKnown: []journey.NotKnown{{Entity: "account", Connector: "crm", Why: "it knows no such account", Count: 1, Sample: []string{"a-0201"}},
			{Step: "keep_ads", Entity: "person", Connector: "ads", Why: "it knows no such person", Count: 17, Sample: []string{"p-0301", "p-0302", "p-0303", "p-0304", "p-0305"}},
			{Step: "tell", Entity: "account", Connector: "chat", Why: "two channels have this name", Count: 2, Sample: []string{"a-0202", "a-0203"}}},
		Enters: reasons("", "a-0001", "a-0002", "a-0003", "a-0004")}
}

func richMQA() journey.PlayRun {
	return journey.PlayRun{Name: "mqa-to-sales", Of: "account", Change: journey.Changed, Diff: []string{"step call: when: account.sites > 1 → account.sites > 2"},
		Funnel:  journey.Funnel{InSegment: 60, Matched: 31, NotReeligible: 19, Enters: 12},
		Left:    map[string]int{"converted": 2, "deal lost": 1},
		Waiting: []journey.Waiting{{Step: "call", Why: "account.owner_email is missing", Count: 37}, {Step: "set_stage", Why: "account.stage is missing", Count: 1}},
		Members: 58, Moving: 5, Away: 5, Missing: 2, Priority: 10, Unknowns: map[string]int{"goal is unknown: account.plan is missing": 6},
		Enters: reasons("", "b-0001", "b-0002", "b-0003"),
		Leaves: []journey.Reason{{Key: "c-0001", Outcome: "converted"}, {Key: "c-0002", Outcome: "converted"}, {Key: "c-0003", Outcome: "exited", Because: []string{"deal lost"}}}}
}

func reasons(outcome string, keys ...string) []journey.Reason {
	var out []journey.Reason
	for i, key := range keys {
		out = append(out, journey.Reason{Key: key, Outcome: outcome, Because: []string{fmt.Sprintf(`score("fit") >= 60 (%d)`, 82-i), `account.industry in ["Software", "Fintech"] ("Software")`}})
	}
	return out
}

func richOperations() []plan.Operation {
	ops := many(208, "p", keep("intent-nurture", "keep_ads", "person", "ads", audience("Intent")))
	ops = append(ops, many(98, "a", send("intent-nurture", "tell", "account", "chat", "message", map[string]any{"to": "#sdr", "text": "Account is surging", "score": int64(82)}))...)
	ops = append(ops, many(9, "b", set("mqa-to-sales", "set_stage", "account", "crm", "company", map[string]string{"lifecyclestage": "lead"}, map[string]any{"lifecyclestage": "marketingqualifiedlead"}))...)
	ops = append(ops, many(3, "c", set("mqa-to-sales", "set_stage", "account", "crm", "company", map[string]string{"lifecyclestage": ""}, map[string]any{"lifecyclestage": "marketingqualifiedlead"}))...)
	for i := range 5 {
		o := set("mqa-to-sales", "set_more", "account", "crm", "company", map[string]string{"score": fmt.Sprint(10 * i)}, map[string]any{"score": int64(50 + i), "hot": true})
		o.Certainty = map[bool]plan.Certainty{true: plan.Assumed, false: plan.Known}[true]
		ops = append(ops, many(1, fmt.Sprintf("e%d", i), o)...)
	}
	withdrawn := remove("mqa-to-sales", "keep_map", "person", "map", connector.Collection{Kind: "list", Name: "Nurture 日本"})
	withdrawn.Withdraw = true
	ops = append(ops, many(41, "q", withdrawn)...)
	strangers := many(6, "r", remove("mqa-to-sales", "stop_ads", "person", "ads", audience("Intent")))
	strangers[1].Stranger, strangers[4].Stranger = true, true
	ops = append(ops, strangers...)
	tasks := many(12, "b", send("mqa-to-sales", "call", "account", "crm", "task", map[string]any{"title": "Call"}))
	tasks[3].Attempts = 1
	return append(ops, tasks...)
}

func richConflicts() []plan.Conflict {
	return []plan.Conflict{
		{Place: `ads.audience "Intent"`, Winner: "mqa-to-sales.stop_ads", Loser: "intent-nurture.keep_ads", Priority: [2]int{10, 0}, Wins: "removes", Loses: "keeps", Count: 3, Sample: []string{"p-0007", "p-0009", "p-0011"}},
		{Place: `crm.company ""`, Winner: "intent-nurture.set_stage", Loser: "mqa-to-sales.set_stage", Priority: [2]int{5, 5}, Wins: "sets", Loses: "sets", Count: 1, Sample: []string{"a-0007"}}}
}

// infected is a view that has the same text in the place of everything that comes from elsewhere.
func infected(evil string) *render.View {
	record := state.Record{Entity: evil, Key: evil}
	o := keep(evil, evil, evil, evil, connector.Collection{Kind: evil, Name: evil})
	o.Record.Key = evil
	e := send(evil, "e", evil, evil, evil, map[string]any{evil: []any{evil}})
	e.Record.Key = evil
	operations := []plan.Operation{o, e}
	for i := range 5 {
		s := set(evil, evil, evil, evil, evil, map[string]string{evil: evil}, map[string]any{evil: evil + string(rune('a'+i)), evil + "2": true})
		s.Record.Key = evil
		operations = append(operations, s)
	}
	call := task(evil, evil, evil, 0, 0)
	call.Record.Key, call.Fields[connector.TaskTitle] = evil, evil
	out := remove(evil, evil, evil, evil, connector.Collection{Kind: evil, Name: evil})
	out.Record.Key, out.Any = evil, true
	cancelled := task(evil, evil, evil, 0, 0)
	cancelled.Record.Key, cancelled.Verb = evil, connector.Cancel
	escalation := send(evil, evil+".escalate.1", evil, evil, evil, map[string]any{evil: evil})
	escalation.Record.Key, escalation.Attached = evil, true
	operations = append(operations, call, out, cancelled, escalation)
	counts := map[string]int{evil: 1, evil + evil: 2}
	p := &plan.Plan{Playbook: evil, Environment: evil, At: now, Operations: operations, Creates: []plan.Create{{Place: o.Place(), Step: evil}}, Warnings: []string{evil},
		Verdicts:    []plan.Verdict{{Guard: evil, Message: evil}, {Guard: evil, Holds: true}, {Guard: evil, Allowed: true, Message: evil}},
		Blocked:     []plan.Blocked{{Play: evil, Step: evil, Why: evil, Count: 1}},
		Conflicts:   []plan.Conflict{{Place: evil, Winner: evil, Loser: evil, Wins: evil, Loses: evil, Count: 1, Sample: []string{evil}}},
		Problems:    []journey.Problem{{Play: evil, Step: evil, Why: evil, Count: 1, Sample: []string{evil}}},
		Waits:       []journey.Wait{{Play: evil, Step: evil, Why: evil, Lane: evil, Record: record, Kind: journey.Held}},
		Transitions: state.Changes{Tasks: []state.Task{{Key: "t", Play: evil, Record: record, Status: state.TaskDone, Outcome: evil, Breached: now}}},
		Members: []plan.Member{{After: state.Member{Key: "m", Play: evil, Record: record}, Moves: []plan.Move{{Step: evil, Done: state.StepDone{Outcome: "timed out"}}}},
			{Enters: true, Needs: &journey.Ref{Member: "m", Step: evil}, After: state.Member{Play: evil, Record: record, By: state.ByPlay}}},
		Plays: []journey.PlayRun{
			{Name: evil, Of: evil, Members: 1, Standing: counts, Change: journey.Changed, Diff: []string{evil, "+ " + evil, "- " + evil}, Left: counts, Waiting: []journey.Waiting{{Step: evil, Why: evil, Count: 1},
				{Step: evil, Why: evil + "--allow lateness", Kind: journey.Held, Count: 1}}, Unknowns: counts,
				NotKnown: []journey.NotKnown{{Entity: evil, Connector: evil, Why: evil, Count: 1, Sample: []string{evil}}, {Step: evil, Entity: evil, Connector: evil, Why: evil, Count: 2, Sample: []string{evil, evil}}},
				Funnel:   journey.Funnel{Enrolled: 1, Enters: 5, Unknown: 1}, Enters: []journey.Reason{{Key: evil, Outcome: evil, Because: []string{evil}}}},
			{Name: evil + "2"}, {Name: evil + "3", Change: journey.Untouched}}}
	st := &state.Snapshot{Tasks: []state.Task{{Key: "t", Play: evil, Status: state.TaskOpen}}, Members: []state.Member{{Play: evil, Track: state.Track{Step: evil}}}}
	return &render.View{Plan: p, State: st, Read: []render.Read{{Entity: evil, From: evil, Rows: 1}}, Compared: render.Compared{Collections: 1, Connectors: []string{evil}},
		Unknown: []render.UnknownSegment{{Segment: evil, Entity: evil, Count: 1, Missing: []segment.Missing{{What: evil, Count: 1}}}}}
}

// sized is a plan with n plays that are alike, and as many conflicts and warnings.
func sized(n int) *render.View {
	p := &plan.Plan{Playbook: "acme-gtm", Environment: "production", Lineage: "2f6c", At: now, HeldTotal: 4000}
	for i := range n {
		name := fmt.Sprintf("play-%04d", i+1)
		var keys, gone []string
		for k := range 10 {
			keys, gone = append(keys, fmt.Sprintf("a-%04d", k)), append(gone, fmt.Sprintf("b-%04d", k))
		}
		p.Plays = append(p.Plays, journey.PlayRun{Name: name, Of: "account", Change: journey.Changed, Diff: []string{"step call: sla: 48h → 24h"}, Members: 58,
			Funnel: journey.Funnel{InSegment: 128, Matched: 128, GoalMet: 4, NotReeligible: 9, Enters: 115}, Left: map[string]int{"left the segment": 12},
			Waiting: []journey.Waiting{{Step: "call", Why: "account.owner_email is missing", Count: 3}}, Enters: reasons("", keys...), Leaves: reasons("exited", gone...)})
		p.Operations = append(p.Operations, many(12, "p", keep(name, "keep_ads", "person", "ads", audience("Intent")))...)
		p.Operations = append(p.Operations, many(7, "q", remove(name, "stop_map", "person", "map", connector.Collection{Kind: "list", Name: "Nurture"}))...)
		p.Operations = append(p.Operations, many(5, "a", send(name, "tell", "account", "chat", "message", map[string]any{"to": "#sdr"}))...)
		p.Warnings = append(p.Warnings, "segment "+name+" is empty")
		p.Conflicts = append(p.Conflicts, richConflicts()[0])
	}
	p.Verdicts = []plan.Verdict{{Guard: "removals", Message: "7000 removals of 4000 members held; more than 100 and more than 20% need --allow removals"}}
	return &render.View{Plan: p}
}
