package connector

import (
	"context"
	"time"
)

// The fields of a task's payload ([Task]). A step's own payload goes beside them.
const (
	TaskTitle    = "title"    // string
	TaskAssignee = "assignee" // string: who is to do it, as the role says
	TaskRole     = "role"     // string: the role's name
	TaskDue      = "due"      // time.Time; absent for none
	TaskAsks     = "asks"     // []any of string: names of answers; absent for none
	TaskOutcomes = "outcomes" // []any of string: what it may end as; absent for any
)

// TaskStatus is how far a task has come.
type TaskStatus string

// The states of a task.
const (
	TaskOpen      TaskStatus = "open"
	TaskDone      TaskStatus = "done"
	TaskCancelled TaskStatus = "cancelled" // closed without being done, or deleted
)

// TaskReport is what a system tells of a task.
type TaskReport struct {
	Status  TaskStatus
	Outcome string            // as the person chose it; "" if the system has none
	Answers map[string]string // by name, as text; only those that were given
	// DoneAt is when it was done; zero if the system does not know, or it is not done.
	DoneAt time.Time
	// TouchedAt is when somebody first did anything about it; zero if nobody did, or the system does not know.
	TouchedAt time.Time
}

// TaskReader is a connector whose tasks can be followed.
type TaskReader interface {
	// Tasks gives a report for each receipt that the system still knows. One that it does not know was deleted.
	Tasks(ctx context.Context, kind string, receipts []string) (map[string]TaskReport, error)
}
