package render

import (
	"io"

	"github.com/playctl/playctl/pkg/audit"
)

// Unasked writes what failed and nobody refused, by why: it is tried by the next apply, without waiting and without being counted.
func (p *Printer) Unasked(w io.Writer, list []audit.Operation) error {
	s := p.sheet()
	reasons := map[string]int{}
	var order []string
	for i := range list {
		if reasons[list[i].Reason]++; reasons[list[i].Reason] == 1 {
			order = append(order, list[i].Reason)
		}
	}
	for _, reason := range order {
		s.put(0, s.paint(loud, clean(oneLine(reason))))
		left := p.listed(reasons[reason])
		for i := range list {
			if list[i].Reason == reason && left > 0 {
				s.put(2, clean(list[i].String()))
				left--
			}
		}
		if more := reasons[reason] - p.listed(reasons[reason]); more > 0 {
			s.put(2, s.paint(faint, "… "+number(more)+" more (--full)"))
		}
		s.gap()
	}
	s.put(0, UnaskedText(len(list)))
	return s.writeTo(w)
}

// UnaskedText sums up what nobody refused.
func UnaskedText(n int) string {
	return counted(n, "operation") + " could not be done, and nobody refused: the next apply tries again, at once and as often as it takes"
}
