//go:build unix

package main

import (
	"strings"
	"testing"
	"time"
)

func TestReportPlan_holdsEveryRoomAgainstTheBarOfGrowth(t *testing.T) {
	rooms := map[string]func(*planned) *cost{
		"load":                           func(p *planned) *cost { return &p.load },
		"evaluate":                       func(p *planned) *cost { return &p.evaluate },
		"the rest of planning":           func(p *planned) *cost { return &p.plan },
		"`playctl plan`, from the cache": func(p *planned) *cost { return &p.again },
	}
	for name, of := range rooms {
		for what, grow := range map[string]cost{"processor time": {CPU: 12 * time.Second, Peak: 1}, "memory": {CPU: time.Second, Peak: 12}} {
			small, large := &planned{scale: 0.1}, &planned{scale: 1}
			for _, of := range rooms {
				*of(small), *of(large) = cost{CPU: time.Second, Peak: 1}, cost{CPU: 10 * time.Second, Peak: 10}
			}
			*of(large) = grow
			b := newTestBench(t)
			b.reportPlan(small, large)
			c := b.report.checks[2]
			if c.value != 12 || c.verdict() == "held" || !strings.Contains(c.what, name+": "+what) {
				t.Errorf("%s grew in %s by 12: %s, %v: %s", name, what, c.what, c.value, c.verdict())
			}
		}
	}
}
