package playbook

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) plays(n document.Node) {
	r.named(n, "plays", "play", func(name, value document.Node) {
		p := &Play{Name: name.Text(), At: name}
		r.book.Plays = append(r.book.Plays, p)
		if value.IsNull() {
			r.fail(name, "write segment:, trigger: and steps: below it, indented", "play %s is empty", p.Name)
			return
		}
		r.mapping(value, "play "+p.Name, r.playKeys(p))
		if value.Kind() == document.Map {
			r.checkPlay(p, value)
		}
	})
}

// playKeys says what reads each key of a play.
func (r *reader) playKeys(p *Play) keys {
	return keys{
		"title":    r.text(&p.Title),
		"category": r.text(&p.Category),
		"purpose":  r.text(&p.Purpose),
		"owner":    r.text(&p.Owner),
		"of":       func(n document.Node) { r.text(&p.Of)(n); p.OfAt = n },
		"segment":  func(n document.Node) { r.playSegment(p, n) },
		"trigger":  func(n document.Node) { r.trigger(p, n) },
		"backfill": r.boolean(&p.Backfill),
		"on_leave": word(r, &p.OnLeave, map[string]OnLeave{"stay": Stay, "exit": Leave}),
		"reentry":  func(n document.Node) { r.reentry(p, n) },
		"limit":    r.integer(&p.Limit, 1),
		"order":    r.expr(&p.Order),
		"priority": r.integer(&p.Priority, -1000),
		"goal":     func(n document.Node) { r.goal(p, n) },
		"exit":     func(n document.Node) { r.exits(p, n) },
		"status":   word(r, &p.Status, map[string]Status{"active": Running, "paused": Paused, "draining": Draining}),
		"holdout":  func(n document.Node) { r.holdout(p, n) },
		"steps":    func(n document.Node) { r.steps(p, n) },
	}
}

// playSegment reads a condition, or the bare name of a segment. Which of the two a lone word is, is settled by whether there is a
// segment of that name.
func (r *reader) playSegment(p *Play, n document.Node) {
	p.SegAt = n
	var x Expr
	r.expr(&x)(n)
	if text := strings.TrimSpace(x.Text); namePattern.MatchString(text) && text != "true" && text != "false" {
		p.Named = text
		return
	}
	p.Segment = x
}

const triggerHint = `write trigger: entry, or trigger: {cron: "0 8 * * MON"}`

func (r *reader) trigger(p *Play, n document.Node) {
	p.Trigger.At = n
	if n.Kind() == document.Scalar {
		word(r, &p.Trigger.Kind, map[string]TriggerKind{"manual": Manual, "entry": OnEntry})(n)
		return
	}
	if n.Kind() != document.Map {
		r.fail(n, triggerHint, "expected entry, manual or a mapping in trigger, found %s", found(n))
		return
	}
	kinds := 0
	kind := func(k TriggerKind, read func(document.Node)) func(document.Node) {
		return func(n document.Node) { p.Trigger.Kind = k; kinds++; read(n) }
	}
	p.Trigger.Zone = r.book.Zone
	all := r.mapping(n, "trigger", keys{
		"on":       kind(OnEvents, r.expr(&p.Trigger.Expr)),
		"when":     kind(OnWhen, r.expr(&p.Trigger.Expr)),
		"cron":     kind(OnBatches, func(n document.Node) { r.text(&p.Trigger.Cron)(n); p.Trigger.CronAt = n }),
		"timezone": r.zone(&p.Trigger.Zone),
	})
	switch zone := r.get(n, "timezone"); {
	case kinds > 1 || kinds == 0 && all:
		r.fail(n, triggerHint, "expected exactly one of on, when and cron in trigger, found %d of them", kinds)
	case zone.Exists() && kinds == 1 && p.Trigger.Kind != OnBatches:
		r.fail(zone, "remove it", "timezone goes with cron only")
	}
}

func (r *reader) reentry(p *Play, n document.Node) {
	if n.Kind() == document.Scalar {
		word(r, &p.Reentry.Mode, map[string]ReentryMode{"never": Never, "always": Always})(n)
		return
	}
	p.Reentry.Mode = Always
	r.mapping(n, "reentry", keys{
		"after": func(n document.Node) { p.Reentry.Mode = After; r.duration(&p.Reentry.After)(n) },
		"per":   func(n document.Node) { p.Reentry.Mode = Per; r.expr(&p.Reentry.Per)(n) },
		"max":   r.integer(&p.Reentry.Max, 1),
	})
	if per := r.get(n, "per"); per.Exists() && r.get(n, "after").Exists() {
		r.fail(per, "keep one of them", "expected one of after and per in reentry, found both")
	}
}

// goal reads a condition, plain or under when:.
func (r *reader) goal(p *Play, n document.Node) {
	if n.Kind() == document.Map {
		r.mapping(n, "goal", keys{"when": r.expr(&p.Goal)})
		return
	}
	r.expr(&p.Goal)(n)
}

func (r *reader) exits(p *Play, n document.Node) {
	for _, item := range items(n) {
		var x Exit
		if item.Kind() != document.Map {
			r.fail(item, "write - {when: CONDITION, reason: WORDS}", "expected a rule with when: in exit, found %s", found(item))
			continue
		}
		all := r.mapping(item, "exit rule", keys{"when": r.expr(&x.When), "reason": r.text(&x.Reason)})
		if all && !item.Get("when").Exists() {
			r.fail(item, "write - {when: CONDITION, reason: WORDS}", "this exit rule has no condition")
		}
		if x.Reason == "" {
			x.Reason = "exit rule " + strconv.Itoa(len(p.Exits)+1)
		}
		if x.When.Exists() {
			p.Exits = append(p.Exits, x)
		}
	}
}

var percent = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func (r *reader) holdout(p *Play, n document.Node) {
	text, ok := strings.CutSuffix(strings.TrimSpace(n.Text()), "%")
	share, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || !percent.MatchString(text) || share >= 100 {
		hint := "write holdout: 10%"
		if !ok && err == nil && share > 0 && share < 1 {
			hint = fmt.Sprintf("write holdout: %s%%", strconv.FormatFloat(share*100, 'f', -1, 64))
		}
		r.fail(n, hint, "expected a share from 0%% to below 100%%, found %s", found(n))
		return
	}
	p.Holdout = share / 100
}

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
