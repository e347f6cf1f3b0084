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
//
// It follows the programs of regexp/syntax. What an instruction may ask of its place (the ends of the text, of lines, of words) depends on the
// characters before and behind it, so that a state holds what is reached by a character, and the next character tells what follows from it.
type automaton struct {
	prog     *syntax.Prog
	anchored bool           // matches begin where the text does
	re       *regexp.Regexp // instead, once there are too many states
	states   []*state
	next     []int32 // of ASCII characters: the state behind character c at state s is next[s<<7|c]
	byKey    map[string]int32
	mark     []uint32 // by instruction: the last closure that it is in
	round    uint32
}

// state is where the matching may be between two characters.
type state struct {
	at     []uint32       // instructions, ascending
	before rune           // stands for the character before: one of those of its kind
	atEnd  bool           // there is a match if the text ends here
	other  map[rune]int32 // the next states of characters that are not ASCII
}

const (
	mostStates       = 2000
	mostInstructions = 1000

	unmade  = -1 // the next state is not made yet
	dead    = 0  // the state from which nothing matches, which is made first
	matched = 1  // the state in which something has
	begin   = 2  // the first state of a text
)

// newAutomaton makes the automaton of a pattern that package regexp could read.
func newAutomaton(re *regexp.Regexp) *automaton {
	a := &automaton{re: re, byKey: map[string]int32{}}
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return a
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(prog.Inst) > mostInstructions {
		return a
	}
	a.prog, a.mark = prog, make([]uint32, len(prog.Inst))
	a.anchored = prog.StartCond()&syntax.EmptyBeginText != 0
	a.add(&state{})
	a.add(&state{atEnd: true})
	a.state([]uint32{uint32(prog.Start)}, -1)
	return a
}

// match reports whether a text has a match.
func (a *automaton) match(text string) bool {
	if a.prog == nil {
		return a.re.MatchString(text)
	}
	at, next := int32(begin), a.next
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && next[at<<7|int32(c)] >= 0 {
			at = next[at<<7|int32(c)]
			i++
		} else {
			r, size := utf8.DecodeRuneInString(text[i:])
			at = a.after(at, r)
			i += size
			if next = a.next; len(a.states) > mostStates {
				a.prog, a.states, a.next, a.byKey = nil, nil, nil, nil
				return a.re.MatchString(text)
			}
		}
		if at <= matched {
			return at == matched
		}
	}
	return a.states[at].atEnd
}

// after gives the state behind a character, made once.
func (a *automaton) after(at int32, r rune) int32 {
	s := a.states[at]
	if r < utf8.RuneSelf {
		next := a.step(s, r)
		a.next[at<<7|r] = next
		return next
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

// step makes the state behind a character. A match may begin behind every character, unless all begin with the text.
func (a *automaton) step(s *state, r rune) int32 {
	reached, match := a.closure(s, r)
	if match {
		return matched
	}
	var at []uint32
	for _, pc := range reached {
		if i := &a.prog.Inst[pc]; i.MatchRune(r) {
			at = append(at, i.Out)
		}
	}
	if !a.anchored {
		at = append(at, uint32(a.prog.Start))
	}
	return a.state(at, r)
}

// closure gives the instructions that take a character, of those that are reached where one character, or the end of the text (-1), is next; and
// whether there is a match before it.
func (a *automaton) closure(s *state, next rune) (reached []uint32, match bool) {
	a.round++
	holds := syntax.EmptyOpContext(s.before, next)
	var visit func(pc uint32)
	visit = func(pc uint32) {
		if a.mark[pc] == a.round {
			return
		}
		a.mark[pc] = a.round
		switch i := &a.prog.Inst[pc]; i.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(i.Out)
			visit(i.Arg)
		case syntax.InstCapture, syntax.InstNop:
			visit(i.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^holds == 0 {
				visit(i.Out)
			}
		case syntax.InstMatch:
			match = true
		case syntax.InstFail:
		default:
			reached = append(reached, pc)
		}
	}
	for _, pc := range s.at {
		visit(pc)
	}
	return reached, match
}

// state gives the number of the state of instructions behind a character, made once.
func (a *automaton) state(at []uint32, before rune) int32 {
	slices.Sort(at)
	at = slices.Compact(at)
	if len(at) == 0 {
		return dead
	}
	before = kindOf(before)
	key := binary.LittleEndian.AppendUint32(nil, uint32(before))
	for _, pc := range at {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	if n, ok := a.byKey[string(key)]; ok {
		return n
	}
	s := &state{at: at, before: before}
	_, s.atEnd = a.closure(s, -1)
	a.add(s)
	n := int32(len(a.states) - 1)
	a.byKey[string(key)] = n
	return n
}

func (a *automaton) add(s *state) {
	a.states = append(a.states, s)
	for range utf8.RuneSelf {
		a.next = append(a.next, unmade)
	}
}

// kindOf gives the character that stands for all of which instructions ask the same.
func kindOf(r rune) rune {
	switch {
	case r < 0 || r == '\n':
		return r
	case syntax.IsWordChar(r):
		return 'w'
	}
	return ' '
}
