package plan

import (
	"fmt"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// renamings warns of plays that look like others by a new name: those who leave with a play that is gone enter a new one, and are sent everything again.
func (b *builder) renamings() {
	entering := map[state.Record][]string{} // plays that are new
	leaving := map[string][]state.Record{}
	change := map[string]journey.Change{}
	for i := range b.plan.Plays {
		change[b.plan.Plays[i].Name] = b.plan.Plays[i].Change
	}
	for i := range b.plan.Members {
		switch m := &b.plan.Members[i]; {
		case m.Enters && change[m.After.Play] == journey.New:
			entering[m.After.Record] = append(entering[m.After.Record], m.After.Play)
		case m.Leaves && change[m.After.Play] == journey.Gone:
			leaving[m.After.Play] = append(leaving[m.After.Play], m.After.Record)
		}
	}
	for i := range b.plan.Plays {
		gone := b.plan.Plays[i].Name
		into := map[string]int{}
		for _, r := range leaving[gone] {
			for _, play := range entering[r] {
				into[play]++
			}
		}
		for j := range b.plan.Plays {
			if n := into[b.plan.Plays[j].Name]; n*2 > len(leaving[gone]) {
				b.plan.Warnings = append(b.plan.Warnings, renamed(gone, b.plan.Plays[j].Name, n, len(leaving[gone])))
			}
		}
	}
}

func renamed(from, to string, n, of int) string {
	return fmt.Sprintf("%d of %d who leave with play %s enter play %s, and are sent again what it sends: if it is the same play by another name, write moved: [{from: plays.%s, to: plays.%s}]",
		n, of, from, to, from, to)
}
