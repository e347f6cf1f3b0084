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

// encodeChanges gives changes as one line.
func encodeChanges(c *state.Changes) ([]byte, error) {
	line, err := json.Marshal((*wire)(c))
	if err != nil {
		return nil, fmt.Errorf("encoding the state: %w", err)
	}
	return append(line, '\n'), nil
}

// decodeChanges reads lines of changes, in order.
func decodeChanges(body []byte) ([]*state.Changes, error) {
	var out []*state.Changes
	for line := range bytes.Lines(body) {
		var c wire
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, &Flaw{What: "can't be read: " + err.Error()}
		}
		out = append(out, (*state.Changes)(&c))
	}
	return out, nil
}
