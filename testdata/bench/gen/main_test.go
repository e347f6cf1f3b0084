package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun_helpIsNoFailure(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-h"}, &stdout, &stderr); code != 0 || stdout.String() != usage {
		t.Errorf("-h: exit code %d, printed %q", code, stdout.String())
	}
}

func TestRun_flagsThatMakeNoSenseAreCode2(t *testing.T) {
	tests := []struct{ args, want string }{
		{"-preset quickstart", "-out is missing"},
		{"-out x", "-scale or -preset is missing"},
		{"-out x -scale 1 -preset quickstart", "exclude each other"},
		{"-out x -preset huge", `unknown -preset "huge"`},
		{"-out x -scale 4", "out of range"},
		{"-out x -scale -1", "out of range"},
		{"-out x -scale NaN", "out of range"},
		{"-out x -scale 1 -format csv,xml", `unknown -format "xml"`},
		{"-out x -scale 1 -until yesterday", `-until "yesterday" is no time`},
		{"-out x -scale 1 more", `unexpected argument "more"`},
		{"-oops", "flag provided but not defined"},
	}
	for _, tt := range tests {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(tt.args), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit code %d, %q; want 2, %q", tt.args, code, stderr.String(), tt.want)
		}
	}
}

func TestRun_unwritableDirectoryIsCode1(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"-preset", "quickstart", "-out", filepath.Join(file, "data")}, &stdout, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), file) {
		t.Errorf("exit code %d, %q", code, stderr.String())
	}
}

func TestRun_leavesOnlyWholeFiles(t *testing.T) {
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-scale", "0.0001", "-out", dir}, &stdout, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(found) != 4 {
		t.Errorf("found %v, %v; want four files", found, err)
	}
	if lines := strings.Count(stdout.String(), "\n"); lines != 4 || stderr.Len() > 0 {
		t.Errorf("reported %q, and %q", stdout.String(), stderr.String())
	}
}

func TestParseUntil_takesMomentsDatesAndNow(t *testing.T) {
	now := time.Date(2027, 1, 2, 3, 4, 5, 6, time.UTC)
	tests := map[string]string{
		"":                          "2026-11-22T09:00:00Z",
		"now":                       "2027-01-02T03:04:05Z",
		"2026-12-01":                "2026-12-01T00:00:00Z",
		"2026-12-01T12:00:00+02:00": "2026-12-01T10:00:00Z",
	}
	for until, want := range tests {
		shift, err := parseUntil(until, now)
		if got := string(appendMoment(nil, epoch+shift)); err != nil || got != want {
			t.Errorf("%q: the data ends at %s, %v; want %s", until, got, err, want)
		}
	}
}
