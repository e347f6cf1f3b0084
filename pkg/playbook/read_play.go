package playbook

import (
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

func (r *reader) plays(n document.Node) {
	r.named(n, "plays", func(name, value document.Node) {
		p := &Play{Name: name.Text(), At: name}
		r.mapping(value, "play "+p.Name, r.playKeys(p))
		r.checkPlay(p, value)
		r.book.Plays = append(r.book.Plays, p)
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

func (r *reader) trigger(p *Play, n document.Node) {
	p.Trigger.At = n
	if n.Kind() == document.Scalar {
		word(r, &p.Trigger.Kind, map[string]TriggerKind{"manual": Manual, "entry": OnEntry})(n)
		return
	}
	kinds := 0
	var zoneNode document.Node
	kind := func(k TriggerKind, read func(document.Node)) func(document.Node) {
		return func(n document.Node) { p.Trigger.Kind = k; kinds++; read(n) }
	}
	r.mapping(n, "trigger", keys{
		"on":       kind(OnEvents, r.expr(&p.Trigger.Expr)),
		"when":     kind(OnWhen, r.expr(&p.Trigger.Expr)),
		"cron":     kind(OnBatches, func(n document.Node) { r.text(&p.Trigger.Cron)(n); p.Trigger.CronAt = n }),
		"timezone": func(n document.Node) { zoneNode = n },
	})
	if kinds != 1 {
		r.fail(n, "write trigger: entry, or trigger: {cron: \"0 8 * * MON\"}", "a trigger has exactly one of on, when and cron; found %d of them", kinds)
		return
	}
	p.Trigger.Zone = r.book.Zone
	if zoneNode.Exists() {
		p.Trigger.Zone = r.zone(zoneNode)
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
	if n.Get("after").Exists() && n.Get("per").Exists() {
		r.fail(n.Get("per"), "keep one of them", "reentry has either after or per")
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
		r.mapping(item, "exit rule", keys{"when": r.expr(&x.When), "reason": r.text(&x.Reason)})
		if item.Kind() != document.Map {
			continue
		}
		if !x.When.Exists() && !item.Get("when").Exists() {
			r.fail(item, "write {when: CONDITION, reason: WORDS}", "an exit rule needs a condition")
			continue
		}
		if x.Reason == "" {
			x.Reason = "exit rule " + strconv.Itoa(len(p.Exits)+1)
		}
		p.Exits = append(p.Exits, x)
	}
}

func (r *reader) holdout(p *Play, n document.Node) {
	text, ok := strings.CutSuffix(strings.TrimSpace(n.Text()), "%")
	share, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || share < 0 || share >= 100 {
		r.fail(n, "write holdout: 10%", "expected a share below 100%%, found %s", found(n))
		return
	}
	p.Holdout = share / 100
}

// checkPlay reports the parts that a play lacks (M1: segment, trigger, steps) and what must be said where it keeps.
func (r *reader) checkPlay(p *Play, n document.Node) {
	if n.Kind() != document.Map {
		return
	}
	missing := func(key, hint string) bool {
		if n.Get(key).Exists() {
			return false
		}
		r.fail(p.At, hint, "play %s has no %s", p.Name, key)
		return true
	}
	missing("segment", "write segment: CONDITION and of: ENTITY, or the name of a segment")
	missing("trigger", "write trigger: entry (or manual, or {cron: …})")
	if !missing("steps", "write steps: and a list of what to do") && len(p.Steps) == 0 && n.Get("steps").Kind() == document.List {
		r.fail(n.Get("steps"), "a play needs at least one step", "play %s has no steps", p.Name)
	}
	if p.Segment.Exists() && p.Of == "" {
		r.fail(p.At, "write of: account", "play %s has a condition as its segment and does not say of which entity", p.Name)
	}
	if p.Keeps() {
		for _, key := range []string{"backfill", "on_leave"} {
			if p.Trigger.Kind == Manual && key == "backfill" || n.Get(key).Exists() {
				continue
			}
			hint := "write backfill: true if those already in the segment enter at the first launch, false if not"
			if key == "on_leave" {
				hint = "write on_leave: exit if members leave with the segment, stay if not"
			}
			r.fail(p.At, hint, "play %s keeps its members somewhere and does not say %s", p.Name, key)
		}
	}
	if p.Order.Exists() && p.Limit == 0 {
		r.fail(n.Get("order"), "write limit: 50 beside it", "order: says who enters first, and without limit: all enter")
	}
	if p.Trigger.Kind == OnBatches && p.Backfill || p.Trigger.Kind == Manual && p.Backfill {
		r.fail(n.Get("backfill"), "remove it", "backfill is about plays with trigger entry or when")
	}
}
