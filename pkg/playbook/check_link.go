package playbook

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// checkEnroll reports a step that enrolls in what is no play, or, unless it says for whom, in a play of other records.
func (r *reader) checkEnroll(p *Play, s *Step, lane bool) {
	to := r.book.Play(s.Play)
	switch {
	case s.Play == "" || to == nil && r.lost("plays", "play", s.Play):
	case to == nil:
		r.fail(s.PlayAt, diag.Suggest(s.Play, r.book.PlayNames()), "there is no play %q", s.Play)
	case len(s.For) == 0 && !lane && r.book.Entity(p.Of) != nil && r.book.Entity(to.Of) != nil && p.Of != to.Of:
		r.fail(s.PlayAt, "write for: and the "+to.Of+", such as for: "+p.Of+"."+to.Of, "play %s is of %s, and this one is of %s", to.Name, to.Of, p.Of)
	}
}

// checkCircles reports plays that enroll in each other without end: every one of them may be entered again at any time, any number of times.
func (r *reader) checkCircles() {
	done := map[*Play]bool{}
	for _, p := range r.book.Plays {
		r.follow(p, nil, done)
	}
}

// follow walks over links between plays; path is how it came to p.
func (r *reader) follow(p *Play, path []*Play, done map[*Play]bool) {
	if done[p] || p.Reentry.Mode != Always || p.Reentry.Max > 0 {
		return
	}
	path = append(slices.Clone(path), p)
	for _, s := range p.AllSteps() {
		to := r.book.Play(s.Play)
		if s.Verb != Enroll || to == nil {
			continue
		}
		if i := slices.Index(path, to); i >= 0 {
			way := strings.Join(names(append(slices.Clone(path[i:]), to), func(p *Play) string { return p.Name }), " → ")
			r.fail(s.PlayAt, "give one of them reentry: {after: 90d}, or max:", "plays enroll in each other in a circle without end: %s", way)
			continue
		}
		r.follow(to, path, done)
	}
	done[p] = true
}
