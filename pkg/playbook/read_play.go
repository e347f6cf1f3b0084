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
		r.giveIDs(p)
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
		"group":    func(n document.Node) { r.text(&p.Group)(n); p.GroupAt = n },
		"mute":     func(n document.Node) { r.mute(p, n) },
		"calendar": func(n document.Node) { r.text(&p.Calendar)(n); p.CalendarAt = n },
		"raci":     func(n document.Node) { r.raci(&p.RACI, n) },
		"goal":     func(n document.Node) { r.goal(p, n) },
		"exit":     func(n document.Node) { r.exits(p, n) },
		"status":   word(r, &p.Status, map[string]Status{"active": Running, "paused": Paused, "draining": Draining}),
		"holdout":  func(n document.Node) { r.holdout(p, n) },
		"steps":    r.steps(&p.Steps),
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

// mute reads the channels on which other plays are silent toward this play's members.
func (r *reader) mute(p *Play, n document.Node) {
	for _, item := range items(n) {
		var channel string
		if r.someText(&channel, "write mute: and channels, connectors or kinds of objects: [ads, email]")(item); channel != "" {
			p.Mute = append(p.Mute, Mute{Channel: channel, At: item})
		}
	}
}

func (r *reader) raci(into *RACI, n document.Node) {
	r.mapping(n, "raci", keys{
		"responsible": r.texts(&into.Responsible),
		"accountable": r.texts(&into.Accountable),
		"consulted":   r.texts(&into.Consulted),
		"informed":    r.texts(&into.Informed),
	})
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
