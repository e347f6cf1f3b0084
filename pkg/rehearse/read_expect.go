package rehearse

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// expect reads what is expected of a step.
func (r *reader) expect(n document.Node, into *Expect) {
	into.Place = n
	r.mapping(n, "expect", keys{
		"enters":     func(n document.Node) { r.inPlays(n, &into.Enters) },
		"enrolled":   func(n document.Node) { r.inPlays(n, &into.Enrolled) },
		"members":    func(n document.Node) { r.inPlays(n, &into.Members) },
		"operations": func(n document.Node) { r.operations(n, into) },
		"only":       r.boolean(&into.Only),
		"nothing":    r.boolean(&into.Nothing),
		"finished": func(n document.Node) {
			r.byPlay(n, "finished", func(play string, key, v document.Node) { r.finished(play, key, v, into) })
		},
		"waits": func(n document.Node) {
			r.byPlay(n, "waits", func(play string, key, v document.Node) { r.waits(play, key, v, into) })
		},
		"holds":    func(n document.Node) { r.holds(n, &into.Holds) },
		"sent":     func(n document.Node) { r.sent(n, into) },
		"problems": func(n document.Node) { r.stuck(n, into) },
	})
	if into.Nothing && len(into.Operations) > 0 {
		r.fail(n, "keep one of them", "a step can't expect operations and nothing")
	}
	if into.Only && len(into.Operations) == 0 {
		r.fail(n, "write nothing: true", "only: true goes with operations")
	}
}

// ownPlay gives the play that keys without one speak of.
func (r *reader) ownPlay(n document.Node, example string) (string, bool) {
	switch {
	case r.test.Play != "":
		return r.test.Play, true
	case len(r.book.Plays) == 1:
		return r.book.Plays[0].Name, true
	}
	r.fail(n, "write "+example+", or play: PLAY in the test", "this does not say of which play")
	return "", false
}

// inPlays reads keys of records in plays: [a1], or {play: [a1]}.
func (r *reader) inPlays(n document.Node, into *[]InPlay) {
	if n.Kind() != document.Map {
		if play, ok := r.ownPlay(n, "{PLAY: [a1]}"); ok {
			*into = append(*into, InPlay{Play: play, Keys: r.keys(n), At: n})
		}
		return
	}
	for _, f := range n.Fields() {
		if p := r.play(f.Key); p != nil {
			*into = append(*into, InPlay{Play: p.Name, Keys: r.keys(f.Value), At: f.Key})
		}
	}
}

// byPlay reads something of records: {a1: …}, or {play: {a1: …}}.
func (r *reader) byPlay(n document.Node, what string, read func(play string, key, value document.Node)) {
	r.each(n, what+" by keys of records, or by plays", func(name, value document.Node) {
		if p := r.book.Play(name.Text()); p != nil && value.Kind() == document.Map {
			r.each(value, "keys of records", func(key, v document.Node) { read(p.Name, key, v) })
			return
		}
		if play, ok := r.ownPlay(name, fmt.Sprintf("%s: {PLAY: {%s: …}}", what, name.Text())); ok {
			read(play, name, value)
		}
	})
}

// outcomes are those that a membership can end with.
var outcomes = []string{string(state.Completed), string(state.Converted), string(state.Exited), string(state.TimedOut), string(state.Removed),
	string(state.PlayRemoved), string(state.Merged), string(state.Erased)}

// finished reads how a record's time in a play ended: converted, or {exited: reason}.
func (r *reader) finished(play string, key, n document.Node, into *Expect) {
	k, ok := r.key(key)
	x := Finished{Play: play, Record: k, At: key}
	outcome := n
	if n.Kind() == document.Map && len(n.Fields()) == 1 {
		f := n.Fields()[0]
		outcome = f.Key
		if _, isBool := f.Value.Bool(); !isBool {
			r.text(&x.Reason)(f.Value)
		}
	}
	if outcome.Kind() != document.Scalar || !slices.Contains(outcomes, outcome.Text()) {
		r.fail(outcome, diag.Suggest(outcome.Text(), outcomes), "expected an outcome, such as converted or {exited: REASON}, found %s", found(outcome))
		return
	}
	if x.Outcome = state.Outcome(outcome.Text()); ok {
		into.Finished = append(into.Finished, x)
	}
}

// waits reads on which step a record waits.
func (r *reader) waits(play string, key, n document.Node, into *Expect) {
	k, ok := r.key(key)
	p := r.book.Play(play)
	if p.Step(n.Text()) == nil {
		r.fail(n, diag.Suggest(n.Text(), p.StepIDs()), "play %s has no step %s", play, found(n))
		return
	}
	if ok {
		into.Waits = append(into.Waits, Waits{Play: play, Record: k, Step: n.Text(), At: key})
	}
}

// sent reads how much was sent: {chat.message: 2}.
func (r *reader) sent(n document.Node, into *Expect) {
	r.each(n, "actions such as {chat.message: 2}", func(name, value document.Node) {
		at, ok := r.target(name)
		count, isInt := value.Int()
		if !isInt || count < 0 {
			r.fail(value, "", "expected how many, found %s", found(value))
		}
		if ok && isInt {
			into.Sent = append(into.Sent, Sent{Target: at, Count: int(count), At: name})
		}
	})
}

// stuck reads steps that nobody can take.
func (r *reader) stuck(n document.Node, into *Expect) {
	for _, item := range items(n) {
		if play, step, ok := r.stepName(item, playbook.Verb(0)); ok {
			into.Problems = append(into.Problems, Problem{Play: play, Step: step, At: item})
		}
	}
}
