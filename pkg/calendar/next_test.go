package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestNext lists the times of schedules, as clocks in their zones show them, over the days on which daylight saving begins and ends.
func TestNext(t *testing.T) {
	for _, c := range []struct{ name, cron, zone, from, want string }{
		{"spring: what is skipped comes at the next instant", "30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z", "07T02:30-05 08T03:00-04 09T02:30-04"},
		{"spring: every half hour", "*/30 * * * *", "America/New_York", "2026-03-08T06:00:00Z", "08T01:30-05 08T03:00-04 08T03:30-04"},
		{"spring: both skipped times are one", "0,30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "08T03:00-04 09T02:00-04 09T02:30-04"},
		{"autumn: what comes twice comes once", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "01T01:30-04 02T01:30-05 03T01:30-05"},
		{"autumn: also from within", "30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", "02T01:30-05 03T01:30-05"},
		{"autumn: every half hour", "*/30 * * * *", "America/New_York", "2026-11-01T05:00:00Z", "01T01:30-04 01T02:00-05 01T02:30-05"},
		{"half an hour of daylight saving", "15 2 * * *", "Australia/Lord_Howe", "2026-10-02T20:00:00Z", "04T02:30+11 05T02:15+11"},
		{"midnight is skipped", "0 0 * * *", "Africa/Cairo", "2026-04-22T23:00:00Z", "24T01:00+03 25T00:00+03"},
		{"ahead of UTC", "0 8 * * MON", "Pacific/Auckland", "2026-04-01T00:00:00Z", "06T08:00+12 13T08:00+12"},
		{"every day of the week by name", "0 8 * * SUN,MON,TUE,WED,THU,FRI,SAT", "UTC", "2026-11-22T00:00:00Z", "22T08:00Z 23T08:00Z 24T08:00Z 25T08:00Z 26T08:00Z"},
		{"the first Monday", "0 8 * * MON#1", "UTC", "2026-11-03T00:00:00Z", "07T08:00Z 04T08:00Z 01T08:00Z"},
		{"the last day", "0 8 L * *", "UTC", "2028-02-01T00:00:00Z", "29T08:00Z 31T08:00Z"},
	} {
		s, err := Parse(c.cron, zone(t, c.zone))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for now := at(t, c.from); len(got) < len(strings.Fields(c.want)); {
			now = s.Next(now)
			clock := now.In(zone(t, c.zone)).Format("02T15:04Z07")
			got = append(got, clock)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
}

// TestNext_farAway holds that a leap day on a Monday is found: there are eight years without one around 2100, and weeks turn besides.
func TestNext_farAway(t *testing.T) {
	s, err := Parse("0 0 29 2 *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Next(at(t, "2096-03-01T00:00:00Z")); got.Year() != 2104 {
		t.Errorf("got %s", got)
	}
	s, err = Parse("0 0 * 2 MON#5", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Next(at(t, "2072-03-01T00:00:00Z")); got.Format(time.DateOnly) != "2112-02-29" {
		t.Errorf("got %s", got)
	}
}

// TestParse_saysWhichPart holds the places of problems inside the schedule.
func TestParse_saysWhichPart(t *testing.T) {
	for text, want := range map[string]string{
		"0 25 * * MON": "25", "60 8 * * *": "60", "0 8 32 * *": "32", "0 8 * MAI *": "MAI", "0 8 * * MOON": "MOON", "0  8 * *  x": "x",
		"0 8 1 * MON": "MON", "0 8 30 2 *": "0 8 30 2 *", "0 8 * *": "0 8 * *", "CRON_TZ=UTC 0 8 * * *": "CRON_TZ=UTC 0 8 * * *", "@daily": "@daily", "0 8-7 * * *": "",
	} {
		_, err := Parse(text, time.UTC)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		var wrong *CronError
		if !errors.As(err, &wrong) {
			t.Fatalf("%s: got %v", text, err)
		}
		if got := text[wrong.Offset : wrong.Offset+wrong.Width]; got != want || wrong.Message == "" || wrong.Hint == "" {
			t.Errorf("%s: %q is marked, want %q: %s", text, got, want, wrong.Message)
		}
	}
}

// TestCheck reports schedules of plays, and nothing where the schedule is no text, which was reported when it was read.
func TestCheck(t *testing.T) {
	const text = `
connectors: {desk: {uses: files, dir: ./desk}}
entities: {account: {file: a.csv, key: id, fields: {name: string}, identity: {desk: account.id}}}
segments: {all: {of: account, where: "true"}}
plays:
  good: {segment: all, trigger: {cron: "0 8 * * THU"}, steps: [{send: desk.message, text: hi}]}
  bad: {segment: all, trigger: {cron: "0 8 * * 9"}, steps: [{send: desk.message, text: hi}]}
  empty: {segment: all, trigger: {cron: ""}, steps: [{send: desk.message, text: hi}]}
  list: {segment: all, trigger: {cron: [0, 8]}, steps: [{send: desk.message, text: hi}]}
`
	file, _ := document.Parse("playbook.yaml", []byte(text))
	b, _ := playbook.Read([]*document.File{file}, playbook.Inputs{})
	var places []string
	for _, p := range Check(b) {
		places = append(places, p.At.String())
	}
	if got := strings.Join(places, " "); got != "playbook.yaml:7:48 playbook.yaml:8:42" {
		t.Errorf("problems at %s", got)
	}
}
