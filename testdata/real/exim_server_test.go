//go:build real

package real

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// exim is the mail server. It takes mail for everybody but those whose local part begins with "refused", into one maildir.
type exim struct {
	port    int
	maildir string
}

const eximConfig = `primary_hostname = mail.example
exim_user = %[2]d
exim_group = %[3]d
exim_path = %[4]s
spool_directory = %[1]s/spool
log_file_path = %[5]s/exim-%%s.log
pid_file_path = %[1]s/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = %[6]d
tls_advertise_hosts =
smtp_accept_queue_per_connection = 0
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
deliver_drop_privilege
acl_smtp_rcpt = recipient
acl_smtp_data = accept
begin acl
recipient:
  deny local_parts = ^refused
       message = no such mailbox here
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = %[1]s/mail
  maildir_format
  envelope_to_add
  user = %[2]d
  group = %[3]d
`

// startExim starts it. Debian's has the name of its user compiled in, which a machine that doesn't have the package doesn't know: nss_wrapper tells
// it of one.
func (s *servers) startExim() error {
	uid, gid := whoRuns()
	dir := filepath.Join(s.dir, "exim")
	config := fmt.Sprintf(eximConfig, dir, uid, gid, s.env["REAL_EXIM"], filepath.Join(s.dir, "logs"), s.exim.port)
	dir, err := s.folder("exim", map[string]string{"exim.conf": config,
		"passwd": fmt.Sprintf("root:x:0:0::/:/bin/sh\nDebian-exim:x:%d:%d::/:/bin/sh\n", uid, gid), "group": fmt.Sprintf("root:x:0:\nDebian-exim:x:%d:\n", gid)})
	if err != nil {
		return err
	}
	s.exim.maildir = filepath.Join(dir, "mail")
	env := []string{"LD_PRELOAD=" + s.env["REAL_NSS_WRAPPER"], "NSS_WRAPPER_PASSWD=" + filepath.Join(dir, "passwd"), "NSS_WRAPPER_GROUP=" + filepath.Join(dir, "group")}
	if err := s.spawn("exim", dir, env, s.env["REAL_EXIM"], "-C", filepath.Join(dir, "exim.conf"), "-bdf"); err != nil {
		return err
	}
	return accepts(s.exim.port)
}

// url is where playctl's mail goes.
func (x *exim) url() string { return "smtp://127.0.0.1:" + strconv.Itoa(x.port) }

// letter is a mail that was delivered.
type letter struct{ to, subject, id string }

// letters gives what was delivered to addresses that end with a text, in no order.
func (x *exim) letters(t *testing.T, to string) []letter {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(x.maildir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []letter
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if address := m.Header.Get("Envelope-To"); strings.HasSuffix(address, to) {
			out = append(out, letter{address, m.Header.Get("Subject"), m.Header.Get("Message-Id")})
		}
	}
	return out
}

// settled gives what was delivered once it is as many as wanted, and then no more comes for half a second.
func (x *exim) settled(t *testing.T, to string, want int) []letter {
	t.Helper()
	for range 300 { // half a minute
		if len(x.letters(t, to)) >= want {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond)
	out := x.letters(t, to)
	if len(out) != want {
		t.Fatalf("%d letters to %s were delivered, want %d: %v", len(out), to, want, out)
	}
	return out
}
