package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bookText is the playbook of every test here: every verb, several waves, and systems of every retry class. Between the first chapter of its
// records and the second accounts leave, enter, move and grow.
const bookText = `playbook: {name: crash}
connectors:
  desk: {uses: %[1]s}
  post: {uses: %[2]s}
  gifts: {uses: %[3]s}
%[4]s
entities:
  account:
    file: account.csv
    key: id
    fields: {tier: string, size: int, owner: string}
    identity: {desk: account.id, post: account.id, gifts: account.id}
  person:
    file: person.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string}
    identity: {desk: person.email, post: person.email, gifts: person.email}
roles:
  rep: {assign: account.owner, fallback: rep@house.example}
plays:
  gold:
    of: account
    segment: 'account.tier == "gold"'
    trigger: entry
    backfill: true
    reentry: never
    on_leave: exit
    steps:
      - {id: audience, keep: desk.audience, name: Gold, for: account.people}
      - {id: stage, set: desk.company, fields: {stage: gold}}
      - {id: call, task: desk.task, by: rep, title: Call them, await: none}
      - {id: present, send: gifts.present, text: a pen}
      - {id: note, send: post.note, text: a pen is on its way}
  big:
    of: account
    segment: account.size > 5
    trigger: entry
    backfill: true
    reentry: never
    steps:
      - {id: small, remove: desk.list, name: Small}
      - {id: grown, add: desk.list, name: Big}
      - {id: hello, send: desk.message, text: you have grown}
      - {id: letter, send: post.letter, text: you have grown}
`

// systems are the connectors' settings, and what else the top of the book says.
type systems struct{ desk, post, gifts, top string }

// scripted are the systems of a process with points; ofFiles those that the real one has.
var (
	scripted = systems{"files, dir: desk", "letterbox, dir: post", "pillarbox, dir: gifts", ""}
	ofFiles  = systems{"files, dir: desk", "files, dir: post", "files, dir: gifts", ""}
)

// house is a folder with the playbook and its records.
type house struct {
	dir      string
	accounts int
	systems  systems
	database string // the address of the one that stands for desk; "" for a folder
}

// newHouse makes the folder, with the records of the first chapter.
func newHouse(t testing.TB, accounts int, s systems) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), accounts: accounts, systems: s}
	h.book(t)
	h.chapter(t, 1)
	var small strings.Builder
	small.WriteString("id\n")
	for n := range accounts {
		fmt.Fprintf(&small, "a%03d\n", n)
	}
	h.write(t, "desk/lists/Small.csv", small.String())
	h.write(t, "desk/lists/Big.csv", "id\n")
	h.write(t, "desk/audiences/Gold.csv", "id\n")
	return h
}

func (h *house) write(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// book writes the playbook.
func (h *house) book(t testing.TB) {
	t.Helper()
	s := h.systems
	h.write(t, "playbook.yaml", fmt.Sprintf(bookText, s.desk, s.post, s.gifts, s.top))
}

// chapter writes the records: of the first chapter the first half is gold and nobody is big; in the second a quarter is gold no more, the
// second half is, and all are big.
func (h *house) chapter(t testing.TB, n int) {
	t.Helper()
	var accounts, people strings.Builder
	accounts.WriteString("id,tier,size,owner\n")
	people.WriteString("id,account_id,email\n")
	for i := range h.accounts {
		tier, size := "tin", 1
		if n == 1 && i < h.accounts/2 || n == 2 && i >= h.accounts/4 {
			tier = "gold"
		}
		if n == 2 {
			size = 9
		}
		fmt.Fprintf(&accounts, "a%03d,%s,%d,o%d@house.example\n", i, tier, size, i%3)
		for j := range 2 {
			fmt.Fprintf(&people, "p%03d-%d,a%03d,p%03d-%d@people.example\n", i, j, i, i, j)
		}
	}
	h.write(t, "account.csv", accounts.String())
	h.write(t, "person.csv", people.String())
}

// copied gives a house of its own that holds the same.
func (h *house) copied(t testing.TB) *house {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(h.dir), "house-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(h.dir)); err != nil {
		t.Fatal(err)
	}
	c := *h
	c.dir = dir
	return &c
}
