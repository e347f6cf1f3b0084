//go:build real

package real

import (
	"net/smtp"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/pgtest"
)

func TestServers_areThoseOfDebian(t *testing.T) {
	list := machine.mailman.list(t, "up")
	machine.mailman.subscribe(t, list, "ann@up.example")
	if got := strings.Join(machine.mailman.members(t, list), " "); got != "ann@up.example" {
		t.Errorf("on the list: %q", got)
	}
	if welcome := machine.exim.settled(t, "@up.example", 1)[0]; !strings.Contains(welcome.subject, "Welcome") {
		t.Errorf("Mailman's mail: %v", welcome)
	}
	if err := smtp.SendMail(strings.TrimPrefix(machine.exim.url(), "smtp://"), nil, "a@b.example", []string{"refused-ann@up.example"}, []byte("Subject: x\r\n\r\nx\r\n")); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("mail to a mailbox that there is not: %v", err)
	}
	if got := machine.redmine.issues(t, "nothing like it"); len(got) != 0 {
		t.Errorf("Redmine has %v", got)
	}
	if got := query(t, pgtest.Start(t).DSN(t), "SHOW server_version"); !strings.HasPrefix(got[0], "15.") {
		t.Errorf("Postgres is %s", got)
	}
}
