package source

import "slices"

// texts are some texts one after the other, or among other things, in memory. There are no pointers to each, which would be followed again
// and again.
type texts struct {
	data  []byte
	spans []span32
	own   []byte // memory for those that are made, to be used again
}

// over empties the texts, for those that are in data.
func (t *texts) over(data []byte) { t.data, t.spans = data, t.spans[:0] }

// make empties the texts, for those that are to be made by put.
func (t *texts) make() { t.over(t.own[:0]) }

// add adds what is in data from a place to another.
func (t *texts) add(from, to int) { t.spans = append(t.spans, span32{uint32(from), uint32(to)}) }

// put adds a text that is made: what append appends.
func (t *texts) put(appended func(to []byte) []byte) {
	from := len(t.data)
	t.data = appended(t.data)
	t.own = t.data
	t.add(from, len(t.data))
}

// at gives a text, good as long as the data is.
func (t *texts) at(i int) []byte { return t.data[t.spans[i].from:t.spans[i].to] }

// view gives a text as a string, good as long.
func (t *texts) view(i int) string { return view(t.at(i)) }

// empty reports whether a text has no bytes.
func (t *texts) empty(i int) bool { return t.spans[i].from == t.spans[i].to }

// grow makes room for n more.
func (t *texts) grow(n int) { t.spans = slices.Grow(t.spans, n) }
