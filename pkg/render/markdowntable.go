package render

import (
	"strings"

	"github.com/playctl/playctl/pkg/journey"
)

// table gives each play with something to tell a row.
func (c *comment) table() {
	lines := []string{"| play | definition | enter | leave | add | remove | change | once |", "|---|---|--:|--:|--:|--:|--:|--:|"}
	cancels := c.view.Plan.Summary().Cancel > 0
	if cancels {
		lines = []string{lines[0] + " cancel |", lines[1] + "--:|"}
	}
	for _, t := range c.agenda.told {
		list := columns(t)
		if !cancels {
			list = list[:len(list)-1]
		}
		if cells := strings.Join(list, " | "); strings.Trim(cells, " |") != "" {
			lines = append(lines, "| "+tableName(t)+" | "+cells+" |")
		}
	}
	switch {
	case len(lines) == 2:
	case !c.detail.table:
		c.block(c.tallied())
	default:
		c.block(lines...)
		c.irreversible()
	}
}

func tableName(t *part) string {
	if name := cellCode(t.run.Name); name != "" {
		return name
	}
	return t.name()
}

// columns are a play's numbers, and what becomes of its definition.
func columns(t *part) []string {
	out := []string{becomes(t.run), few(t.run.Funnel.Enters), few(total(t.run.Left))}
	for _, n := range t.counts() {
		text := few(n.n)
		if n.ink == once && n.n > 0 {
			text = "**" + text + "**"
		}
		out = append(out, text)
	}
	return out
}

// irreversible says what the last column stands for.
func (c *comment) irreversible() {
	sends := map[string]int{}
	for _, t := range c.agenda.told {
		for _, g := range t.groups {
			if isOnce(g.operations[0].Verb) {
				sends[g.place.Title()] += len(g.operations)
			}
		}
	}
	var texts []string
	for _, what := range byCount(sends) {
		texts = append(texts, number(sends[what])+" × "+code(c.brief(what)))
	}
	if more := len(texts) - c.detail.remarks; more > 0 {
		texts = append(texts[:c.detail.remarks], number(more)+" more")
	}
	if len(texts) > 0 {
		c.block("**once** can't be undone: " + strings.Join(texts, ", "))
	}
}

// becomes names in one word what becomes of a play's definition.
func becomes(r *journey.PlayRun) string {
	switch r.Change {
	case journey.New, journey.Changed, journey.Gone:
		return string(r.Change)
	}
	return ""
}

// few writes a number, and nothing for none.
func few(n int) string {
	if n == 0 {
		return ""
	}
	return number(n)
}

// tallied stands for a table that is too long.
func (c *comment) tallied() string {
	became := map[journey.Change]int{}
	for _, t := range c.agenda.told {
		became[t.run.Change]++
	}
	return points(counted(len(c.agenda.told), "play")+" with something to tell", stage(became[journey.New], "new"), stage(became[journey.Changed], "changed"),
		stage(became[journey.Gone], "removed"))
}
