//go:build real

package real

import (
	"strings"
	"testing"
)

// taskBook has Sam call accounts, and keeps those who agreed in a list of its own.
const taskBook = `playbook: {name: calls, timezone: UTC}
connectors:
  desk: {uses: ./connectors/redmine.yaml, url: "${env.REDMINE_URL}", key: "${env.REDMINE_KEY}", project: sales, key_field: 1, outcome_field: 2}
  notes: {uses: files, dir: ./notes}
entities:
  account: {file: accounts.csv, key: id, plural: accounts, fields: {name: string, lost: bool}, identity: {desk: account.id, notes: account.id}}
roles:
  sales: {assign: '"sam@acme.example"'}
plays:
  PLAY: # another one for each test: effects' keys are made of it
    of: account
    segment: has(account.name)
    trigger: entry
    backfill: true
    on_leave: stay
    exit: [{when: account.lost, reason: lost}]
    steps:
      - id: call
        task: desk.task
        by: sales
        title: PREFIX ${account.name}
        outcomes: [meeting booked, not now]
        due: 3d
        timeout: 20d
        on_timeout: {exit: no contact}
      - choose:
          - when: steps.call.outcome == "meeting booked"
            then: [{add: notes.list, name: Met, create: true}]
          - {else: [{exit: not now}]}
`

// newTaskBook writes it, with the accounts Acme and Bolt, whose issues' subjects begin with the test's name.
func newTaskBook(t *testing.T) *book {
	t.Helper()
	b := newBook(t, map[string]string{"playbook.yaml": strings.NewReplacer("PREFIX", t.Name(), "PLAY", slug(t)).Replace(taskBook)})
	b.write("accounts.csv", "id,name,lost\na-1,Acme,false\na-2,Bolt,false\n")
	return b
}

// subjects gives what an account's issue is called.
func subject(t *testing.T, account string) string { return t.Name() + " " + account }

// only gives the one issue of an account.
func only(t *testing.T, account string) issue {
	t.Helper()
	list := machine.redmine.issues(t, subject(t, account))
	if len(list) != 1 {
		t.Fatalf("%s has %d issues: %v", account, len(list), list)
	}
	return list[0]
}

func TestRedmine_movesOnOnceATaskIsDone(t *testing.T) {
	b := newTaskBook(t)
	says(t, b.play(0, "plan", "-v"), "desk.task", "2")
	b.play(0, "apply", "--yes", "-v")
	acme, bolt := only(t, "Acme"), only(t, "Bolt")
	if acme.Status.IsClosed || acme.DueDate == "" || acme.field("playctl_key") == "" || acme.field("playctl_key") == bolt.field("playctl_key") {
		t.Errorf("the issue: %+v", acme)
	}
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")

	machine.redmine.finish(t, acme.ID, 5, "meeting booked")
	says(t, b.play(0, "plan"), "notes.list")
	b.play(0, "apply", "--yes")
	says(t, b.read("notes/lists/Met.csv"), "a-1")
	saysNot(t, b.read("notes/lists/Met.csv"), "a-2")
	machine.redmine.finish(t, bolt.ID, 5, "not now")
	says(t, b.play(0, "apply", "--yes"), "not now")
	only(t, "Acme")
	only(t, "Bolt")
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
}

func TestRedmine_aTaskThatIsRejectedOrDeletedIsCancelled(t *testing.T) {
	b := newTaskBook(t)
	b.play(0, "apply", "--yes")
	machine.redmine.finish(t, only(t, "Acme").ID, 6, "")
	machine.redmine.remove(t, only(t, "Bolt").ID)
	b.play(0, "apply", "--yes")
	says(t, b.play(0, "account", "a-1"), "no contact")
	says(t, b.play(0, "account", "a-2"), "no contact")
}

func TestRedmine_aTaskOfWhoLeavesIsCalledOff(t *testing.T) {
	b := newTaskBook(t)
	b.play(0, "apply", "--yes")
	b.write("accounts.csv", "id,name,lost\na-1,Acme,true\na-2,Bolt,false\n")
	b.play(0, "apply", "--yes")
	if got := only(t, "Acme").Status; got.Name != "Rejected" {
		t.Errorf("Acme's issue is %s", got.Name)
	}
	if got := only(t, "Bolt").Status; got.IsClosed {
		t.Errorf("Bolt's issue is %s", got.Name)
	}
}

// TestRedmine_aLostAnswerIsLookedUp breaks the connection of the first issue that is made.
func TestRedmine_aLostAnswerIsLookedUp(t *testing.T) {
	for name, how := range map[string]cut{"beforeItActed": unasked, "afterItActed": unanswered} {
		t.Run(name, func(t *testing.T) {
			b := newTaskBook(t)
			p := newProxy(t, machine.redmine.url)
			p.cut = once("POST /issues.json", how)
			b.env["REDMINE_URL"] = p.URL
			b.play(7, "apply", "--yes")
			b.play(0, "apply", "--yes")
			acme := only(t, "Acme")
			only(t, "Bolt")
			machine.redmine.finish(t, acme.ID, 5, "meeting booked")
			b.play(0, "apply", "--yes")
			says(t, b.read("notes/lists/Met.csv"), "a-1")
		})
	}
}

// TestRedmine_aBadKeyIsRefused holds that nobody takes issues for deleted because the key was taken away, whatever Redmine shows to strangers.
func TestRedmine_aBadKeyIsRefused(t *testing.T) {
	for name, public := range map[string]bool{"private": false, "public": true} {
		t.Run(name, func(t *testing.T) {
			machine.redmine.publish(t, public)
			t.Cleanup(func() { machine.redmine.publish(t, false) })
			b := newTaskBook(t)
			b.play(0, "apply", "--yes")
			b.env["REDMINE_KEY"] = badKey
			if !public { // what is public can be asked about without a key
				says(t, b.play(0, "plan"), "asking about 2 open tasks at desk.task", "the setting key is not taken")
			}
			says(t, b.play(1, "connectors", "check"), "desk", "the setting key is not taken")
			b.write("accounts.csv", "id,name,lost\na-1,Acme,false\na-2,Bolt,false\na-3,Cray,false\n")
			says(t, b.play(7, "apply", "--yes"), "desk", "the setting key is not taken")
			if got := machine.redmine.issues(t, subject(t, "Cray")); len(got) != 0 {
				t.Errorf("an issue was made: %v", got)
			}
			b.env["REDMINE_KEY"] = redmineKey
			b.play(0, "apply", "--yes") // makes what was refused
			for _, account := range []string{"Acme", "Bolt", "Cray"} {
				if got := only(t, account).Status; got.IsClosed {
					t.Errorf("%s's issue is %s", account, got.Name)
				}
			}
			says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
		})
	}
}
