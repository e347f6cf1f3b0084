package state

import "time"

// EffectStatus is how far an effect has come.
type EffectStatus string

// The states of an effect. Intent without an outcome after a run has ended is in doubt.
const (
	Intended EffectStatus = "intended"
	Happened EffectStatus = "happened"
	Refused  EffectStatus = "refused" // never happened; may be tried again
	InDoubt  EffectStatus = "in doubt"
)

// Effect is something that happens once. Key is unique.
type Effect struct {
	Key       string       `json:"key"` // hash(enrollment, step id, fan-out record), see [EffectKey]
	Member    string       `json:"member"`
	Play      string       `json:"play"`
	Step      string       `json:"step"`
	Connector string       `json:"connector"`
	Action    string       `json:"action"`
	Record    Record       `json:"record"`
	Status    EffectStatus `json:"status"`
	Receipt   string       `json:"receipt,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Attempts  int          `json:"attempts"`
	At        time.Time    `json:"at"` // of the status
	Run       string       `json:"run"`
}

// Task is something that playctl gave a person to do: its clocks. Key is its effect's.
type Task struct {
	Key       string     `json:"key"`
	Member    string     `json:"member"`
	Play      string     `json:"play"`
	Step      string     `json:"step"`
	Lane      string     `json:"lane,omitempty"`
	Connector string     `json:"connector"`
	Kind      string     `json:"kind"`
	Record    Record     `json:"record"`
	Role      string     `json:"role,omitempty"`     // the role that resolved
	Assignee  string     `json:"assignee,omitempty"` // token of whom it resolved to (see [Meta.Token]): for counting only
	Receipt   string     `json:"receipt"`
	Status    TaskStatus `json:"status"`
	Outcome   string     `json:"outcome,omitempty"`
	Answers   Answers    `json:"answers,omitempty"` // those that the play speaks of
	Assigned  time.Time  `json:"assigned"`
	DueAt     time.Time  `json:"due_at,omitzero"`
	SLAAt     time.Time  `json:"sla_at,omitzero"`     // by when somebody must have touched it
	TimeoutAt time.Time  `json:"timeout_at,omitzero"` // when its step goes on without it
	TouchedAt time.Time  `json:"touched_at,omitzero"`
	DoneAt    time.Time  `json:"done_at,omitzero"`     // also of a cancelled one
	Breached  time.Time  `json:"breached_at,omitzero"` // when the SLA passed untouched
	// SLA in both clocks, from Assigned to the first touch (or to being done), once it is known: elapsed and by the calendar.
	Took        time.Duration `json:"took,omitempty"`
	TookWorking time.Duration `json:"took_working,omitempty"`
}

// TaskStatus is how far a task has come.
type TaskStatus string

// The states of a task.
const (
	TaskOpen      TaskStatus = "open"
	TaskDone      TaskStatus = "done"
	TaskCancelled TaskStatus = "cancelled"
)
