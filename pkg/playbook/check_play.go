package playbook

import "github.com/playctl/playctl/pkg/document"

// checkPlay reports the parts that a play lacks and what must be said where it keeps.
func (r *reader) checkPlay(p *Play, n document.Node) {
	missing := func(key, hint string) {
		if !r.get(n, key).Exists() {
			r.fail(p.At, hint, "play %s has no %s", p.Name, key)
		}
	}
	missing("segment", "write the name of a segment, or segment: CONDITION and of: "+r.anyEntity())
	missing("trigger", "write trigger: entry, or manual, or {cron: …}")
	missing("steps", "write steps: and a list of what to do")
	if steps := r.get(n, "steps"); steps.Kind() == document.List && len(steps.Items()) == 0 {
		r.fail(steps, "write what to do, such as - send: "+r.anyConnector()+".message", "play %s has no steps", p.Name)
	}
	if p.Segment.Exists() && !r.get(n, "of").Exists() {
		r.fail(p.At, "write of: "+r.anyEntity(), "play %s has a condition as its segment and does not say of which entity", p.Name)
	}
	if order := r.get(n, "order"); p.Order.Exists() && !r.get(n, "limit").Exists() {
		r.fail(order, "write limit: 50 beside it", "order says who enters first, and without limit all enter")
	}
	r.checkSaid(p, n)
	r.checkWays(p, n)
}

// checkSaid holds that what is hard to take back is said: who enters at the first launch, and what becomes of those who leave.
func (r *reader) checkSaid(p *Play, n document.Node) {
	backfill, leave := r.get(n, "backfill"), r.get(n, "on_leave")
	if launched := p.Trigger.Kind == OnBatches || r.get(n, "trigger").Text() == "manual"; launched && p.Backfill {
		r.fail(backfill, "remove it: each launch is of those in the segment then", "backfill goes with trigger: entry, {on: …} and {when: …} only")
	}
	if !p.Keeps() {
		return
	}
	if !backfill.Exists() && p.Trigger.Kind != Manual {
		r.fail(p.At, "write backfill: true if those already in the segment enter at the first launch, false if not",
			"play %s keeps its members somewhere and does not say backfill", p.Name)
	}
	if !leave.Exists() {
		r.fail(p.At, "write on_leave: exit if members leave with the segment, stay if not",
			"play %s keeps its members somewhere and does not say on_leave", p.Name)
	}
}
