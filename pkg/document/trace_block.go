package document

// block reads a literal or folded scalar from its indicator on. parent is the column of the block collection around it.
func (t *trace) block(parent int, folded bool) {
	indent, chomp := t.blockHeader(parent)
	past := t.at // the place just past the last character
	t.lineBreak()
	var ended []int // the break that ended the line before
	blank := t.blankLines(&indent, parent)
	keep := false // the line before began with white space: its break stays
	for !t.end() && t.column() == indent {
		more := t.peek() == ' ' || t.peek() == '\t'
		t.join(ended, blank, folded && !keep && !more)
		keep = more
		t.restOfLine()
		past, ended = t.at, nil
		if from, ok := t.lineBreak(); ok {
			ended = []int{from}
		}
		blank = t.blankLines(&indent, parent)
	}
	if chomp != '-' {
		t.emitBreaks(ended)
	}
	if chomp == '+' {
		t.emitBreaks(blank)
	}
	if n := len(t.from); n > 0 {
		past = max(past, t.from[n-1])
	}
	t.finish(past, past)
}

// join writes what stands between two lines: the break of the first, or what it folds into, and the breaks of the blank lines.
func (t *trace) join(ended, blank []int, fold bool) {
	switch {
	case !fold || len(ended) == 0:
		t.emitBreaks(ended)
	case len(blank) == 0:
		t.emit(" ", ended[0])
	}
	t.emitBreaks(blank)
}

// blockHeader reads the indicator with its digit and sign; indent is 0 if the content decides it.
func (t *trace) blockHeader(parent int) (indent int, chomp byte) {
	for t.at++; ; t.at++ {
		switch c := t.peek(); {
		case c == '+' || c == '-':
			chomp = c
		case c >= '1' && c <= '9':
			indent = max(parent, 0) + int(c-'0')
		default:
			t.at = t.source.lineEnd(t.source.line(t.at))
			return indent, chomp
		}
	}
}

// blankLines reads the lines that hold nothing, and the indentation of the line behind them, and gives the places of their breaks.
// An indent of 0 is decided here: by the widest of these lines.
func (t *trace) blankLines(indent *int, parent int) []int {
	var breaks []int
	widest := 0
	for {
		for (*indent == 0 || t.column() < *indent) && t.peek() == ' ' {
			t.at++
		}
		widest = max(widest, t.column())
		from, ok := t.lineBreak()
		if !ok {
			break
		}
		breaks = append(breaks, from)
	}
	if *indent == 0 {
		*indent = max(widest, parent+1, 1)
	}
	return breaks
}

// column gives where reading stands in its line, from 0; inside indentation, where bytes are characters.
func (t *trace) column() int { return t.at - t.source.starts[t.source.line(t.at)-1] }

// restOfLine reads up to the line break.
func (t *trace) restOfLine() {
	end := t.source.lineEnd(t.source.line(t.at))
	for t.at < end {
		t.copyRune()
	}
}

func (t *trace) emitBreaks(from []int) {
	for _, at := range from {
		t.emit("\n", at)
	}
}
