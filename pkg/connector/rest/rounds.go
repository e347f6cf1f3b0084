package rest

import "github.com/playctl/playctl/pkg/connector"

// rounds gives the items that may go together: an id and a key only once in each, so that an answer that speaks of it speaks of one item. What adds, removes or
// cancels one a second time is told the outcome of the first, and is in no round.
func (w *writing) rounds() [][]int {
	var rounds [][]int
	seen := map[string]int{} // in how many rounds an id or a key is
	for i, item := range w.batch.Items {
		if w.out[i].Status != 0 {
			continue
		}
		n := 0
		for _, one := range w.alone(item) {
			n = max(n, seen[one])
		}
		for _, one := range w.alone(item) {
			seen[one] = n + 1
		}
		if n > 0 && w.repeats() {
			continue
		}
		for len(rounds) <= n {
			rounds = append(rounds, nil)
		}
		rounds[n] = append(rounds[n], i)
	}
	return rounds
}

// alone gives the names that only one item of a round may have: its id, and the key of an effect, which would else be twice under way at once.
func (w *writing) alone(item connector.Item) []string {
	var out []string
	if item.ID != "" && (w.batch.Verb == connector.Set || w.repeats() || w.call.Batch > 1) {
		out = append(out, "id "+w.Normalize(w.batch.Target.Kind, item.ID))
	}
	if item.Key != "" && (w.batch.Verb == connector.Send || w.batch.Verb == connector.Task) {
		out = append(out, "key "+item.Key)
	}
	return out
}

// repeats reports whether writing an id a second time changes nothing.
func (w *writing) repeats() bool {
	return w.batch.Verb.Membership() || w.batch.Verb == connector.Cancel
}

// rejectsAlone settles an item that can't be sent at all.
func (w *writing) rejectsAlone(i int) {
	item, why := w.batch.Items[i], ""
	switch w.batch.Verb {
	case connector.Add, connector.Remove, connector.Set, connector.Cancel:
		if item.ID == "" {
			why = "it has no id"
		}
	case connector.Task:
		if item.Key == "" {
			why = "a task needs a key"
		}
	}
	if why != "" {
		w.out[i] = connector.Outcome{Status: connector.Rejected, Reason: why}
	}
}

// repeat tells items that name the same as an earlier one its outcome.
func (w *writing) repeat() {
	if !w.repeats() {
		return
	}
	first := map[string]int{}
	for i, item := range w.batch.Items {
		one := w.Normalize(w.batch.Target.Kind, item.ID)
		at, ok := first[one]
		if !ok {
			first[one] = i
			continue
		}
		w.out[i] = w.out[at]
		if w.out[at].Status == connector.Done {
			w.out[i] = connector.Outcome{Status: connector.Already}
		}
	}
}
