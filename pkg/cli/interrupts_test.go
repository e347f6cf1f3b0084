package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// interrupts is the section "Interrupts and failures" of design/cli.md, clause by clause, the scripts that hold each, and what they must hold there:
// texts that stand in their assertions. Every script says in its first line which clause it is about.
var interrupts = []struct {
	clause  string
	scripts []string
	holds   []string
}{
	{"Ctrl-C or SIGTERM: no new operations, in-flight ones end or time out, state saved, table printed, 130.", []string{"interrupt"},
		[]string{"status 130", "^error: interrupted: the state is saved$", "^Applied: 3 added", "was interrupted: this is the rest"}},
	{"A second one: stop now, the journal marks them in doubt.", []string{"interrupt_twice"}, []string{"status 130", "1 in doubt, 1 skipped", "stdout 'in doubt'"}},
	{"kill -9 after any write: nothing done twice, nothing lost; the next plan says which run was interrupted and what is in doubt.", []string{"interrupt_kill"},
		[]string{"was cut off before its end: this is the rest", "in doubt since run", "looked up: it happened", "grep -count=3 sdr my/desk/message.jsonl", "Everything done was planned"}},
	{"State empty, cut short, garbage, newer, or missing where expected: refused, with the file, the newest good backup and the exact command to restore it.",
		[]string{"state_damaged", "state_missing"}, []string{`state\.db: is empty \(0 bytes\)$`, `is cut short: 20000 of`, `is not an SQLite database$`, "was written by a newer playctl",
			`is missing, and playctl\.lineage says`, `restore the newest good backup, of serial 1: playctl state restore -C my state-1\.db`}},
	{"Two applies at once: the second says who holds the lock, since when, how far it is; plan still works.", []string{"lock"},
		[]string{"status 4", `locked by grace@laptop \(apply, pid 4242\) since 2026-11-22T09:00:00Z: 3 of 9 operations$`, "^Plan: 4 to add"}},
	{"Saved plan stale, applied twice, corrupt, made for another playbook: refused, saying what changed.", []string{"saved_stale", "saved", "saved_sealed"},
		[]string{"status 5", `plays\.yaml was edited$`, "a plan is used once", "its digest does not fit what it says", "it was made for playbook"}},
	{"Read-only folder: plan works; apply refuses before its first effect.", []string{"read_only", "unwritable"}, []string{"^Plan: 2 to add", "permission denied$", "writable for the user that applies", "! exists"}},
	{"Disk full: stops at the first failed journal write; nothing already recorded is lost.", []string{"disk_full"},
		[]string{"^error: recording (intents|outcomes): writing", "What was recorded before is kept", "everything planned is accounted for", "^nothing is in doubt$"}},
	{`A typo in --target is an error with a suggestion, never "no changes".`, []string{"limits"}, []string{`--target: there is no play "intent-nurtur"$`, `did you mean "intent-nurture"\?$`}},
	{"Secrets and personal data: files 0600", []string{"modes"}, []string{"modes my/.playctl 600 700", "mode plan.json 600"}},
	{"secrets never in state, plan, logs or errors", []string{"secrets"}, []string{"! stdout hunter2", "! stderr hunter2", "! grep hunter2 plan.json", "! grep hunter2 my/.playctl/state.db"}},
	{"state holds record keys, and of each held member the connector's opaque id, or the hash that the vendor takes, or a salted HMAC: never an address", []string{"state"}, []string{"! stdout '@"}},
	{"output redacts fields marked sensitive", []string{"sensitive"}, []string{"! stdout '[xX]anadu", "! stderr '[xX]anadu", "stdout '•••'"}},
}

// TestInterruptsAndFailures_eachClauseHasItsScript holds that each clause has a script that asserts what the clause says, that no script asserts
// nothing, and that none claims a clause that is not in the list.
func TestInterruptsAndFailures_eachClauseHasItsScript(t *testing.T) {
	const mark = "# Interrupts and failures: "
	listed := map[string]string{}
	for _, line := range interrupts {
		var held []string
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
			held = append(held, assertions(string(text))...)
		}
		if len(line.holds) == 0 {
			t.Errorf("%q holds nothing", line.clause)
		}
		for _, want := range line.holds {
			if !slices.ContainsFunc(held, func(line string) bool { return strings.Contains(line, want) }) {
				t.Errorf("%q: no assertion of %v holds %q", line.clause, line.scripts, want)
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

// assertion is a line of a script that holds something of what was said, written or left.
var assertion = regexp.MustCompile(`^(! )?(stdout|stderr|grep|status|mode|modes|exists|cmp) .`)

// assertions gives a script's lines that hold something. One that looks for an empty text holds nothing.
func assertions(script string) []string {
	var out []string
	commands, _, _ := strings.Cut(script, "\n-- ")
	for line := range strings.Lines(commands) {
		if line = strings.TrimSpace(line); assertion.MatchString(line) && !strings.HasSuffix(line, " ''") {
			out = append(out, line)
		}
	}
	return out
}

// TestScripts_assertNoEmptyText holds that no script looks for nothing, which is found everywhere.
func TestScripts_assertNoEmptyText(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	empty := regexp.MustCompile(`(?m)^(! )?(stdout|stderr|grep)( -count=\d+)? ''`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if line := empty.FindString(string(text)); line != "" {
			t.Errorf("%s: %s", file, line)
		}
	}
}
