package vector

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// automaton tells whether a text has a match of a regular expression, a step a character: a deterministic automaton that is made as texts need it.
// Package regexp, which also finds where the match is, takes some twenty times as long. One goroutine may use an automaton at a time.
type automaton struct {
	prog   *syntax.Prog
	re     *regexp.Regexp // instead, once there are too many states; from the beginning where the pattern asks for what the automaton has not
	states []*state
	byPart map[string]int32
	mark   []uint32 // by instruction: the last closure that it is in
	round  uint32
}

// state is a set of instructions at which the matching may be.
type state struct {
	at    []uint32 // instructions that take a character, or ask for the end; ascending
	match bool     // a match ends here
	atEnd bool     // or does if the text ends
	next  [utf8.RuneSelf]int32
	other map[rune]int32 // the next states of characters that are not ASCII
}

const (
	mostStates       = 2000
	mostInstructions = 1000
	unmade           = -1 // the next state is not made yet
	dead             = 0  // the state from which nothing matches
	begin            = 1  // the first state
)

// newAutomaton makes the automaton of a pattern, which package regexp could read.
func newAutomaton(re *regexp.Regexp) *automaton {
	a := &automaton{re: re, byPart: map[string]int32{}}
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return a
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > mostInstructions || slices.ContainsFunc(prog.Inst, asksForMore) {
		return a
	}
	a.prog, a.mark = prog, make([]uint32, len(prog.Inst))
	a.state(nil, 0) // dead
	a.round++
	a.add(&state{}, a.closure(nil, uint32(prog.Start), syntax.EmptyBeginText), syntax.EmptyBeginText)
	return a
}

// asksForMore reports whether an instruction asks for the ends of lines or words.
func asksForMore(i syntax.Inst) bool {
	return i.Op == syntax.InstEmptyWidth && syntax.EmptyOp(i.Arg)&^(syntax.EmptyBeginText|syntax.EmptyEndText) != 0
}

// match reports whether a text has a match.
func (a *automaton) match(text string) bool {
	if a.prog == nil {
		return a.re.MatchString(text)
	}
	at := int32(begin)
	for i := 0; i < len(text); {
		s := a.states[at]
		if s.match {
			return true
		}
		if c := text[i]; c < utf8.RuneSelf && s.next[c] >= 0 {
			at = s.next[c]
			i++
		} else {
			r, size := utf8.DecodeRuneInString(text[i:])
			at = a.after(s, r)
			i += size
		}
		if at == dead {
			return false
		}
		if len(a.states) > mostStates {
			a.prog, a.states, a.byPart = nil, nil, nil
			return a.re.MatchString(text)
		}
	}
	return a.states[at].match || a.states[at].atEnd
}

// after gives the state behind a character, made once.
func (a *automaton) after(s *state, r rune) int32 {
	if r < utf8.RuneSelf {
		s.next[r] = a.step(s, r)
		return s.next[r]
	}
	next, ok := s.other[r]
	if !ok {
		if s.other == nil {
			s.other = map[rune]int32{}
		}
		next = a.step(s, r)
		s.other[r] = next
	}
	return next
}

// step gives the state behind a character. A match may begin at every character.
func (a *automaton) step(s *state, r rune) int32 {
	a.round++
	var at []uint32
	for _, pc := range s.at {
		if i := &a.prog.Inst[pc]; i.Op != syntax.InstEmptyWidth && i.MatchRune(r) {
			at = a.closure(at, i.Out, 0)
		}
	}
	at = a.closure(at, uint32(a.prog.Start), 0)
	return a.state(at, 0)
}

// closure adds the instructions that are reached without a character, where what is given holds: the beginning or the end of the text.
func (a *automaton) closure(into []uint32, pc uint32, holds syntax.EmptyOp) []uint32 {
	if a.mark[pc] == a.round {
		return into
	}
	a.mark[pc] = a.round
	switch i := &a.prog.Inst[pc]; i.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return a.closure(a.closure(into, i.Out, holds), i.Arg, holds)
	case syntax.InstCapture, syntax.InstNop:
		return a.closure(into, i.Out, holds)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(i.Arg)&^holds == 0 {
			return a.closure(into, i.Out, holds)
		}
		if syntax.EmptyOp(i.Arg)&^holds == syntax.EmptyEndText {
			return append(into, pc)
		}
	case syntax.InstFail:
	default: // a character, or the match
		return append(into, pc)
	}
	return into
}

// state gives the number of the state of instructions.
func (a *automaton) state(at []uint32, holds syntax.EmptyOp) int32 {
	slices.Sort(at)
	key := make([]byte, 0, 4*len(at))
	for _, pc := range at {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	if n, ok := a.byPart[string(key)]; ok {
		return n
	}
	n := a.add(&state{}, at, holds)
	a.byPart[string(key)] = n
	return n
}

// add makes a state.
func (a *automaton) add(s *state, at []uint32, holds syntax.EmptyOp) int32 {
	for i := range s.next {
		s.next[i] = unmade
	}
	a.round++
	var end []uint32
	for _, pc := range at {
		switch i := &a.prog.Inst[pc]; i.Op {
		case syntax.InstMatch:
			s.match = true
		case syntax.InstEmptyWidth:
			end = a.closure(end, pc, holds|syntax.EmptyEndText)
			fallthrough
		default:
			s.at = append(s.at, pc)
		}
	}
	s.atEnd = slices.ContainsFunc(end, func(pc uint32) bool { return a.prog.Inst[pc].Op == syntax.InstMatch })
	a.states = append(a.states, s)
	return int32(len(a.states) - 1)
}

// matches is text.matches(pattern).
type matches struct {
	of   kernel
	re   *regexp.Regexp
	slot int
}

func (k *matches) eval(w *worker, b *batch) vec {
	a, ok := w.slots[k.slot].(*automaton)
	if !ok {
		a = newAutomaton(k.re)
		w.slots[k.slot] = a
	}
	return (&textTest{k.of, a.match}).eval(w, b)
}
