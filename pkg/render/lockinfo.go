package render

import (
	"cmp"
	"io"

	"github.com/playctl/playctl/pkg/state"
)

// LockInfo writes who has the lock of a state, since when and how far they are; nil: nobody.
func (p *Printer) LockInfo(w io.Writer, where string, h *state.Holder) error {
	s := p.sheet()
	if h == nil {
		s.put(0, "nobody has the lock of "+clean(where))
		return s.writeTo(w)
	}
	s.put(0, s.paint(strong, "the lock of "+clean(where)))
	who := clean(h.Who)
	if h.PID != 0 {
		who += ", pid " + digits(int64(h.PID))
	}
	s.detail("held by", who)
	s.detail("does", clean(cmp.Or(h.Operation, "not known")))
	if !h.Since.IsZero() {
		s.detail("since", s.when(h.Since))
	}
	s.detail("progress", clean(cmp.Or(h.Progress, "not known")))
	s.detail("id", clean(cmp.Or(h.ID, "not known")))
	return s.writeTo(w)
}
