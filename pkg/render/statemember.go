package render

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// member writes where a member stands and what it has done, and its lanes.
func (s *sheet) member(m *state.Member, snapshot *state.Snapshot) {
	s.put(0, s.paint(strong, clean(m.Record.String())+" in play "+clean(m.Play)))
	s.detail("member", clean(m.Key))
	s.detail("entered", s.entered(m, snapshot))
	switch {
	case !m.Active():
		s.detail("ended", s.when(m.EndedAt)+": "+clean(points(strings.ReplaceAll(string(m.Outcome), "_", " "), m.Reason)))
	case m.HeldOut:
		s.detail("held out", "does nothing, and is counted toward the goal")
	default:
		if m.Leaving() {
			s.detail("leaving", clean(points(string(m.Outcome), m.Reason))+", and goes through what follows that")
		}
		s.detail("stands", s.stands(&m.Track, m.Record.Key))
	}
	if !m.MissingSince.IsZero() {
		s.detail("missing", "its record is, since "+s.when(m.MissingSince))
	}
	if m.Frozen > 0 {
		s.detail("paused", "with its play, for "+exactly(m.Frozen)+" in all")
	}
	s.steps(&m.Track, m.Record.Key)
	for i := range m.Lanes {
		s.lane(&m.Lanes[i])
	}
}

// entered tells when and how a member came in.
func (s *sheet) entered(m *state.Member, snapshot *state.Snapshot) string {
	text := s.when(m.EnteredAt) + " by " + clean(string(m.By))
	for i := range snapshot.Members {
		if from := &snapshot.Members[i]; m.From != "" && from.Key == m.From {
			text = s.when(m.EnteredAt) + " from play " + clean(from.Play)
			if from.Record != m.Record {
				text += " (" + clean(from.Record.String()) + ")"
			}
		}
	}
	if m.Number > 1 {
		text += ", for the " + ordinal(m.Number) + " time"
	}
	if m.Per != "" {
		text += ", per " + clean(m.Per)
	}
	return text
}

// stands tells on which step, since when, and until when at the latest. own is the key of whom a step reaches unless it says otherwise.
func (s *sheet) stands(t *state.Track, own string) string {
	if t.Step == "" {
		return "past the last step since " + s.when(t.StepAt)
	}
	text := "on step " + clean(t.Step) + " since " + s.when(t.StepAt)
	if !t.Due.IsZero() {
		text += ", until " + s.when(t.Due)
	}
	if len(t.Reached) > 0 && !slices.Equal(t.Reached, []string{own}) {
		text += ", done for " + s.keys(t.Reached, len(t.Reached))
	}
	return text
}

// steps lists the steps that were done. own is the key of whom they were done for unless they say otherwise.
func (s *sheet) steps(t *state.Track, own string) {
	for i, d := range t.Done {
		text := clean(d.ID) + " " + clean(d.Outcome) + " " + s.when(d.At)
		if len(d.Records) > 0 && !slices.Equal(d.Records, []string{own}) {
			text += ", for " + s.keys(d.Records, len(d.Records))
		}
		s.detail(map[bool]string{true: "steps"}[i == 0], text)
	}
}

// lane writes where a lane stands.
func (s *sheet) lane(l *state.Lane) {
	text := clean(l.Record.String()) + " of step " + clean(l.Of) + ": "
	if l.EndedAt.IsZero() {
		text += s.stands(&l.Track, l.Record.Key)
	} else {
		text += "ended " + s.when(l.EndedAt) + ": " + clean(points(strings.ReplaceAll(string(l.Outcome), "_", " "), l.Reason))
	}
	if n := len(l.Done); n > 0 {
		var done []string
		for _, d := range l.Done {
			done = append(done, clean(d.ID)+" "+clean(d.Outcome))
		}
		text += " (" + strings.Join(done, ", ") + ")"
	}
	s.detail("lane", text)
}

// waitsOf writes what a member and its lanes wait for.
func (s *sheet) waitsOf(m *state.Member, waits []journey.Wait) {
	for _, w := range waits {
		if w.Member != m.Key {
			continue
		}
		text := clean(oneLine(w.Why))
		switch w.Kind {
		case journey.ForEvents:
			text = "for " + text
		case journey.ForLanes:
			text = "for its lanes"
		}
		if w.Step != "" {
			text = "at step " + clean(w.Step) + inLane(w.Lane) + ": " + text
		}
		if !w.Due.IsZero() {
			text += ", until " + s.moment(w.Due)
		}
		s.row(detailRow, 4, cell{text: "waits", ink: faint}, cell{text: text, ink: map[bool]ink{true: changed}[w.Kind == journey.Held]})
	}
}

// tasksOf writes the tasks that people have or had for a member.
func (s *sheet) tasksOf(m *state.Member, snapshot *state.Snapshot) {
	for i := range snapshot.Tasks {
		if t := &snapshot.Tasks[i]; t.Member == m.Key {
			s.detail("task", s.taskState(t))
		}
	}
}

// taskState tells how far a task has come.
func (s *sheet) taskState(t *state.Task) string {
	text := clean(t.Step) + inLane(t.Lane) + ", " + clean(t.Connector+"."+t.Kind)
	if t.Role != "" {
		text += " for " + clean(t.Role)
	}
	text += ": " + string(t.Status)
	if t.Status == state.TaskOpen {
		text += " since " + s.when(t.Assigned)
		if !t.DueAt.IsZero() {
			text += ", due " + s.when(t.DueAt)
		}
		if !t.TimeoutAt.IsZero() {
			text += ", until " + s.when(t.TimeoutAt)
		}
	} else {
		text += " " + s.when(t.DoneAt)
		if t.Outcome != "" {
			text += ": " + clean(t.Outcome)
		}
	}
	switch {
	case !t.Breached.IsZero():
		text += ", SLA passed " + s.when(t.Breached)
	case !t.TouchedAt.IsZero():
		text += ", touched after " + exactly(t.Took)
	case !t.SLAAt.IsZero() && t.Status == state.TaskOpen:
		text += ", SLA " + s.when(t.SLAAt)
	}
	if t.Receipt != "" {
		text += ", receipt " + clean(t.Receipt)
	}
	return text
}

// inLane names a lane behind a step.
func inLane(lane string) string {
	if lane == "" {
		return ""
	}
	return " (" + clean(strings.Replace(lane, ":", " ", 1)) + ")"
}

func (s *sheet) detail(label, text string) {
	s.row(detailRow, 4, cell{text: label, ink: faint}, cell{text: text})
}
