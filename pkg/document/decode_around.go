package document

import "slices"

// How much work it is worth to read around unquoted expressions in one file: that many of them, and that many bytes decoded again.
const (
	mostSuspects = 64
	mostProof    = 16 << 20
)

// decodeAround decodes a file that YAML refuses as if the expressions that it trips over were quoted, so that every other problem of
// the file is found in the same run. It gives those expressions that must be quoted; not ok if that isn't all that is wrong.
func decodeAround(s *source) (d decoded, cuts []cut, ok bool) {
	cuts = walk(s).cuts
	if len(cuts) > mostSuspects || len(cuts)*len(s.text) > mostProof {
		return d, nil, false
	}
	d, err := decode(hide(s, cuts))
	if err != nil {
		return d, nil, false
	}
	for i := 0; i < len(cuts); {
		without := slices.Delete(slices.Clone(cuts), i, i+1)
		if _, err := decode(hide(s, without)); err != nil {
			i++
			continue
		}
		cuts = without
	}
	d, err = decode(hide(s, cuts))
	return d, cuts, err == nil
}

// hide replaces expressions by text that YAML takes as plain, with as many characters, so that every place stays where it is.
func hide(s *source, cuts []cut) []byte {
	hidden := make([]byte, 0, len(s.text))
	from := 0
	for _, c := range cuts {
		hidden = append(hidden, s.text[from:c.start]...)
		for _, r := range string(s.text[c.start:c.end]) {
			if r > ' ' {
				r = 'x'
			}
			hidden = append(hidden, byte(r))
		}
		from = c.end
	}
	return append(hidden, s.text[from:]...)
}
