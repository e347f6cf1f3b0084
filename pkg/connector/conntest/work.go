package conntest

import (
	"maps"

	"github.com/playctl/playctl/pkg/connector"
)

var workClaims = []claim{
	{"a task that is taken up is open", []Power{Writes, ReadTasks}, (*bench).begins},
	{"a finished task has its outcome and its answers", []Power{Writes, ReadTasks}, (*bench).finishes},
	{"awkward answers come back", []Power{Writes, ReadTasks}, (*bench).answersAwkward},
	{"a task that is closed undone is cancelled", []Power{Writes, ReadTasks}, (*bench).closes},
	{"a deleted task is not reported, and the others are", []Power{Writes, ReadTasks}, (*bench).deletes},
	{"an open task is cancelled, and cancelling it again is already", []Power{Writes, ReadTasks}, (*bench).cancels},
	{"a task that is done, closed, deleted or unknown stays as it is when it is cancelled", []Power{Writes, ReadTasks}, (*bench).cancelsLate},
	{"a bad receipt is rejected and the others are cancelled", []Power{Writes, ReadTasks}, (*bench).cancelsAllButOne},
}

// given makes tasks that the harness's people can work on, and gives their receipts.
func (b *bench) given(n int) []string {
	b.Helper()
	b.needTasks()
	if b.People == nil {
		b.Skip("the harness has no people")
	}
	return receipts(b.give(b.taskings(0, n)...))
}

// wantStatus compares how far a task has come.
func (b *bench) wantStatus(receipt string, want connector.TaskStatus) {
	b.Helper()
	if _, got := b.report(receipt); got != want {
		b.Errorf("task %q is %q, want %q", receipt, got, want)
	}
}

func (b *bench) begins() {
	list := b.given(2)
	b.People.Begin(b.Task, list[0])
	report, status := b.report(list[0])
	if status != connector.TaskOpen || !report.DoneAt.IsZero() {
		b.Errorf("it is %+v", report)
	}
	b.wantStatus(list[1], connector.TaskOpen)
}

func (b *bench) finishes() {
	list := b.given(len(outcomesOfTasks) + 1)
	for i, outcome := range outcomesOfTasks {
		answers := map[string]string{"next_step": "call again", "budget": "about 20k"}
		if i == 1 {
			answers = map[string]string{"next_step": "none"}
		}
		b.People.Finish(b.Task, list[i], outcome.(string), answers)
		report, status := b.report(list[i])
		if status != connector.TaskDone || report.Outcome != outcome || !maps.Equal(report.Answers, answers) {
			b.Errorf("finished with %q and %v, it is %+v", outcome, answers, report)
		}
	}
	b.wantStatus(list[len(outcomesOfTasks)], connector.TaskOpen)
}

func (b *bench) answersAwkward() {
	texts := b.Answers
	list := b.given(len(texts))
	for i, text := range texts {
		b.People.Finish(b.Task, list[i], "not now", map[string]string{"next_step": text})
	}
	for i, text := range texts {
		if report, _ := b.report(list[i]); report.Answers["next_step"] != text {
			b.Errorf("the answer %q comes back as %q", text, report.Answers["next_step"])
		}
	}
}

func (b *bench) closes() {
	list := b.given(2)
	b.People.Close(b.Task, list[0])
	b.wantStatus(list[0], connector.TaskCancelled)
	b.wantStatus(list[1], connector.TaskOpen)
}

func (b *bench) deletes() {
	list := b.given(3)
	b.People.Delete(b.Task, list[1])
	got := b.reports(list...)
	if _, known := got[list[1]]; known || len(got) != 2 {
		b.Errorf("reported are %v, and %q was deleted", got, list[1])
	}
	// The key of a deleted task may be used again, or not; another key is another task.
	b.wantAll(b.give(b.tasking(3)), connector.Done)
	if _, known := b.reports(list[1])[list[1]]; known {
		b.Error("a new task has the receipt of a deleted one")
	}
}

func (b *bench) cancel(receipts ...string) []connector.Outcome {
	b.Helper()
	return b.write(connector.Cancel, b.tasks(), items(receipts...))
}

func (b *bench) cancels() {
	b.needTasks()
	list := receipts(b.give(b.taskings(0, 4)...))
	b.want(b.cancel(list[0], list[2], list[0]), connector.Done, connector.Done, connector.Already)
	b.wantAll(b.cancel(list[0], list[2]), connector.Already)
	for i, want := range []connector.TaskStatus{connector.TaskCancelled, connector.TaskOpen, connector.TaskCancelled, connector.TaskOpen} {
		b.wantStatus(list[i], want)
	}
}

func (b *bench) cancelsLate() {
	list := b.given(5)
	b.People.Finish(b.Task, list[0], "not now", map[string]string{"budget": "none"})
	b.People.Close(b.Task, list[1])
	b.People.Delete(b.Task, list[2])
	b.People.Begin(b.Task, list[3])
	b.want(b.cancel(append(list, "unknown")...), connector.Already, connector.Already, connector.Already, connector.Done, connector.Done, connector.Already)
	report, status := b.report(list[0])
	if status != connector.TaskDone || report.Outcome != "not now" || report.Answers["budget"] != "none" {
		b.Errorf("the finished task is %+v", report)
	}
	b.wantStatus(list[2], "")
}

func (b *bench) cancelsAllButOne() {
	b.needTasks()
	list := receipts(b.give(b.taskings(0, 2)...))
	b.want(b.cancel(list[0], "", list[1]), connector.Done, connector.Rejected, connector.Done)
	b.wantStatus(list[0], connector.TaskCancelled)
	b.wantStatus(list[1], connector.TaskCancelled)
}
