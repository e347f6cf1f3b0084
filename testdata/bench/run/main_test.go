//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// testDir is for what several tests use.
var testDir string

func TestMain(m *testing.M) {
	var err error
	if testDir, err = os.MkdirTemp("", "bench"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(testDir); err != nil {
		panic(err)
	}
	os.Exit(code)
}

func TestRun_flagsThatMakeNoSenseAreCode2(t *testing.T) {
	tests := []struct{ args, want string }{
		{"-scale 0", "-scale 0 is out of range"},
		{"-scale NaN", "out of range"},
		{"-rounds 0", "-rounds 0 is out of range"},
		{"-only p1,p11", `there is no part "p11"`},
		{"more", `unexpected argument "more"`},
		{"-oops", "flag provided but not defined"},
	}
	for _, tt := range tests {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), strings.Fields(tt.args), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit code %d, %q; want 2, %q", tt.args, code, stderr.String(), tt.want)
		}
	}
}

func TestRun_helpNamesEveryPart(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), []string{"-h"}, &stdout, &stderr)
	if code != 0 || !strings.Contains(stdout.String(), strings.Join(partNames(), ", ")) {
		t.Errorf("-h: exit code %d, printed %q", code, stdout.String())
	}
}

func TestRunParts_oneThatFailsDoesNotStopTheOthers(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // every part fails at once
	b := newTestBench(t)
	b.only = []string{"p2", "p10"}
	if failed := b.runParts(ctx); !failed || len(b.report.failed) != 2 {
		t.Errorf("failed %t, told of %q; want both parts", failed, b.report.failed)
	}
}

func TestLockDir_keepsASecondOneOut(t *testing.T) {
	dir := t.TempDir()
	first, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); err == nil || !strings.Contains(err.Error(), "another one measures in "+dir) {
		t.Errorf("a second one: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// newTestBench is a bench in a folder of its own.
func newTestBench(t *testing.T) *bench {
	t.Helper()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	return &bench{options: &options{scale: testScale, rounds: 1, dir: t.TempDir(), only: partNames()}, root: root, log: t.Output()}
}

// testScale is of a world that is made in no time: a thousand accounts.
const testScale = 0.001
