package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// interrupts is the section "Interrupts and failures" of design/cli.md, clause by clause, and the scripts that hold each with its exact message.
// Every script says in its first lines which clause it is about.
var interrupts = []struct {
	clause  string
	scripts []string
}{
	{"Ctrl-C or SIGTERM: no new operations, in-flight ones end or time out, state saved, table printed, 130.", []string{"interrupt"}},
	{"A second one: stop now, the journal marks them in doubt.", []string{"interrupt_twice"}},
	{"kill -9 after any write: nothing done twice, nothing lost; the next plan says which run was interrupted and what is in doubt.", []string{"interrupt_kill"}},
	{"State empty, cut short, garbage, newer, or missing where expected: refused, with the file, the newest good backup and the exact command to restore it.",
		[]string{"state_damaged", "state_missing"}},
	{"Two applies at once: the second says who holds the lock, since when, how far it is; plan still works.", []string{"lock"}},
	{"Saved plan stale, applied twice, corrupt, made for another playbook: refused, saying what changed.", []string{"saved_stale", "saved", "saved_sealed"}},
	{"Read-only folder: plan works; apply refuses before its first effect.", []string{"read_only", "unwritable"}},
	{"Disk full: stops at the first failed journal write; nothing already recorded is lost.", []string{"disk_full"}},
	{`A typo in --target is an error with a suggestion, never "no changes".`, []string{"limits"}},
	{"Secrets and personal data: files 0600", []string{"modes"}},
	{"secrets never in state, plan, logs or errors", []string{"secrets"}},
	{"state holds record keys, and of each held member the connector's opaque id, or the hash that the vendor takes, or a salted HMAC: never an address", []string{"state"}},
	{"output redacts fields marked sensitive", []string{"sensitive"}},
}

// TestInterruptsAndFailures_eachClauseHasItsScript holds that the list above is true, and that no script claims a clause that is not in it.
func TestInterruptsAndFailures_eachClauseHasItsScript(t *testing.T) {
	const mark = "# Interrupts and failures: "
	listed := map[string]string{}
	for _, line := range interrupts {
		for _, name := range line.scripts {
			listed[name] = line.clause
			text, err := os.ReadFile(filepath.Join("testdata/script", name+".txtar"))
			if err != nil {
				t.Errorf("%q: %v", line.clause, err)
				continue
			}
			if first, _, _ := strings.Cut(string(text), "\n"); first != mark+`"`+line.clause+`"` {
				t.Errorf("%s.txtar begins with %q, and is to hold %q", name, first, line.clause)
			}
			if !strings.Contains(string(text), "\nstderr '") && !strings.Contains(string(text), "\nstdout '") && !strings.Contains(string(text), "\nmode") {
				t.Errorf("%s.txtar holds no message", name)
			}
		}
	}
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if _, claim, found := strings.Cut(string(text), mark); found && listed[name] == "" {
			t.Errorf("%s.txtar claims %q, and is not in the list", name, strings.SplitN(claim, "\n", 2)[0])
		}
	}
}
