package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// Failures writes what was refused: why, how often, and when it is tried again.
func (p *Printer) Failures(w io.Writer, list []state.Failure) error {
	s := p.sheet()
	if len(list) == 0 {
		s.put(0, "nothing has failed")
		return s.writeTo(w)
	}
	given := 0
	for i := range list[:p.listed(len(list))] {
		f := &list[i]
		s.put(0, s.paint(strong, clean(FailureText(f))))
		s.detail("refused", refusedText(f)+": "+s.paint(loud, clean(oneLine(f.Reason))))
		s.detail("since", s.when(f.First)+"; the last time "+s.when(f.Last)+", run "+clean(f.Run))
		s.detail("tried again", s.nextTry(f))
		s.detail("key", clean(f.Key))
		s.gap()
	}
	for i := range list {
		if list[i].Quarantined() {
			given++
		}
	}
	if more := len(list) - p.listed(len(list)); more > 0 {
		s.put(0, s.paint(faint, "… "+number(more)+" more (--full)"))
	}
	text := counted(len(list), "operation") + " failed"
	if given > 0 {
		text += ", " + number(given) + " given up: " + s.named("playctl retry KEY") + " tries again"
	}
	s.put(0, text)
	return s.writeTo(w)
}

func refusedText(f *state.Failure) string {
	switch f.Attempts {
	case 0:
		return "before, and to be tried anew"
	case 1:
		return "once"
	}
	return number(f.Attempts) + " times"
}

// nextTry tells when an operation is tried again.
func (s *sheet) nextTry(f *state.Failure) string {
	switch {
	case f.Quarantined():
		return s.paint(loud, "not any more: given up until "+s.named("playctl retry "+clean(f.Record.Key)))
	case s.Now.IsZero() || f.Due(s.Now):
		return "by the next apply"
	}
	return "from " + moment(f.NotBefore.In(s.zone())) + ", in " + span(f.NotBefore.Sub(s.Now))
}

// FailureText names a refused operation in words: add desk.audience "Intent" for person p-11 (intent-nurture.keep).
func FailureText(f *state.Failure) string {
	o := audit.Operation{Line: state.Line{Verb: f.Verb, Connector: f.Connector, Kind: f.Kind, Name: f.Name, Record: f.Record, Play: f.Play, Step: f.Step}}
	return o.String()
}

// Doubts writes the effects that may have happened.
func (p *Printer) Doubts(w io.Writer, list []state.Effect) error {
	s := p.sheet()
	if len(list) == 0 {
		s.put(0, "nothing is in doubt")
		return s.writeTo(w)
	}
	for i := range list[:p.listed(len(list))] {
		e := &list[i]
		s.put(0, s.paint(strong, clean(EffectText(e))))
		s.detail("in doubt", points("since "+s.when(e.At)+", run "+clean(e.Run), clean(oneLine(e.Reason))))
		s.detail("key", clean(e.Key))
		s.gap()
	}
	if more := len(list) - p.listed(len(list)); more > 0 {
		s.put(0, s.paint(faint, "… "+number(more)+" more (--full)"))
	}
	s.put(0, counted(len(list), "effect")+" in doubt: the next plan asks where it can; else "+s.named("playctl resolve KEY")+" --done or --retry")
	return s.writeTo(w)
}

// EffectText names an effect in words: desk.message for account a-01 (intent-nurture.send).
func EffectText(e *state.Effect) string {
	text := e.Connector + "." + e.Action + " for " + e.Record.String()
	if step := strings.TrimPrefix(e.Play+"."+e.Step, "."); step != "" {
		text += " (" + step + ")"
	}
	return text
}
