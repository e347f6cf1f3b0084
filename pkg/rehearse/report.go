package rehearse

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Report is what happened in a simulation, in numbers. A touch is one message that was sent, or one task that was given.
type Report struct {
	From, To    time.Time // of the first and the last run
	Runs        int
	Refused     int // of them: by a guard, so that nothing was done
	Interrupted bool
	Touches     int
	Added       int // members of collections, and taken out
	Removed     int
	Changed     int // records whose fields were set
	Days        []DayCount
	Channels    []Count // by channel, as steps say it, or else connector and kind; most first
	Roles       []RoleCount
	Plays       []PlayCount
	Records     []RecordCount // with any touch; most first
	Problems    []string      // steps that could not be taken, each once

	book    *playbook.Book
	days    map[string]*DayCount
	roles   map[string]*RoleCount
	plays   map[string]*PlayCount
	channel map[string]int
	records map[state.Record]int
	stuck   map[string]bool
	// refusals are those of guards, by name.
	refusals map[string]*refusal
}

// Count is how many touches something had.
type Count struct {
	Name    string `json:"name"`
	Touches int    `json:"touches"`
}

// DayCount is what happened on a day of the playbook's zone.
type DayCount struct {
	Date    string `json:"date"`
	Touches int    `json:"touches"`
	Tasks   int    `json:"tasks"` // of the touches
	Enters  int    `json:"enters"`
	Exits   int    `json:"exits"`
}

// RoleCount is the work of a role.
type RoleCount struct {
	Role     string `json:"role"`
	Tasks    int    `json:"tasks"`
	Done     int    `json:"done"`
	Breaches int    `json:"sla_breaches"`
	Busiest  int    `json:"busiest_day"` // most tasks given on a day
	perDay   map[string]int
}

// PlayCount is what happened in a play.
type PlayCount struct {
	Play    string         `json:"play"`
	Touches int            `json:"touches"`
	Enters  int            `json:"enters"`
	HeldOut int            `json:"held_out"` // of those who entered
	Exits   map[string]int `json:"exits"`    // by outcome
}

// RecordCount is how often a record was touched.
type RecordCount struct {
	Entity  string `json:"entity"`
	Key     string `json:"key"`
	Touches int    `json:"touches"`
}

// refusal is what a guard refused: how many runs, and why the first.
type refusal struct {
	runs    int
	first   time.Time
	message string
}

// NewReport gives a report of nothing, to be filled with [Report.Add].
func NewReport(b *playbook.Book) *Report {
	return &Report{book: b, days: map[string]*DayCount{}, roles: map[string]*RoleCount{}, plays: map[string]*PlayCount{}, channel: map[string]int{},
		records: map[state.Record]int{}, stuck: map[string]bool{}, refusals: map[string]*refusal{}}
}

// Add counts a run. Its result is nil where a guard refused the plan.
func (r *Report) Add(now time.Time, p *flow.Planned, result *apply.Result) {
	if r.Runs++; r.Runs == 1 {
		r.From = now
	}
	r.To = now
	day := at(r.days, now.In(r.book.Zone).Format(time.DateOnly))
	if result == nil {
		r.Refused++
		for _, v := range p.Plan.Refused() {
			if r.refusals[v.Guard] == nil {
				r.refusals[v.Guard] = &refusal{first: now, message: v.Message}
			}
			r.refusals[v.Guard].runs++
		}
		return
	}
	for i := range p.Plan.Operations {
		if s := result.Outcomes[i].Status; s == apply.Done || s == apply.Already {
			r.operation(day, now, &p.Plan.Operations[i])
		}
	}
	for i := range p.Plan.Members {
		r.member(day, &p.Plan.Members[i])
	}
	for _, x := range p.Plan.Problems {
		r.stuck[x.Play+"."+x.Step+": "+x.Why] = true
	}
	r.tasks(p)
}

// at gives the entry of a name, made if it is not there.
func at[T any](m map[string]*T, name string) *T {
	if m[name] == nil {
		m[name] = new(T)
	}
	return m[name]
}

// operation counts what was done.
func (r *Report) operation(day *DayCount, now time.Time, o *plan.Operation) {
	switch o.Verb {
	case connector.Add:
		r.Added++
		return
	case connector.Remove:
		r.Removed++
		return
	case connector.Set:
		r.Changed++
		return
	case connector.Cancel:
		return
	}
	r.Touches++
	day.Touches++
	at(r.plays, o.Play).Touches++
	r.channel[r.channelOf(o)]++
	r.records[o.Record]++
	if o.Verb == connector.Task {
		day.Tasks++
		role := at(r.roles, o.Role())
		role.Tasks++
		if role.perDay == nil {
			role.perDay = map[string]int{}
		}
		role.perDay[now.In(r.book.Zone).Format(time.DateOnly)]++
	}
}

// channelOf gives the channel of an operation's step, as it says, or else what it speaks to.
func (r *Report) channelOf(o *plan.Operation) string {
	if p := r.book.Play(o.Play); p != nil {
		if s := p.Step(o.Step); s != nil && s.Channel != "" {
			return s.Channel
		}
	}
	return o.Connector + "." + o.Target.Kind
}

// member counts who enters and who leaves.
func (r *Report) member(day *DayCount, m *plan.Member) {
	p := at(r.plays, m.After.Play)
	if m.Enters {
		p.Enters++
		day.Enters++
		if m.After.HeldOut {
			p.HeldOut++
		}
	}
	outcome := m.After.Outcome
	if outcome == "" && m.End != nil {
		outcome = m.End.Outcome
	}
	if outcome != "" && (m.Before == nil || m.Before.Outcome == "") {
		if p.Exits == nil {
			p.Exits = map[string]int{}
		}
		p.Exits[string(outcome)]++
		day.Exits++
	}
}

// tasks counts what became of tasks: done, and not touched within their SLA.
func (r *Report) tasks(p *flow.Planned) {
	if len(p.Plan.Transitions.Tasks) == 0 {
		return
	}
	before := map[string]*state.Task{}
	for i := range p.State.Tasks {
		before[p.State.Tasks[i].Key] = &p.State.Tasks[i]
	}
	for i := range p.Plan.Transitions.Tasks {
		t := &p.Plan.Transitions.Tasks[i]
		was := before[t.Key]
		if was == nil {
			was = &state.Task{}
		}
		if t.Status == state.TaskDone && was.Status != state.TaskDone {
			at(r.roles, t.Role).Done++
		}
		if !t.Breached.IsZero() && was.Breached.IsZero() {
			at(r.roles, t.Role).Breaches++
		}
	}
}

// Finish brings what was counted into its order. More may be added, and it be finished again.
func (r *Report) Finish() {
	r.Days, r.Channels, r.Roles, r.Plays, r.Records = nil, nil, nil, nil, nil
	for _, date := range slices.Sorted(maps.Keys(r.days)) {
		r.days[date].Date = date
		r.Days = append(r.Days, *r.days[date])
	}
	for name, n := range r.channel {
		r.Channels = append(r.Channels, Count{name, n})
	}
	slices.SortFunc(r.Channels, func(a, b Count) int { return cmp.Or(b.Touches-a.Touches, cmp.Compare(a.Name, b.Name)) })
	for _, name := range slices.Sorted(maps.Keys(r.roles)) {
		role := r.roles[name]
		role.Role, role.Busiest = name, 0
		for _, n := range role.perDay {
			role.Busiest = max(role.Busiest, n)
		}
		r.Roles = append(r.Roles, *role)
	}
	for _, name := range slices.Sorted(maps.Keys(r.plays)) {
		r.plays[name].Play = name
		r.Plays = append(r.Plays, *r.plays[name])
	}
	for record, n := range r.records {
		r.Records = append(r.Records, RecordCount{record.Entity, record.Key, n})
	}
	slices.SortFunc(r.Records, func(a, b RecordCount) int {
		return cmp.Or(b.Touches-a.Touches, cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Key, b.Key))
	})
	r.Problems = slices.Sorted(maps.Keys(r.stuck))
	for _, guard := range slices.Sorted(maps.Keys(r.refusals)) {
		x := r.refusals[guard]
		r.Problems = append(r.Problems, fmt.Sprintf("guard %s refused runs (%d), the first on %s: %s", guard, x.runs, clock(x.first, r.book.Zone), x.message))
	}
}
