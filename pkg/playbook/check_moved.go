package playbook

import (
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// checkMoved reports moves from what still is, to what is not, and of a play to a step.
func (r *reader) checkMoved() {
	var seen []Path
	for _, m := range r.book.Moved {
		from, to := r.get(m.At, "from"), r.get(m.At, "to")
		switch {
		case (m.From.Step == "") != (m.To.Step == ""):
			r.fail(m.At, pathHint+" for both", "a play moves to a play, and a step to a step")
			continue
		case slices.Contains(seen, m.From):
			r.fail(from, "keep one of them", "%s has moved already", m.From)
		case r.there(m.From):
			r.fail(from, "remove it from moved, or the old one from the plays", "%s is still there, so it has not moved", m.From)
		}
		seen = append(seen, m.From)
		if end := r.book.Follow(m.To); !r.there(end) {
			r.notThere(end, to)
		}
	}
}

// checkDrop reports steps that were to be gone and are still there, and those of no play.
func (r *reader) checkDrop() {
	for i, p := range r.book.Drop {
		play := r.book.Follow(Path{Play: p.Play})
		switch {
		case !r.there(play):
			r.notThere(play, r.dropAt[i])
		case r.there(Path{Play: play.Play, Step: p.Step}):
			r.fail(r.dropAt[i], "remove it from drop, or the step from the play", "%s is still there, so it is not gone", p)
		}
	}
}

// there reports whether a playbook has a play or step.
func (r *reader) there(p Path) bool {
	play := r.book.Play(p.Play)
	return play != nil && (p.Step == "" || play.Step(p.Step) != nil)
}

// notThere reports a path that leads nowhere.
func (r *reader) notThere(p Path, at document.Node) {
	play := r.book.Play(p.Play)
	switch {
	case play == nil && r.lost("plays", "play", p.Play):
	case play == nil:
		r.fail(at, diag.Suggest(p.Play, r.book.PlayNames()), "there is no play %q", p.Play)
	default:
		r.fail(at, diag.Suggest(p.Step, play.StepIDs()), "play %s has no step %q", p.Play, p.Step)
	}
}
