package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// SavedVersion is the version of the form of saved plans.
const SavedVersion = 2

// Expiry is how long a saved plan may be applied.
const Expiry = 24 * time.Hour

// Saved is a plan as an approval: the keys of what may be done with digests of their content. It holds no payloads and no addresses.
type Saved struct {
	FormatVersion int               `json:"format_version"`
	ID            string            `json:"id"`
	Playbook      string            `json:"playbook"`
	Environment   string            `json:"environment,omitempty"`
	Files         map[string]string `json:"files"` // digests of the playbook's files
	Lineage       string            `json:"lineage"`
	Serial        int64             `json:"serial"`
	// Salt is that of a state which does not exist yet and which applying this plan creates; "" else.
	Salt    string    `json:"salt,omitempty"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	Target  []string  `json:"target,omitempty"` // what the run was limited to
	Exclude []string  `json:"exclude,omitempty"`
	Only    []string  `json:"only,omitempty"`
	Limit   int       `json:"limit,omitempty"`
	Summary Summary   `json:"summary"`
	// Allowed are the guards that were let pass when the plan was made.
	Allowed    []string         `json:"allowed,omitempty"`
	Operations []SavedOperation `json:"operations"`
	Members    []SavedMember    `json:"members"`
	// Text is the plan as it was shown, for playctl show.
	Text string `json:"text"`
	// Digest is over everything above.
	Digest string `json:"digest"`
	// Key is the id of the key that it was signed with, Signature the HMAC-SHA256 of the digest; "" where there was no key.
	Key       string `json:"key,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// SavedOperation is one approved operation.
type SavedOperation struct {
	Key    string `json:"key"`
	Digest string `json:"digest"`
	Verb   string `json:"verb"`
	Target string `json:"target"` // desk.list "Nurture"
	Record string `json:"record"` // account a-1
	Step   string `json:"step"`   // play.step
}

// SavedMember is an approved entry or exit.
type SavedMember struct {
	Member string `json:"member"`
	Change string `json:"change"` // enters, leaves: outcome
	Play   string `json:"play"`
	Record string `json:"record"`
}

// SaveOptions are what a saved plan says beside the plan itself.
type SaveOptions struct {
	ID                             string
	Salt                           string // see [Saved]
	Text                           string
	Good                           time.Duration // how long it may be applied; 0 is [Expiry]
	Target, Exclude, Only, Allowed []string
	Limit                          int
}

// Save makes an approval of a plan.
func Save(p *Plan, o SaveOptions) *Saved {
	s := &Saved{FormatVersion: SavedVersion, ID: o.ID, Playbook: p.Playbook, Environment: p.Environment, Files: p.Files, Lineage: p.Lineage,
		Serial: p.Serial, Salt: o.Salt, At: p.At, Expires: p.At.Add(cmp.Or(o.Good, Expiry)), Target: o.Target, Exclude: o.Exclude, Only: o.Only,
		Limit: o.Limit, Allowed: o.Allowed, Summary: p.Summary(), Text: strings.ToValidUTF8(o.Text, "\ufffd")} // what JSON could not say would not fit its digest
	for i := range p.Operations {
		o := &p.Operations[i]
		s.Operations = append(s.Operations, SavedOperation{Key: o.Key, Digest: o.Digest, Verb: o.Verb.String(), Target: o.Place().Title(),
			Record: o.Record.String(), Step: o.Play + "." + o.Step})
	}
	for i := range p.Members {
		if m := &p.Members[i]; m.Enters || m.Leaves {
			s.Members = append(s.Members, SavedMember{Member: m.After.Key, Change: m.change(), Play: m.After.Play, Record: m.After.Record.String()})
		}
	}
	s.Digest = s.digest()
	return s
}

func (m *Member) change() string {
	if m.Leaves {
		return "leaves: " + string(m.After.Outcome)
	}
	if m.After.HeldOut {
		return "enters: held out"
	}
	return "enters"
}

// StaleError says that a saved plan no longer fits.
type StaleError struct{ Why, Hint string }

// Error says what changed.
func (e *StaleError) Error() string { return "the saved plan is stale: " + e.Why }

// slack is how far two clocks may be apart.
const slack = time.Minute

// Check refuses a saved plan that no longer fits: expired, used, made for another playbook, or from an older state. files are the digests
// of the playbook's files as they are now.
func (s *Saved) Check(name, environment string, files map[string]string, st *state.Snapshot, now time.Time) error {
	again := "make a new plan: playctl plan --out FILE"
	for _, run := range st.Runs {
		if run.Plan == s.ID {
			return &StaleError{"it was applied on " + run.Started.UTC().Format(time.RFC3339) + " by run " + run.ID + "; a plan is used once", again}
		}
	}
	switch {
	case s.Playbook == name && s.Environment != environment:
		return &StaleError{fmt.Sprintf("it was made for environment %q, and this is %q", s.Environment, environment), sameEnvironment(s.Environment, again)}
	case s.Playbook != name:
		return &StaleError{fmt.Sprintf("it was made for playbook %q, environment %q; this is %q, %q", s.Playbook, s.Environment, name, environment), again}
	}
	if diff := differ(s.Files, files); diff != "" {
		return &StaleError{"the playbook changed since: " + diff, again}
	}
	switch {
	case s.Salt != "" && st.Meta.Serial > 0 && len(st.Runs) > 0:
		return &StaleError{fmt.Sprintf("it was made when there was no state yet, which run %s began on %s", st.Runs[0].ID, st.Runs[0].Started.UTC().Format(time.RFC3339)), again}
	case s.Salt == "" && s.Lineage != st.Meta.Lineage || s.Salt != "" && st.Meta.Serial > 0:
		return &StaleError{fmt.Sprintf("it was made for another state: its lineage is %s, that of the state is %s", s.Lineage, st.Meta.Lineage), again}
	}
	if s.Serial != st.Meta.Serial {
		why := fmt.Sprintf("the state changed since: it was made at serial %d, the state is at %d", s.Serial, st.Meta.Serial)
		if n := len(st.Runs); n > 0 {
			why += " by run " + st.Runs[n-1].ID + " on " + st.Runs[n-1].Started.UTC().Format(time.RFC3339)
		}
		return &StaleError{why, again}
	}
	switch {
	case now.After(s.Expires):
		return &StaleError{"it expired on " + s.Expires.UTC().Format(time.RFC3339), again}
	case now.Before(s.At.Add(-slack)):
		return &StaleError{"it was made on " + s.At.UTC().Format(time.RFC3339) + ", which is later than now: one of the two clocks is wrong, and so is its expiry", again}
	}
	return nil
}

// sameEnvironment words how a plan of another environment is applied to that one.
func sameEnvironment(environment, again string) string {
	if environment == "" {
		return "apply it without --env, or " + again
	}
	return "apply it with --env " + environment + ", or " + again
}

// differ tells which files changed.
func differ(before, after map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if d, ok := before[name]; !ok {
			out = append(out, name+" is new")
		} else if d != after[name] {
			out = append(out, name+" was edited")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[name]; !ok {
			out = append(out, name+" is gone")
		}
	}
	return strings.Join(out, ", ")
}
