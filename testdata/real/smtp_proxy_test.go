//go:build real

package real

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// smtpProxy stands before Exim. The first time that Exim would say a line that begins so, the connection breaks instead. It gives the URL.
func smtpProxy(t *testing.T, line string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for broken := false; ; {
			client, err := l.Accept()
			if err != nil {
				return
			}
			broken = relayed(client, line, broken) || broken
		}
	}()
	return "smtp://" + l.Addr().String()
}

// relayed relays one conversation, and reports whether it broke it.
func relayed(client net.Conn, line string, broken bool) bool {
	defer client.Close()
	server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(machine.exim.port)))
	if err != nil {
		return false
	}
	defer server.Close()
	go func() { _, _ = io.Copy(server, client) }()
	for lines := bufio.NewReader(server); ; {
		said, err := lines.ReadString('\n')
		switch {
		case err != nil:
			return false
		case !broken && strings.HasPrefix(said, line):
			return true
		}
		if _, err := io.WriteString(client, said); err != nil {
			return false
		}
	}
}
