package render

import (
	"io"

	"github.com/playctl/playctl/pkg/plan"
)

// Kept writes what a saved plan did not approve of and what is no longer wanted, before it is applied. It writes nothing where both agree.
func (p *Printer) Kept(w io.Writer, k *plan.Kept) error {
	s := p.sheet()
	if n := k.Unapproved; n > 0 {
		s.say(0, 4, counted(n, "change")+" "+map[bool]string{true: "is", false: "are"}[n == 1]+" wanted since, not in the saved plan, and not done")
	}
	if n := k.Unwanted; n > 0 {
		s.say(0, 4, counted(n, "change")+" of the saved plan "+map[bool]string{true: "is", false: "are"}[n == 1]+" no longer wanted, and not done")
	}
	for _, text := range k.Samples {
		s.say(4, 4, clean(text))
	}
	if more := k.Unapproved + k.Unwanted - len(k.Samples); more > 0 && len(k.Samples) > 0 {
		s.put(4, s.paint(faint, "… "+number(more)+" more"))
	}
	return s.writeTo(w)
}
