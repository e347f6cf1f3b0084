package simulate

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong once in every so many requests.
type Fault struct {
	Every int           `json:"every"`
	For   time.Duration `json:"for,omitempty"` // of slow
}

// Faults are those that are asked for, by name.
type Faults map[string]Fault

// The names of faults, beside the statuses of servers that break down: 500 to 599.
const (
	faultRate      = "429"
	faultCutBefore = "cut-before" // the connection is cut before anything is done
	faultCutAfter  = "cut-after"  // … once it is done
	faultSlow      = "slow"
	faultExpire    = "expire" // every token that was issued ends
	faultStall     = "stall"  // no answer comes, and nothing is done
	faultBad       = "bad"    // one record of a batch is refused, and always will be
)

// FaultNames are what can be asked for.
var FaultNames = []string{faultRate, "500", "502", "503", "504", faultCutBefore, faultCutAfter, faultSlow, faultStall, faultExpire, faultBad}

// ParseFault reads NAME=N, or slow=N:TIME, which has to say how slow: every Nth request.
func ParseFault(text string) (name string, f Fault, err error) {
	name, count, ok := strings.Cut(text, "=")
	if !slices.Contains(FaultNames, name) {
		return "", Fault{}, fmt.Errorf("%q is no fault: they are %s", name, strings.Join(FaultNames, ", "))
	}
	count, span, timed := strings.Cut(count, ":")
	if f.Every, err = strconv.Atoi(count); !ok || err != nil || f.Every < 1 {
		return "", Fault{}, fmt.Errorf("%q does not say how often: %s=5 is every fifth request", text, name)
	}
	if name == faultSlow && !timed {
		return "", Fault{}, fmt.Errorf("%q does not say how slow: slow=%d:2s has an answer wait for 2 seconds", text, f.Every)
	}
	if timed {
		if f.For, err = time.ParseDuration(span); err != nil || name != faultSlow || f.For <= 0 {
			return "", Fault{}, fmt.Errorf("%q: a time goes with slow only, as in slow=10:2s", text)
		}
	}
	return name, f, nil
}

// faults decides which requests go wrong: of every N requests one, chosen by the seed.
type faults struct {
	list  Faults
	seed  int64
	count map[string]int
	soon  string // what the next write meets
	given bool   // somebody gave up what stalled
}

func (f *faults) set(list Faults, seed int64) {
	f.list, f.seed, f.count = list, seed, map[string]int{}
}

// next tells what goes wrong with a request; "": nothing.
func (f *faults) next(v *view) (name string, of Fault) {
	if f.soon != "" {
		return f.injected(v), Fault{}
	}
	for _, n := range slices.Sorted(maps.Keys(f.list)) {
		spec := f.list[n]
		if spec.Every < 1 || !applies(n, v) {
			continue
		}
		at := f.count[n]
		f.count[n]++
		if at%spec.Every == f.chosen(n, at/spec.Every, spec.Every) && name == "" {
			name, of = n, spec
		}
	}
	return name, of
}

// injected gives the fault that the next write is to meet, if a request is one. What stalls does so together, until somebody gives up: then, or once
// something is read, it is over.
func (f *faults) injected(v *view) (name string) {
	writes := v.op.writes()
	if writes {
		name = f.soon
	}
	if writes != (f.soon == faultStall) {
		f.soon = ""
	}
	return name
}

// over ends what stalls.
func (s *Server) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.given = true
	if s.faults.soon == faultStall {
		s.faults.soon = ""
	}
}

// grace is how soon a server is told that its caller is gone.
const grace = 20 * time.Millisecond

// straggler waits, once somebody gave up what stalled, whether the caller of a request has as well: of several that were sent together one may come in
// only then, and what a caller has given up on is not to be done.
func (s *Server) straggler(ctx context.Context) {
	s.mu.Lock()
	given := s.faults.given
	s.mu.Unlock()
	if !given {
		return
	}
	ctx, end := context.WithTimeout(ctx, grace)
	defer end()
	<-ctx.Done()
}

// applies reports whether a fault can meet a request.
func applies(name string, v *view) bool {
	if name == faultBad {
		return v.op.writes() && len(v.asked.items) > 1
	}
	return v.op.does != issuesToken
}

// chosen gives which of the nth run of requests goes wrong.
func (f *faults) chosen(name string, nth, every int) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %d", f.seed, name, nth)
	return int(h.Sum64() % uint64(every))
}

func serverFault(name string) int {
	if n, err := strconv.Atoi(name); err == nil && n >= 500 {
		return n
	}
	return 0
}

// spoil has one record of a batch be refused from now on.
func (s *Server) spoil(v *view) {
	if n := len(v.asked.items); n > 0 {
		s.badOnes[v.op.name()+"\x00"+v.asked.items[s.faults.chosen("which", s.faults.count[faultBad], n)].ID] = true
	}
}

// bad tells why an item is refused since a fault had it be so.
func (s *Server) bad(v *view, x *item) string {
	if s.badOnes[v.op.name()+"\x00"+x.ID] {
		return "the record is bad (a fault on request)"
	}
	return ""
}

// Inject has the next request that writes meet a fault.
func (s *Server) Inject(fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.soon, s.faults.given = fault, s.faults.given && fault == ""
}
