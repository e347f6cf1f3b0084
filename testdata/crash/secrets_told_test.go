package crash

import (
	"slices"
	"strings"
	"testing"
)

// TestSecrets_ofSystemsThatTellThem runs over systems that fail, refuse and panic with secrets and addresses in their mouths: neither is kept
// or told.
func TestSecrets_ofSystemsThatTellThem(t *testing.T) {
	for _, b := range []backend{beside, encrypted(t)} {
		for how, code := range map[string]int{"fails": 7, "refuses": 7, "panics": 1} {
			t.Run(strings.ReplaceAll(b.name, ", ", "_")+"_"+how, func(t *testing.T) {
				l, h, p := planted(t, b)
				telling := []string{"CRASH_LETTERBOX=" + how}
				if x := l.run(h, p, telling, "a system that "+how, applying("-v")...); x.code != code {
					t.Errorf("exit code %d\n%s%s", x.code, x.stdout, x.stderr)
				}
				x := l.run(h, p, telling, "plan after it", "plan", "-v", "--full")
				if !slices.Contains([]int{0, 1}, x.code) {
					t.Errorf("plan: exit code %d\n%s%s", x.code, x.stdout, x.stderr)
				}
				l.inquire(h, p)
			})
		}
	}
}
