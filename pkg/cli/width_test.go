package cli

import "testing"

func TestWidth_isThatOfTheTerminalThatIsRead(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		columns  func() int
		want     int
	}{
		{true, func() int { return 120 }, 120},
		{true, func() int { return 20 }, narrowest},
		{true, func() int { return 0 }, 0},
		{true, nil, 0},
		{false, func() int { return 120 }, 0}, // a pipe gets whole lines
	} {
		a := &app{World: &World{Terminal: func(stream int) bool { return c.terminal && stream == 1 }, Columns: c.columns}}
		if got := a.width(); got != c.want {
			t.Errorf("terminal %v: %d columns, want %d", c.terminal, got, c.want)
		}
	}
}
