package postgres

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Lists and maps are JSON as encoding/json has it, but for their times, which are microseconds since 1970: a time that is out of JSON's
// years must not keep a whole state from being written.

// micros is a time in JSON; 0 and absent is a zero one.
type micros struct{ time.Time }

// MarshalJSON gives the microseconds.
func (m micros) MarshalJSON() ([]byte, error) { return json.Marshal(m.UnixMicro()) }

// UnmarshalJSON reads them.
func (m *micros) UnmarshalJSON(text []byte) error {
	var n int64
	err := json.Unmarshal(text, &n)
	m.Time = time.UnixMicro(n).UTC()
	return err
}

type doneJSON struct {
	ID      string        `json:"id"`
	Outcome string        `json:"outcome"`
	At      micros        `json:"at,omitzero"`
	Records []string      `json:"records,omitempty"`
	Event   state.Event   `json:"event,omitempty"`
	Answers state.Answers `json:"answers,omitempty"`
}

type laneJSON struct {
	Of      string        `json:"of"`
	Record  state.Record  `json:"record"`
	Step    string        `json:"step,omitempty"`
	StepAt  micros        `json:"step_at,omitzero"`
	Due     micros        `json:"due,omitzero"`
	Reached []string      `json:"reached,omitempty"`
	Done    []doneJSON    `json:"done,omitempty"`
	Since   micros        `json:"since,omitzero"`
	EndedAt micros        `json:"ended_at,omitzero"`
	Outcome state.Outcome `json:"outcome,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

func donesJSON(done []state.StepDone) []doneJSON {
	list := make([]doneJSON, len(done))
	for i, d := range done {
		list[i] = doneJSON{d.ID, d.Outcome, micros{d.At}, d.Records, d.Event, d.Answers}
	}
	return list
}

func donesOf(list []doneJSON) []state.StepDone {
	if len(list) == 0 {
		return nil
	}
	done := make([]state.StepDone, len(list))
	for i, d := range list {
		done[i] = state.StepDone{ID: d.ID, Outcome: d.Outcome, At: d.At.Time, Records: d.Records, Event: d.Event, Answers: d.Answers}
	}
	return done
}

func lanesJSON(lanes []state.Lane) []laneJSON {
	list := make([]laneJSON, len(lanes))
	for i, l := range lanes {
		list[i] = laneJSON{l.Of, l.Record, l.Step, micros{l.StepAt}, micros{l.Due}, l.Reached, donesJSON(l.Done), micros{l.Since}, micros{l.EndedAt}, l.Outcome, l.Reason}
	}
	return list
}

func lanesOf(list []laneJSON) []state.Lane {
	lanes := make([]state.Lane, len(list))
	for i, l := range list {
		lanes[i] = state.Lane{Of: l.Of, Record: l.Record, Since: l.Since.Time, EndedAt: l.EndedAt.Time, Outcome: l.Outcome, Reason: l.Reason,
			Track: state.Track{Step: l.Step, StepAt: l.StepAt.Time, Due: l.Due.Time, Reached: l.Reached, Done: donesOf(l.Done)}}
	}
	return lanes
}

// encodeList gives a list or map as JSON, nil for an empty one.
func encodeList(cell any) ([]byte, error) {
	length, value := 0, cell
	switch v := cell.(type) {
	case *[]string:
		length = len(*v)
	case *[]state.Keeper:
		length = len(*v)
	case *state.Event:
		length = len(*v)
	case *state.Answers:
		length = len(*v)
	case *map[string]string:
		length = len(*v)
	case *map[string]int:
		length = len(*v)
	case *[]state.StepDone:
		length, value = len(*v), donesJSON(*v)
	case *[]state.Lane:
		length, value = len(*v), lanesJSON(*v)
	default:
		return nil, fmt.Errorf("a field of type %T has no column", cell)
	}
	if length == 0 {
		return nil, nil
	}
	return json.Marshal(value)
}

// decodeList reads what encodeList gave.
func decodeList(cell any, text []byte) error {
	switch v := cell.(type) {
	case *[]state.StepDone:
		var list []doneJSON
		err := json.Unmarshal(text, &list)
		*v = donesOf(list)
		return err
	case *[]state.Lane:
		var list []laneJSON
		err := json.Unmarshal(text, &list)
		*v = lanesOf(list)
		return err
	}
	return json.Unmarshal(text, cell)
}
