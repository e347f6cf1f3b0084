// Package conntest is the suite that every connector must pass.
//
// A connector's test is one call:
//
//	func TestConnector(t *testing.T) {
//		conntest.Run(t, conntest.Harness{
//			New:    func(t *testing.T) conntest.System { … },
//			Powers: conntest.AllPowers(),
//		})
//	}
//
// Every claim is a subtest with a system of its own. Claims about what a connector can't do are skipped: its harness lists what it
// can, and the suite makes sure that the list is neither short nor long.
package conntest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

// Harness tells the suite about one kind of connector. Only New and Powers have to be set.
type Harness struct {
	// New makes an empty system and a connector to it.
	New func(t *testing.T) System
	// Powers are the interfaces that the connector has.
	Powers []Power
	// Collection, Object, Action and Task are kinds that the system has: "list", "company", "message" and "task" if empty. Claims about
	// tasks are skipped if the connector's Spec has none.
	Collection, Object, Action, Task string
	// Fields are two fields of Object that take any text: "tier" and "note" if nil.
	Fields []string
	// Key is the field of Object's records that holds their ids: "id" if empty.
	Key string
	// MembershipFields are two fields of memberships of Collection that take any text: "role" and "remark" if nil. Claims about them are
	// skipped if the connector's Spec has none.
	MembershipFields []string
	// ID gives the nth id, n from 0, that the system takes: "id-000000" and on if nil. Ids sort as their numbers do.
	ID func(n int) string
	// IDs and Names are awkward member ids and collection names that the system takes. Nil: [AwkwardIDs] and [AwkwardNames].
	IDs, Names []string
	// Answers are awkward answers that people can give to what a task asks. Nil: [AwkwardIDs].
	Answers []string
	// Many is how many ids a large collection has: 10,000 if 0.
	Many int
	// Blind says that the system's answer does not tell whether it was so before: Done is then accepted for Already.
	Blind bool
}

// System is one system with a connector to it. Only Connector and Make have to be set; what looks behind the connector makes claims
// stronger.
type System struct {
	Connector connector.Connector
	// Make makes an empty collection, behind the connector.
	Make func(c connector.Collection)
	// Seed makes ids members, behind the connector. Nil: written through it.
	Seed func(c connector.Collection, ids []string)
	// Members tells who is in a collection, behind the connector, in any order. Nil: read through it.
	Members func(c connector.Collection) []string
	// Sent tells what the system was sent by an action, in order. What it does not keep of an item is empty. Nil: claims are skipped.
	Sent func(action string) []connector.Item
	// Tasks tells which tasks of a kind people were given, in order. What it does not keep of an item is empty. Nil: claims are skipped.
	Tasks func(kind string) []connector.Item
	// People work on tasks, behind the connector. Nil: claims are skipped.
	People *People
	// Identities are what records are known by beside their ids: needed where the connector is a connector.Resolver.
	Identities *Identities
	// Inject makes the next write meet a fault; 0 takes back one that none met. Nil: claims are skipped.
	Inject func(Fault)
}

// People is what people do about the tasks that they were given, each known by its receipt.
type People struct {
	// Begin takes a task up, without finishing it.
	Begin func(kind, receipt string)
	// Finish finishes a task with an outcome and with answers to what it asks.
	Finish func(kind, receipt, outcome string, answers map[string]string)
	// Close closes a task without doing it.
	Close func(kind, receipt string)
	// Delete throws a task away.
	Delete func(kind, receipt string)
}

// Power is one of the optional interfaces.
type Power string

// The powers, each with its interface.
const (
	Writes      Power = "writes"        // connector.Writer
	ReadMembers Power = "reads members" // connector.MemberReader
	ReadFields  Power = "reads fields"  // connector.FieldReader
	Looks       Power = "looks up"      // connector.Looker
	Creates     Power = "creates"       // connector.Creator
	Normalizes  Power = "normalizes"    // connector.Normalizer

	ReadTasks            Power = "reads tasks"             // connector.TaskReader
	ReadMemberships      Power = "reads memberships"       // connector.MembershipReader
	Lists                Power = "lists collections"       // connector.Lister
	ReadMembershipFields Power = "reads membership fields" // connector.MembershipFieldReader
	ReadRecords          Power = "reads records"           // connector.RecordReader
	Resolves             Power = "resolves identities"     // connector.Resolver
)

// AllPowers gives every power that a system can have which knows records by the ids that playbooks give: all but [Resolves].
func AllPowers() []Power {
	return []Power{Writes, ReadMembers, ReadFields, Looks, Creates, Normalizes, ReadTasks, ReadMemberships, Lists, ReadMembershipFields, ReadRecords}
}

// PowersOf gives the powers that a connector has by its interfaces.
func PowersOf(c connector.Connector) []Power {
	var powers []Power
	for _, p := range []struct {
		name Power
		has  bool
	}{
		{Writes, has[connector.Writer](c)},
		{ReadMembers, has[connector.MemberReader](c)},
		{ReadFields, has[connector.FieldReader](c)},
		{Looks, has[connector.Looker](c)},
		{Creates, has[connector.Creator](c)},
		{Normalizes, has[connector.Normalizer](c)},
		{ReadTasks, has[connector.TaskReader](c)},
		{ReadMemberships, has[connector.MembershipReader](c)},
		{Lists, has[connector.Lister](c)},
		{ReadMembershipFields, has[connector.MembershipFieldReader](c)},
		{ReadRecords, has[connector.RecordReader](c)},
		{Resolves, has[connector.Resolver](c)},
	} {
		if p.has {
			powers = append(powers, p.name)
		}
	}
	return powers
}

func has[T any](c connector.Connector) bool {
	_, ok := connector.As[T](c)
	return ok
}

// claim is one thing that must hold of every connector with some powers.
type claim struct {
	name  string
	needs []Power
	test  func(*bench)
}

// Run tests a connector.
func Run(t *testing.T, h Harness) {
	t.Helper()
	h.fill()
	for _, c := range claims() {
		t.Run(c.name, func(t *testing.T) {
			if p, lacks := c.lacks(h); lacks {
				t.Skipf("the connector never %s", p)
			}
			c.test(newBench(t, h, h.New(t)))
		})
	}
}

// claims gives all of them.
func claims() []claim {
	return slices.Concat(generalClaims, memberClaims, membershipClaims, membershipFieldClaims, fieldClaims, recordClaims, identityClaims, sendClaims, taskClaims,
		workClaims, cancelClaims, concurrentClaims, faultClaims)
}

func (h *Harness) fill() {
	for at, value := range map[*string]string{&h.Collection: "list", &h.Object: "company", &h.Action: "message", &h.Task: "task", &h.Key: "id"} {
		if *at == "" {
			*at = value
		}
	}
	if h.Fields == nil {
		h.Fields = []string{"tier", "note"}
	}
	if h.MembershipFields == nil {
		h.MembershipFields = []string{"role", "remark"}
	}
	if h.ID == nil {
		h.ID = func(n int) string { return fmt.Sprintf("id-%06d", n) }
	}
	if h.IDs == nil {
		h.IDs = AwkwardIDs()
	}
	if h.Answers == nil {
		h.Answers = AwkwardIDs()
	}
	if h.Names == nil {
		h.Names = AwkwardNames()
	}
	if h.Many == 0 {
		h.Many = 10_000
	}
}

// AwkwardIDs gives distinct ids that are easily mangled.
func AwkwardIDs() []string {
	return []string{
		"a,b", `say "hi"`, `"`, ",", "two\nlines", "two\r\nlines", "one\rline", "tab\there", `back\slash`, "100%", "%2F", "=1+1", "-1",
		"#1", "'; drop table people; --", "{}", "${id}", "<b>&amp;", "id", "null", "0", "00", "1e3", "Zürich", "Zu\u0308rich", "東京", "🎉👩‍👩‍👧",
		"שלום", "a b", "a\u00a0b", "../../etc/passwd", "/", "CamelCase", "camelcase", "ends with a comma,",
	}
}

// AwkwardNames gives distinct collection names that are easily mangled.
func AwkwardNames() []string {
	return []string{
		"Early intent", "Q3: renewals / EMEA", "..", ".", "../up", `..\up`, "/etc/passwd", ".hidden", "ends.", "ends ", "CON", "nul.txt", "com1",
		`say "hi"`, "two\nlines", "a*b?c<d>e|f", "100%", "%41", "A%", "%", "Zürich", "東京 🎉", "x.csv", "~", "-rf", "$HOME", "[a]", "a,b", "{a}",
	}
}
