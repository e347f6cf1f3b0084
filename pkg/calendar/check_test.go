package calendar

import (
	"strings"
	"testing"
)

// TestCheck_hoursOfNone holds that a calendar or window that would never open, or closes before it opens, never gets so far as to be asked: it is
// one error, with a place and a remedy.
func TestCheck_hoursOfNone(t *testing.T) {
	const play = `
connectors: {desk: {uses: files, dir: ./desk}}
entities: {account: {file: a.csv, key: id, fields: {name: string}, identity: {desk: account.id}}}
segments: {all: {of: account, where: "true"}}
plays:
  p: {segment: all, trigger: entry, steps: [{send: desk.message, text: hi, window: HOURS}]}
`
	for _, hours := range []string{"{}", "{mon: []}", `{mon: "17:00-09:00"}`, `{mon: "09:00-09:00"}`, `{mon: "09:00-17:00", tue: "22:00-06:00"}`, "[]"} {
		for where, text := range map[string]string{"calendar": "\ncalendars: {never: {hours: " + hours + "}}\n", "window": strings.ReplaceAll(play, "HOURS", hours)} {
			_, problems := readBook(text)
			if len(problems) != 1 || problems.Errors() != 1 || problems[0].At.Line == 0 || problems[0].Hint == "" {
				t.Errorf("%s %s: %d problems, want one: %v", where, hours, len(problems), problems)
			}
		}
	}
	if _, problems := readBook(strings.ReplaceAll(play, "HOURS", `{mon: "09:00-17:00", tue: []}`)); len(problems) > 0 {
		t.Error(problems)
	}
}
