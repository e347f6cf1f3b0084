package flow_test

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// lives is the playbook of the tests of member life: accounts with people, deals and activities, of which e-mails of ours are no engagement.
const lives = `
playbook: {name: house, timezone: UTC}
connectors: {desk: {uses: desk}, other: {uses: other}}
entities:
  account:
    file: account.csv
    key: id
    fields: {name: string, tier: string, stage: string, size: int, rep: string, renewal: timestamp, hush: bool}
    identity: {desk: account.id, other: account.id}
  person:
    file: person.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string, role: string, rank: int, rep: string, hush: bool}
    identity: {desk: person.email, other: person.email}
  deal: {file: deal.csv, key: id, parent: account_id -> account, plural: deals, fields: {stage: string, hush: bool}, identity: {desk: deal.id}}
  activity:
    file: activity.csv
    parent: [account_id -> account, person_id -> person]
    plural: activities
    time: at
    engagement: activity.type != "email"
    fields: {type: string, at: timestamp, n: int}
roles: {rep: {assign: account.rep}, field: {assign: account.rep, fallback: queue@x}, boss: {fallback: boss@x}}
`

// lifeColumns are those of each entity's file.
var lifeColumns = map[string][]string{
	"account":  {"id", "name", "tier", "stage", "size", "rep", "renewal", "hush"},
	"person":   {"id", "account_id", "email", "role", "rank", "rep", "hush"},
	"deal":     {"id", "account_id", "stage", "hush"},
	"activity": {"account_id", "person_id", "type", "at", "n"},
}

// life is a house whose playbook is [lives].
type life struct{ *house }

// newLife makes a house with these plays, whose calendar times are in UTC or in a zone.
func newLife(t *testing.T, plays string, zone ...string) *life {
	t.Helper()
	l := &life{newHouse(t, plays)}
	for _, z := range zone {
		l.write("nouns.yaml", strings.Replace(lives, "timezone: UTC", "timezone: "+z, 1))
	}
	if len(zone) == 0 {
		l.write("nouns.yaml", lives)
	}
	for entity := range lifeColumns {
		l.table(entity, "")
	}
	return l
}

// course writes play p of gold accounts, which enter at once. more are keys of its own, parted by semicolons.
func course(more string, steps ...string) string { return "plays:" + stage("p", more, steps...) }

// stage writes one play of gold accounts, or of the segment that more says.
func stage(name, more string, steps ...string) string {
	text := "\n  " + name + ":"
	for _, key := range []string{"of: account", `segment: account.tier == "gold"`, "trigger: entry", "backfill: true", "on_leave: stay"} {
		word, _, _ := strings.Cut(key, ":")
		if word == "backfill" && (strings.Contains(more, "cron:") || strings.Contains(more, "trigger: manual")) {
			continue
		}
		if !strings.HasPrefix(more, word+":") && !strings.Contains(more, "; "+word+":") {
			text += "\n    " + key
		}
	}
	if more != "" {
		text += "\n    " + strings.ReplaceAll(more, "; ", "\n    ")
	}
	return text + "\n    steps:\n      - " + strings.Join(steps, "\n      - ") + "\n"
}

// table writes an entity's file: columns named in the first line, cells apart by spaces, - for a missing one.
func (l *life) table(entity, table string) {
	l.Helper()
	l.tell("%s:\n%s", entity, table)
	var b strings.Builder
	w := csv.NewWriter(&b)
	cells := [][]string{lifeColumns[entity]}
	var names []string
	for _, line := range strings.Split(table, "\n") {
		parts := strings.Fields(line)
		switch {
		case len(parts) == 0:
		case names == nil:
			names = parts
		default:
			row := make([]string, len(lifeColumns[entity]))
			for i, cell := range parts {
				at := slices.Index(lifeColumns[entity], names[i])
				if at < 0 {
					l.Fatalf("%s has no column %s", entity, names[i])
				}
				if cell != "-" {
					row[at] = cell
				}
			}
			cells = append(cells, row)
		}
	}
	if err := w.WriteAll(cells); err != nil {
		l.Fatal(err)
	}
	l.write(entity+".csv", b.String())
}

func (l *life) accounts(table string) { l.Helper(); l.table("account", table) }
func (l *life) people(table string)   { l.Helper(); l.table("person", table) }
func (l *life) deals(table string)    { l.Helper(); l.table("deal", table) }

// events writes all activities there are: the account or account/person, the type, the time since the start, maybe n.
func (l *life) events(lines ...string) {
	l.Helper()
	table := "account_id person_id type at n\n"
	for _, line := range lines {
		parts := append(strings.Fields(line), "-")
		account, person, _ := strings.Cut(parts[0], "/")
		if person == "" {
			person = "-"
		}
		table += strings.Join([]string{account, person, parts[1], start.Add(l.span(parts[2])).Format(time.RFC3339), parts[3]}, " ") + "\n"
	}
	l.table("activity", table)
}

// span reads a time such as 3d, 2d12h and -1h.
func (l *life) span(text string) time.Duration {
	l.Helper()
	var d time.Duration
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil {
			l.Fatal(err)
		}
		if d = time.Duration(n) * day; rest == "" {
			return d
		}
		text = rest
	}
	more, err := time.ParseDuration(text)
	if err != nil {
		l.Fatal(err)
	}
	return d + more
}

// later lets time pass and applies.
func (l *life) later(text string, options ...flow.Options) *flow.Planned {
	l.Helper()
	l.wait(l.span(text))
	return l.apply(options...)
}

// until sets the clock to a time, such as 2026-03-06T15:00Z, and applies.
func (l *life) until(text string) *flow.Planned {
	l.Helper()
	l.clock(text)
	return l.apply()
}

// clock sets the clock.
func (l *life) clock(text string) {
	l.Helper()
	l.now, l.ticks = l.time(text), 0
}

func (l *life) time(text string) time.Time {
	l.Helper()
	at, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		l.Fatal(err)
	}
	return at
}

// stands holds at which step of play p a record stands; "" for past the last.
func (l *life) stands(key, step string) {
	l.Helper()
	if m := l.member("p", key); !m.Active() || m.Step != step {
		l.Errorf("%s stands on %q (%s), want %q", key, m.Step, m.Outcome, step)
	}
}

// did holds which steps of play p a record took, each as id=outcome.
func (l *life) did(key string, want ...string) {
	l.Helper()
	var got []string
	for _, d := range l.member("p", key).Done {
		got = append(got, d.ID+"="+d.Outcome)
	}
	if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
		l.Errorf("steps that %s took (-want +got):\n%s", key, d)
	}
}

// out holds how a record's membership of play p ended, as outcome or outcome: reason.
func (l *life) out(key, want string) {
	l.Helper()
	m := l.member("p", key)
	got := string(m.Outcome)
	if m.Reason != "" && m.Outcome != state.TimedOut {
		got += ": " + m.Reason
	}
	if m.Active() {
		got = "active"
	}
	if got != want {
		l.Errorf("%s ended as %q, want %q", key, got, want)
	}
}

// task gives the last task of a record.
func (l *life) task(key string) state.Task {
	l.Helper()
	var last *state.Task
	all := l.snapshot().Tasks
	for i := range all {
		if t := &all[i]; t.Record.Key == key && (last == nil || last.Status != state.TaskOpen || t.Status == state.TaskOpen && t.Assigned.After(last.Assigned)) {
			last = t
		}
	}
	if last == nil {
		l.Fatalf("%s has no task", key)
	}
	return *last
}

// finish has a person finish a record's task at a time since the start. answers are name and value in turn.
func (l *life) finish(key, outcome, at string, answers ...string) {
	l.Helper()
	form := map[string]string{}
	for i := 0; i+1 < len(answers); i += 2 {
		form[answers[i]] = answers[i+1]
	}
	if err := l.desk.CompleteTask(l.task(key).Receipt, outcome, form, start.Add(l.span(at))); err != nil {
		l.Fatal(err)
	}
}

// given gives the titles of the tasks that were given out, each with whom it is for.
func (l *life) given(want ...string) {
	l.Helper()
	var got []string
	for _, b := range l.desk.Batches() {
		for _, item := range b.Items {
			if b.Verb == connector.Task {
				got = append(got, connector.Text(item.Fields[connector.TaskTitle])+" "+connector.Text(item.Fields[connector.TaskAssignee]))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
		l.Errorf("tasks (-want +got):\n%s", d)
	}
}

// invalid holds that plays are refused with a problem that has these words.
func (l *life) invalid(plays, words string) {
	l.Helper()
	l.plays(plays)
	_, problems, err := flow.Validate(l.world(), flow.Inputs{Inputs: playbook.Inputs{}})
	if err != nil {
		l.Fatal(err)
	}
	if err := problems.Err(); err == nil || !strings.Contains(err.Error(), words) {
		l.Errorf("problems: %v, want %q", err, words)
	}
}

// event is an expression for the activities of a type.
func event(kind string) string { return `'account.activities.filter(a, a.type == "` + kind + `")'` }
