//go:build unix

package main

import (
	"context"
	"testing"
)

func TestRemaining_takesEvaluatingOutOnce(t *testing.T) {
	got := remaining(&told{CPU: 1, Wall: 2, Peak: 10}, &told{CPU: 20, Wall: 30, Peak: 30}, &told{CPU: 100, Wall: 130, Peak: 40})
	if want := (cost{CPU: 81, Wall: 102, Peak: 40}); got.cost() != want {
		t.Errorf("the rest is %+v, want %+v", got.cost(), want)
	}
}

func TestRest_plansFromTheStateOfAnApply(t *testing.T) {
	d := deskOver(t, "p4")
	if code := command([]string{"apply", "-C", d.world.Dir, "--yes", "--quiet"}); code != 0 {
		t.Fatalf("apply ends with %d", code)
	}
	got, err := d.do(context.Background(), ask{Do: "rest"})
	if err != nil || got.CPU <= 0 || got.Wall <= 0 || got.Peak == 0 {
		t.Errorf("the rest of planning took %+v, %v", got, err)
	}
}
