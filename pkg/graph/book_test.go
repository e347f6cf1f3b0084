package graph_test

import (
	"time"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

const day = 24 * time.Hour

func cel(text string) playbook.Expr { return playbook.ArgumentExpr("test", text) }

func text(s string) *playbook.Template { return &playbook.Template{Text: s} }

func after(s string) playbook.Span {
	span, err := playbook.ParseSpan(s)
	if err != nil {
		panic(err)
	}
	return span
}

func roles(names ...string) []playbook.Name {
	var out []playbook.Name
	for _, n := range names {
		out = append(out, playbook.Name{Text: n})
	}
	return out
}

func enroll(play string) *playbook.Step {
	return &playbook.Step{ID: "enroll_" + play, Made: true, Verb: playbook.Enroll, Play: play}
}

func exit(reason string) *playbook.Step {
	return &playbook.Step{ID: "exit", Made: true, Verb: playbook.Leaves, Reason: reason}
}

func step(verb playbook.Verb, connector, object string) *playbook.Step {
	return &playbook.Step{Made: true, Verb: verb, Connector: connector, Object: object}
}

func named(s *playbook.Step, name string) *playbook.Step {
	s.Name = text(name)
	return s
}

func whole(s *playbook.Step, forWhom ...string) *playbook.Step {
	for _, x := range forWhom {
		s.For = append(s.For, cel(x))
	}
	return s
}

// plain is an account with people and their activities.
func plain() *playbook.Book {
	return &playbook.Book{Name: "acme-gtm", Zone: time.UTC,
		Entities: []*playbook.Entity{
			{Name: "account", Key: "id", Plural: "accounts", Fields: []playbook.Field{{Name: "industry", Type: frame.Type{Kind: frame.String}}, {Name: "employees", Type: frame.Type{Kind: frame.Int}},
				{Name: "health", Type: frame.Type{Kind: frame.String}}}},
			{Name: "person", Key: "id", Plural: "people", Parents: []playbook.Parent{{Column: "account_id", Entity: "account"}},
				Fields: []playbook.Field{{Name: "opted_out", Type: frame.Type{Kind: frame.Bool}}}}},
		Routes: []*playbook.Route{{Name: "owner", Of: "account", Rules: []playbook.RouteRule{{When: cel("account.employees > 999"), To: playbook.Name{Text: "field-sales"}}, {To: playbook.Name{Text: "inside-sales"}}}}},
		Groups: []*playbook.Group{{Name: "sales-outreach", Of: "account", AtMost: 1}}}
}

// acme is the playbook of most tests: every kind of link, a circle of plays, a group, mutes, a paused play.
func acme() *playbook.Book {
	b := plain()
	b.Segments = []*playbook.Segment{
		{Name: "big", Of: "account", Where: cel("account.employees >= 1000")},
		{Name: "icp", Of: "account", Where: cel(`account.industry in ["Software", "Fintech"] && account.employees >= 200`)},
		{Name: "in-market", Of: "account", Where: cel(`segment("icp") && account.health != "red"`)},
		{Name: "key-accounts", Of: "account", List: "lists/key_accounts.csv"},
		{Name: "strategic", Of: "account", Where: cel(`segment("big") && segment("key-accounts") && !finished("closed-lost", "*")`)}}
	b.Scores = []*playbook.Score{{Name: "fit", Of: "account", Max: 100, Rules: []*playbook.ScoreRule{{Points: 40, When: cel(`segment("icp")`)},
		{Points: 5, Each: cel("account.people"), As: "p", When: cel(`!p.opted_out && segment("big")`)}}}}
	b.Stages = []*playbook.StageModel{{Name: "journey", Of: "account", Stages: []*playbook.Stage{{Name: "target", When: cel(`segment("icp")`)}, {Name: "mqa", When: cel(`score("fit") >= 60`)}}}}
	b.Plays = []*playbook.Play{
		{Name: "closed-lost", Category: "closed-lost", Of: "account", Segment: cel(`account.industry == "lost"`), Trigger: playbook.Trigger{Kind: playbook.OnWhen, Expr: cel(`account.health == "lost"`)},
			Steps: []*playbook.Step{{ID: "cool", Verb: playbook.Wait, Wait: after("90d")}, enroll("reengagement")}},
		intent(), mqa(), reengagement(), save(),
		{Name: "site-survey", Category: "shake-the-tree", Owner: "marketing", Of: "account", Named: "strategic", Status: playbook.Paused, Trigger: playbook.Trigger{Kind: playbook.OnBatches, Cron: "0 8 * * MON"},
			Steps: []*playbook.Step{step(playbook.Send, "map", "email"), enroll("site-survey")}}}
	return b
}

func intent() *playbook.Play {
	people := "account.people.filter(p, !p.opted_out)"
	click := &playbook.Step{ID: "click", Verb: playbook.WaitFor, Expr: cel(`person.activities.filter(a, a.type == "ad_click")`)}
	lanes := &playbook.Step{Made: true, Verb: playbook.Each, For: []playbook.Expr{cel(people)},
		Steps: []*playbook.Step{click, named(step(playbook.Keep, "map", "program"), "Nurture - ${steps.click.event.campaign}")}}
	return &playbook.Play{Name: "intent-and-engagement", Category: "intent", Owner: "marketing", Of: "account", Named: "in-market", Backfill: true,
		Trigger: playbook.Trigger{Kind: playbook.OnEntry}, Reentry: playbook.Reentry{Mode: playbook.After, After: 180 * day}, Group: "sales-outreach",
		Goal:     cel(`account.activities.filter(a, a.type in ["email_click", "content_download", "form_fill"] && a.campaign.startsWith("Nurture"))`),
		GoalThen: []*playbook.Step{named(step(playbook.Add, "crm", "list"), "MQA audience"), enroll("mqa-outreach")},
		Exits: []playbook.Exit{{When: cel("account.opportunities.exists(o, o.open)"), Reason: "opportunity open"},
			{Quiet: 30 * day, Reason: "silent", Then: []*playbook.Step{enroll("reengagement")}}},
		Steps: []*playbook.Step{whole(named(step(playbook.Keep, "ads", "audience"), "Early intent"), people), lanes}}
}

func mqa() *playbook.Play {
	keep := whole(named(step(playbook.Keep, "sales", "sequence"), "MQA outbound"), `account.people.filter(p, !p.opted_out && p.level in ["c_level", "vp"])`)
	keep.Order, keep.Limit = cel("-person.score"), 5
	call := &playbook.Step{ID: "call", Verb: playbook.Task, Connector: "crm", Object: "task", By: roles("owner"), Title: text("Call ${account.name}"), Due: after("2 business days"), SLA: after("24h"),
		Outcomes: []string{"meeting booked", "not now", "wrong person"}, Timeout: playbook.Timeout{After: after("5 business days")}, OnTimeout: []*playbook.Step{exit("no contact")},
		Escalate: []playbook.Escalate{{After: after("2 business days"), Send: &playbook.Step{Verb: playbook.Send, Connector: "chat", Object: "message", To: roles("sdr-manager")}}}}
	choose := &playbook.Step{Made: true, Verb: playbook.Choose, Branches: []playbook.Branch{
		{Name: "1", When: cel(`steps.call.outcome == "not now"`), Steps: []*playbook.Step{{Made: true, Verb: playbook.Wait, Wait: after("30d")}, enroll("reengagement")}},
		{Name: "elsewhere", When: cel(`steps.call.outcome == "wrong person" || steps.call.answers.next_step == "write"`), Steps: []*playbook.Step{step(playbook.Send, "map", "email")}},
		{Name: "else", Steps: []*playbook.Step{exit("worked")}}}}
	return &playbook.Play{Name: "mqa-outreach", Title: "Hand marketing-qualified accounts to one-to-one sales outreach", Category: "mqa", Owner: "marketing", Of: "account",
		Segment: cel(`stage("journey") == "mqa"`), Trigger: playbook.Trigger{Kind: playbook.OnEntry}, Backfill: true, Priority: 10, Limit: 50, Order: cel(`score("fit")`),
		Reentry: playbook.Reentry{Mode: playbook.After, After: 90 * day}, Group: "sales-outreach", Mute: []playbook.Mute{{Channel: "ads"}}, Holdout: 0.1,
		Goal:  cel(`account.activities.filter(a, a.type == "meeting")`),
		Exits: []playbook.Exit{{When: cel("account.opportunities.exists(o, o.open)"), Reason: "opportunity open"}, {After: after("21d"), Reason: "no meeting", Then: []*playbook.Step{enroll("reengagement")}}},
		Steps: []*playbook.Step{{Made: true, Verb: playbook.Set, Connector: "crm", Object: "account", Fields: []playbook.Argument{{Name: "account_status", Value: playbook.Value{Literal: "MQA"}}}},
			{Made: true, Verb: playbook.RemoveAny, Connector: "map", Object: "program", Allow: []string{"Nurture *"}, For: []playbook.Expr{cel("account"), cel("account.people")}}, keep, call, choose}}
}

func reengagement() *playbook.Play {
	note := &playbook.Step{ID: "note", Verb: playbook.Task, Connector: "crm", Object: "task", By: roles("ae"), Title: text("Write a personal message for ${account.name}'s package"), Due: after("3 business days"),
		Timeout: playbook.Timeout{After: after("15 business days")}, OnTimeout: []*playbook.Step{exit("message not written")}}
	split := &playbook.Step{Made: true, Verb: playbook.Split, Branches: []playbook.Branch{
		{Name: "gift", Weight: 2, Steps: []*playbook.Step{named(step(playbook.Send, "gifts", "package"), "We Miss You")}},
		{Name: "letter", Weight: 1, Steps: []*playbook.Step{step(playbook.Send, "map", "email")}}}}
	return &playbook.Play{Name: "reengagement", Title: "We Miss You!", Category: "shake-the-tree", Owner: "sales", Of: "account", Segment: cel(`segment("icp") && account.health == "quiet"`),
		Trigger: playbook.Trigger{Kind: playbook.OnEntry}, Reentry: playbook.Reentry{Mode: playbook.Always, Max: 3}, OnLeave: playbook.Leave,
		Goal: cel("account.activities.filter(a, a.inbound)"), GoalThen: []*playbook.Step{enroll("intent-and-engagement")},
		Steps: []*playbook.Step{named(step(playbook.Keep, "gifts", "campaign"), "We Miss You"), note, split, {Made: true, Verb: playbook.Wait, Wait: after("30d")}, exit("no answer")}}
}

func save() *playbook.Play {
	plan := &playbook.Step{ID: "plan", Verb: playbook.Task, Connector: "crm", Object: "task", By: roles("csm"), Title: text("Save plan for ${account.name}"), Due: after("3 business days"), Await: playbook.AwaitNone}
	recovered := &playbook.Step{ID: "recovered", Verb: playbook.WaitFor, Expr: cel(`account.health == "green"`), Timeout: playbook.Timeout{After: after("45d")}, Resume: true}
	sponsor := &playbook.Step{ID: "sponsor", Verb: playbook.Task, Connector: "crm", Object: "task", By: roles("cs-manager", "csm"), Title: text("Executive sponsor calls"), Timeout: playbook.Timeout{Quiet: 10 * day},
		When: cel(`steps.recovered.outcome == "timed out"`)}
	renewal := &playbook.Step{ID: "renewal", Verb: playbook.WaitUntil, Expr: cel("account.renewal_at - days(30)"), IfPast: playbook.PastSkip}
	return &playbook.Play{Name: "save-at-risk", Category: "closed-won", Owner: "customer-success", Of: "account", Segment: cel(`account.health == "red" && segment("big")`), Priority: 90,
		Trigger: playbook.Trigger{Kind: playbook.Manual}, Reentry: playbook.Reentry{Mode: playbook.Per, Per: cel("account.renewal_at")},
		Mute: []playbook.Mute{{Channel: "ads"}, {Channel: "map"}}, Goal: cel(`account.health == "green"`),
		Steps: []*playbook.Step{{Made: true, Verb: playbook.Send, Connector: "chat", Object: "message", To: roles("csm", "ae"), Window: &playbook.Window{Calendar: "support"}}, plan, recovered, sponsor, renewal,
			{Made: true, Verb: playbook.Each, Await: playbook.AwaitNone, For: []playbook.Expr{cel("account.people")}, Steps: []*playbook.Step{step(playbook.Send, "map", "email"), exit("told")}},
			{Made: true, Verb: playbook.Each, Await: playbook.AwaitFirst, For: []playbook.Expr{cel("account.people")}, Steps: []*playbook.Step{{ID: "reply", Verb: playbook.WaitFor, Expr: cel("person.replies"), Timeout: playbook.Timeout{After: after("5d")}}}}}}
}
