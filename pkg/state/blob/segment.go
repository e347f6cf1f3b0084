package blob

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// wire is how [state.Changes] are kept: nothing is said of what is not changed.
type wire struct {
	Plays        []state.Play    `json:"plays,omitempty"`
	PlaysGone    []string        `json:"plays_gone,omitempty"`
	Members      []state.Member  `json:"members,omitempty"`
	MembersGone  []string        `json:"members_gone,omitempty"`
	Truths       []state.Truth   `json:"truths,omitempty"`
	TruthsGone   []state.Truth   `json:"truths_gone,omitempty"`
	Held         []state.Held    `json:"held,omitempty"`
	HeldGone     []state.Held    `json:"held_gone,omitempty"`
	Effects      []state.Effect  `json:"effects,omitempty"`
	EffectsGone  []string        `json:"effects_gone,omitempty"`
	Tasks        []state.Task    `json:"tasks,omitempty"`
	TasksGone    []string        `json:"tasks_gone,omitempty"`
	Seen         []state.Seen    `json:"seen,omitempty"`
	SeenGone     []state.Seen    `json:"seen_gone,omitempty"`
	Changes      []state.Change  `json:"changes,omitempty"`
	ChangesGone  []state.Change  `json:"changes_gone,omitempty"`
	Failures     []state.Failure `json:"failures,omitempty"`
	FailuresGone []string        `json:"failures_gone,omitempty"`
	Erased       []state.Erasure `json:"erased,omitempty"`
	ErasedGone   []string        `json:"erased_gone,omitempty"`
	Pages        []state.Page    `json:"pages,omitempty"`
	MovedTo      *string         `json:"moved_to,omitempty"`
	Run          *state.Run      `json:"run,omitempty"`
}

// commit is a line of the log. Each says which one it goes on from, so that of what is in a log, but in no head that can be read, it is known
// what was kept: whatever another one goes on from.
type commit struct {
	ID    string `json:"id"`              // unique in its log
	After string `json:"after,omitempty"` // "" for the first one after the whole state
	wire
}

// changes gives what a commit changed.
func (c *commit) changes() *state.Changes { return (*state.Changes)(&c.wire) }

// encode gives a commit as one line.
func (c *commit) encode() ([]byte, error) {
	line, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encoding the state: %w", err)
	}
	return append(line, '\n'), nil
}

// decodeCommits reads lines of commits, in order.
func decodeCommits(body []byte) ([]*commit, error) {
	var out []*commit
	for line := range bytes.Lines(body) {
		var c commit
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, &Flaw{What: "can't be read: " + err.Error()}
		}
		out = append(out, &c)
	}
	return out, nil
}
