//go:build real

package real

import (
	"strings"
	"testing"
)

// mailBook writes to people, once.
const mailBook = `playbook: {name: letters, timezone: UTC}
connectors:
  mail: {uses: process, command: [python3, ./mail.py], server: "${env.SMTP_URL}", from: gtm@acme.example, log: "${env.MAIL_LOG}"}
entities:
  person: {file: people.csv, key: id, plural: people, fields: {email: string, wants: bool}, identity: {mail: person.email}}
plays:
  PLAY: # another one for each test: effects' keys are made of it
    of: person
    segment: person.wants
    trigger: entry
    backfill: true
    steps:
      - send: mail.message
        subject: Hello ${person.id}
        text: We are glad to have you.
`

func newMailBook(t *testing.T, people ...string) *book {
	t.Helper()
	b := newBook(t, map[string]string{"playbook.yaml": strings.ReplaceAll(mailBook, "PLAY", slug(t))})
	b.people(people...)
	return b
}

func TestMail_everybodyGetsOneLetter(t *testing.T) {
	b := newMailBook(t, "ann true", "bob true", "cyd false")
	says(t, b.play(0, "plan"), "mail.message", "2")
	b.play(0, "apply", "--yes")
	letters := machine.exim.settled(t, domain(t), 2)
	for _, l := range letters {
		if name, _, _ := strings.Cut(l.to, "@"); l.subject != "Hello p-"+name || !strings.HasSuffix(l.id, "@playctl.acme.example>") {
			t.Errorf("the letter to %s: %+v", name, l)
		}
	}
	b.play(0, "apply", "--yes")
	says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
	machine.exim.settled(t, domain(t), 2)
}

func TestMail_aMailboxThatIsRefusedIsNamed(t *testing.T) {
	b := newMailBook(t, "ann true", "refused-bob true")
	says(t, b.play(7, "apply", "--yes"), "p-refused-bob", "550 no such mailbox here")
	machine.exim.settled(t, domain(t), 1)
}

// TestMail_aLostAnswerIsLookedUpInTheLog cuts the connection once Exim has taken the first letter, or before it has it.
func TestMail_aLostAnswerIsLookedUpInTheLog(t *testing.T) {
	for name, when := range map[string]string{"beforeItActed": "354 ", "afterItActed": "250 OK id="} {
		t.Run(name, func(t *testing.T) {
			b := newMailBook(t, "ann true")
			b.env["SMTP_URL"] = smtpProxy(t, when)
			says(t, b.play(7, "apply", "--yes"), "in doubt")
			b.play(0, "apply", "--yes")
			machine.exim.settled(t, domain(t), 1)
			says(t, b.play(0, "plan", "--detailed-exitcode"), "No changes.")
		})
	}
}

func TestMail_aServerThatIsDownGetsTheLettersLater(t *testing.T) {
	b := newMailBook(t, "ann true")
	up := b.env["SMTP_URL"]
	b.env["SMTP_URL"] = "smtp://127.0.0.1:1"
	says(t, b.play(7, "apply", "--yes"), "refused")
	b.env["SMTP_URL"] = up
	b.play(0, "apply", "--yes")
	machine.exim.settled(t, domain(t), 1)
}
