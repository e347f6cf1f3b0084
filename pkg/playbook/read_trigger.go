package playbook

import "github.com/playctl/playctl/pkg/document"

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
		"missed":   word(r, &p.Trigger.Skip, map[string]bool{"run": false, "skip": true}),
	})
	if kinds > 1 || kinds == 0 && all {
		r.fail(n, triggerHint, "expected exactly one of on, when and cron in trigger, found %d of them", kinds)
		return
	}
	for _, key := range []string{"timezone", "missed"} {
		if v := r.get(n, key); v.Exists() && kinds == 1 && p.Trigger.Kind != OnBatches {
			r.fail(v, "remove it", "%s goes with cron only", key)
		}
	}
}
