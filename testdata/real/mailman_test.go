//go:build real

package real

import (
	"fmt"
	"strings"
	"testing"
)

// listBook keeps who wants it on a list.
const listBook = `playbook: {name: lists, timezone: UTC}
connectors:
  lists: {uses: ./connectors/mailman.yaml, url: "${env.MAILMAN_URL}", password: "${env.MAILMAN_PASSWORD}"}
entities:
  person: {file: people.csv, key: id, plural: people, fields: {email: string, wants: bool}, identity: {lists: person.email}}
plays:
  news:
    of: person
    segment: person.wants
    trigger: entry
    backfill: true
    on_leave: exit
    steps:
      - keep: lists.list
        name: LIST
`

// newListBook writes it for a list, with people: "ann yes" is one who wants it.
func newListBook(t *testing.T, list string, people ...string) *book {
	t.Helper()
	b := newBook(t, map[string]string{"playbook.yaml": strings.ReplaceAll(listBook, "LIST", list)})
	b.people(people...)
	return b
}

// people writes who there is.
func (b *book) people(people ...string) {
	b.t.Helper()
	text := "id,email,wants\n"
	for _, p := range people {
		name, wants, _ := strings.Cut(p, " ")
		text += "p-" + name + "," + address(b.t, name) + "," + wants + "\n"
	}
	b.write("people.csv", text)
}

// address gives one of a test's own, by a name; a name with an @, or a ?, is itself.
func address(t *testing.T, name string) string {
	if strings.ContainsAny(name, "@?") {
		return name
	}
	return name + domain(t)
}

// domain gives where a test's addresses are.
func domain(t *testing.T) string { return "@" + slug(t) + ".example" }

// slug gives a test's name as names of hosts and lists are.
func slug(t *testing.T) string {
	return strings.NewReplacer("_", "-", "/", "-").Replace(strings.ToLower(t.Name()[len("Test"):]))
}

// on fails the test unless those, and nobody else, are on a list.
func on(t *testing.T, list string, names ...string) {
	t.Helper()
	var want []string
	for _, n := range names {
		want = append(want, address(t, n))
	}
	if got := machine.mailman.members(t, list); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("on the list are %q, want %q", got, want)
	}
}

func TestMailman_keepsWhoShallBeOnAList(t *testing.T) {
	list := machine.mailman.list(t, "news")
	b := newListBook(t, list, "ann true", "Bob true", "cyd true", "dan false")
	machine.mailman.subscribe(t, list, address(t, "cyd")) // by herself
	machine.mailman.subscribe(t, list, address(t, "eve")) // of whom the playbook knows nothing
	says(t, b.play(0, "plan", "-v"), "keep", "lists.list", list)
	b.play(0, "apply", "--yes", "-v")
	on(t, list, "ann", "bob", "cyd", "eve")
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
	machine.exim.settled(t, domain(t), 4) // a welcome for each

	machine.mailman.unsubscribe(t, list, address(t, "ann")) // drift
	says(t, b.play(2, "drift"), "p-ann")
	b.play(0, "apply", "--yes")
	on(t, list, "ann", "bob", "cyd", "eve")

	b.people("ann false", "Bob true", "cyd true", "dan false")
	b.play(0, "apply", "--yes")
	on(t, list, "bob", "cyd", "eve")
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
}

func TestMailman_whoIsOnTheListAlreadyGetsNoSecondWelcome(t *testing.T) {
	list := machine.mailman.list(t, "news")
	p := newProxy(t, machine.mailman.url)
	p.before = func(request string) { // she subscribes between the reading and the writing
		if request == "POST /3.1/members" && len(machine.mailman.members(t, list)) == 0 {
			machine.mailman.subscribe(t, list, address(t, "ann"))
		}
	}
	b := newListBook(t, list, "ann true")
	b.env["MAILMAN_URL"] = p.URL
	b.play(0, "apply", "--yes")
	on(t, list, "ann")
	if n := p.requests("POST /3.1/members"); n != 1 {
		t.Errorf("she was put on the list %d times", n)
	}
	machine.exim.settled(t, domain(t), 1)
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
}

// TestMailman_aLostAnswerPutsNobodyOnTheListTwice breaks the connection of the first that is put on the list.
func TestMailman_aLostAnswerPutsNobodyOnTheListTwice(t *testing.T) {
	for name, how := range map[string]cut{"beforeItActed": unasked, "afterItActed": unanswered} {
		t.Run(name, func(t *testing.T) {
			list := machine.mailman.list(t, "news")
			p := newProxy(t, machine.mailman.url)
			p.cut = once("POST /3.1/members", how)
			b := newListBook(t, list, "ann true", "bob true")
			b.env["MAILMAN_URL"] = p.URL
			b.play(0, "apply", "--yes") // to add again is safe
			on(t, list, "ann", "bob")
			machine.exim.settled(t, domain(t), 2)
			says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
		})
	}
}

func TestMailman_whomItRefusesIsNamedAndTheOthersAreAdded(t *testing.T) {
	list := machine.mailman.list(t, "news")
	machine.mailman.ban(t, list, address(t, "ban"))
	b := newListBook(t, list, "ann true", "ban true", "not?an?address true", "bob true")
	out := b.play(7, "apply", "--yes")
	says(t, out, "p-ban", "Membership is banned", "p-not?an?address", "Invalid Parameter")
	on(t, list, "ann", "bob")
	saysNot(t, out, address(t, "ban"))
}

func TestMailman_whoHasNoAddressIsCounted(t *testing.T) {
	list := machine.mailman.list(t, "news")
	b := newListBook(t, list, "ann true")
	b.write("people.csv", b.read("people.csv")+"p-zoe,,true\n")
	says(t, b.play(0, "plan"), "2 matched · 1 not addressable → 1 enters")
	b.play(0, "apply", "--yes")
	on(t, list, "ann")
}

// TestMailman_whoIsGoneAlreadyIsNoErrorToRemove has somebody's address deleted by hand, who then leaves the segment.
func TestMailman_whoIsGoneAlreadyIsNoErrorToRemove(t *testing.T) {
	list := machine.mailman.list(t, "news")
	b := newListBook(t, list, "ann true", "bob true", "cyd true")
	b.play(0, "apply", "--yes")
	p := newProxy(t, machine.mailman.url)
	b.env["MAILMAN_URL"] = p.URL
	p.cut = func(request string) cut { // between the reading and the writing
		if strings.HasPrefix(request, "DELETE ") && len(machine.mailman.members(t, list)) == 3 {
			machine.mailman.unsubscribe(t, list, address(t, "ann"))
		}
		return whole
	}
	b.people("ann false", "bob false", "cyd true")
	b.play(0, "apply", "--yes")
	on(t, list, "cyd")
}

func TestMailman_aListThatThereIsNotIsNamedAndCanBeMade(t *testing.T) {
	list := "made-" + slug(t) + "@lists.example"
	b := newListBook(t, list, "ann true")
	says(t, b.play(1, "plan"), list, "create: true")
	b.write("playbook.yaml", b.read("playbook.yaml")+"        create: true\n")
	says(t, b.play(0, "plan"), "create")
	b.play(0, "apply", "--yes")
	on(t, list, "ann")
}

func TestMailman_aBadPasswordIsRefused(t *testing.T) {
	list := machine.mailman.list(t, "news")
	b := newListBook(t, list, "ann true")
	b.env["MAILMAN_PASSWORD"] = badKey
	says(t, b.play(1, "connectors", "check"), "lists", "the settings user and password are not taken")
	says(t, b.play(0, "plan"), "could not be read", "the settings user and password are not taken")
	b.play(7, "apply", "--yes")
	on(t, list)
	b.env["MAILMAN_PASSWORD"] = mailmanPassword
	b.play(0, "apply", "--yes")
	on(t, list, "ann")
}

// TestMailman_readsAListOfSeveralPages has more members than a page holds.
func TestMailman_readsAListOfSeveralPages(t *testing.T) {
	list := machine.mailman.list(t, "news")
	people := make([]string, 0, 103)
	for i := range 103 {
		people = append(people, fmt.Sprintf("n%03d true", i))
	}
	b := newListBook(t, list, people...)
	b.play(0, "apply", "--yes")
	if n := len(machine.mailman.members(t, list)); n != len(people) {
		t.Errorf("%d are on the list, want %d", n, len(people))
	}
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
	says(t, b.play(0, "destroy", "--yes"), "103")
	on(t, list)
}
