package journey

import "github.com/playctl/playctl/pkg/playbook"

// paused reports whether the play's clocks stand still. A run that is limited to some records does not begin it again: the others' clocks would
// go on unmoved.
func (t *pass) paused() bool {
	return t.p.Status == playbook.Paused || t.known != nil && !t.known.PausedAt.IsZero() && t.limited()
}

// resume moves a member's clocks by as long as the play was paused, in the first run after it.
func (t *pass) resume(m *turn) {
	if t.known == nil || t.known.PausedAt.IsZero() || t.paused() {
		return
	}
	long := t.in.Now.Sub(t.known.PausedAt)
	now := t.change(m)
	if now.EnteredAt.After(t.known.PausedAt) {
		long = t.in.Now.Sub(now.EnteredAt)
	}
	now.Frozen += long
	now.ResumedAt = t.in.Now
	now.StepAt = now.StepAt.Add(long)
	if !now.Due.IsZero() {
		now.Due = now.Due.Add(long)
	}
	for i := range now.Lanes {
		l := &now.Lanes[i]
		if l.EndedAt.IsZero() {
			l.StepAt = l.StepAt.Add(long)
			if !l.Due.IsZero() {
				l.Due = l.Due.Add(long)
			}
		}
	}
	for _, task := range t.taskList[now.Key] {
		if !task.TimeoutAt.IsZero() {
			task.TimeoutAt = task.TimeoutAt.Add(long)
			t.out.Transitions.Tasks = append(t.out.Transitions.Tasks, *task)
		}
	}
	m.record = true
}
