package state

import "time"

// RunStatus is how a run ended.
type RunStatus string

// The ends of a run. A run that is Running while nobody holds the lock was interrupted.
const (
	Running     RunStatus = "running"
	Succeeded   RunStatus = "succeeded"
	Partly      RunStatus = "applied in part"
	Failed      RunStatus = "failed"
	Interrupted RunStatus = "interrupted"
)

// Run is one command that changed something: who did it, when, from what, by whose leave, and what became of it.
type Run struct {
	ID          string            `json:"id"`
	Serial      int64             `json:"serial"` // the state's serial that this run made
	Operation   Operation         `json:"operation,omitempty"`
	Environment string            `json:"environment,omitempty"`
	Started     time.Time         `json:"started"`
	Finished    time.Time         `json:"finished,omitzero"`
	Status      RunStatus         `json:"status"`
	By          string            `json:"by,omitempty"`        // user@host
	Plan        string            `json:"plan,omitempty"`      // id of the saved plan it was made from
	Digest      string            `json:"digest,omitempty"`    // of the plan that was carried out
	Approved    string            `json:"approved,omitempty"`  // how: "yes" on a terminal, "--yes", "saved plan ID"
	Overrides   []string          `json:"overrides,omitempty"` // guards and other refusals that were let pass, by name; sorted
	Limits      []string          `json:"limits,omitempty"`    // what it was limited to, as options: "--target welcome"
	Revision    string            `json:"revision,omitempty"`  // of the playbook in Git: a commit, and "+changes" where files differed from it
	Playbook    map[string]string `json:"playbook"`            // digest of each file
	Planned     map[string]int    `json:"planned,omitempty"`   // operations, by verb
	Counts      map[string]int    `json:"counts,omitempty"`    // what became of them, by status
	Read        map[string]int    `json:"read,omitempty"`      // records read, by entity
	Message     string            `json:"message,omitempty"`
}
