//go:build real

package real

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mailmanPassword is looked for in all that playctl prints and keeps.
const mailmanPassword = "planted-mailman-Passw0rd"

// mailman is the mailing-list manager: its core, with the API and what it takes to send mail.
type mailman struct{ url string }

// mailmanConfig is that of a core with no more runners than its API, and the mail that it sends itself, want.
const mailmanConfig = `[mailman]
layout: here
site_owner: postmaster@lists.example
[paths.here]
var_dir: %[1]s/var
bin_dir: %[2]s
[database]
url: sqlite:///%[1]s/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
smtp_host: 127.0.0.1
smtp_port: %[3]d
[webservice]
hostname: 127.0.0.1
port: %[4]d
admin_user: restadmin
admin_pass: %[5]s
`

// master is Mailman's program that starts the others, told with which Python: it leaves them no environment in which the real one would find its libraries.
const master = `import sys
sys.executable = sys.argv.pop(1)
from mailman.bin.master import main
main()`

// startMailman starts it and makes its domain.
func (s *servers) startMailman() error {
	port := freePort()
	dir := filepath.Join(s.dir, "mailman")
	config := fmt.Sprintf(mailmanConfig, dir, s.env["REAL_MAILMAN"], s.exim.port, port, mailmanPassword)
	for _, runner := range []string{"archive", "bounces", "command", "digest", "lmtp", "nntp", "retry", "task"} {
		config += "[runner." + runner + "]\nstart: no\n"
	}
	dir, err := s.folder("mailman", map[string]string{"mailman.cfg": config})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "mailman.cfg")
	args := []string{"-c", master, s.env["REAL_PYTHON"], "-C", file}
	if err := s.spawn("mailman", dir, []string{"MAILMAN_CONFIG_FILE=" + file}, s.env["REAL_PYTHON"], args...); err != nil {
		return err
	}
	s.mailman.url = "http://127.0.0.1:" + strconv.Itoa(port)
	if err := answers(s.mailman.url + "/3.1/system/versions"); err != nil {
		return err
	}
	_, err = s.mailman.call("POST", "/domains", map[string]any{"mail_host": "lists.example"})
	return err
}

// call asks its API as a person at its administration would.
func (m *mailman) call(method, path string, body any) (answer, error) {
	return ask(method, m.url+"/3.1"+path, body, func(r headers) { r.basic("restadmin", mailmanPassword) })
}

// list makes a list of a test's own and gives its address.
func (m *mailman) list(t *testing.T, name string) string {
	t.Helper()
	address := name + "-" + slug(t) + "@lists.example"
	must(t)(m.call("POST", "/lists", map[string]any{"fqdn_listname": address}))
	return address
}

// id gives the id of a list.
func listID(address string) string { return strings.Replace(address, "@", ".", 1) }

// members gives who is on a list, in its order.
func (m *mailman) members(t *testing.T, list string) []string {
	t.Helper()
	var roster struct{ Entries []struct{ Email string } }
	if err := json.Unmarshal(must(t)(m.call("GET", "/lists/"+listID(list)+"/roster/member", nil)).body, &roster); err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, e := range roster.Entries {
		out = append(out, e.Email)
	}
	return out
}

// subscribe puts somebody on a list by hand.
func (m *mailman) subscribe(t *testing.T, list, address string) {
	t.Helper()
	must(t)(m.call("POST", "/members", map[string]any{"list_id": listID(list), "subscriber": address, "pre_verified": true, "pre_confirmed": true, "pre_approved": true}))
}

// unsubscribe takes somebody off a list by hand.
func (m *mailman) unsubscribe(t *testing.T, list, address string) {
	t.Helper()
	must(t)(m.call("DELETE", "/lists/"+listID(list)+"/member/"+address, nil))
}

// ban has a list refuse somebody.
func (m *mailman) ban(t *testing.T, list, address string) {
	t.Helper()
	must(t)(m.call("POST", "/lists/"+listID(list)+"/bans", map[string]any{"email": address}))
}
