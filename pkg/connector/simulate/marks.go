package simulate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// marks are values that are put in place of what is asked for, so that it is seen where in a request each of them goes. They are 18 digits, which come
// through whatever a manifest does with texts, numbers and ids, but for hashes.
type marks struct {
	words []string // what the mark with a number stands for
}

// Words of what marks stand for; those of items begin with "item.".
const (
	itemID     = "item.id"
	itemKey    = "item.key"
	itemMember = "item.membership"
	itemName   = "item.name"  // the name of a field
	itemField  = "item.field" // its value; "item.field:title" where the name is in the manifest
)

var markPattern = regexp.MustCompile(`73(\d{3})([01])003700370037`)

// text gives the mark of the first (0) or second (1) of something.
func (m *marks) text(what string, at int) string {
	return fmt.Sprintf("73%03d%d003700370037", m.number(what), at)
}

func (m *marks) number(what string) int {
	n := slices.Index(m.words, what)
	if n < 0 {
		n = len(m.words)
		m.words = append(m.words, what)
	}
	return n
}

// time gives a mark that is a time.
func (m *marks) time(what string, at int) time.Time {
	return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 2*m.number(what)+at)
}

// layouts are the ways in which manifests write times, longest first.
var layouts = []string{"2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05-0700", time.RFC3339, "2006-01-02 15:04:05", time.DateOnly}

// timed is a text that may have one of those times in it.
var timed = regexp.MustCompile(`200[1-9]-|\b(9[789]|10)\d{7}`)

// clean has times stand as marks in a text.
func (m *marks) clean(text string) string {
	if !timed.MatchString(text) {
		return text
	}
	for n, what := range m.words {
		for at := range 2 {
			t, mark := m.time(what, at), fmt.Sprintf("73%03d%d003700370037", n, at)
			for _, layout := range layouts {
				text = strings.ReplaceAll(text, t.Format(layout), mark)
			}
			text = strings.ReplaceAll(text, strconv.FormatInt(t.UnixMilli(), 10), mark)
			text = strings.ReplaceAll(text, strconv.FormatInt(t.Unix(), 10), mark)
		}
	}
	return text
}

// mark is one place in a text that stands for something.
type mark struct {
	what       string
	at         int
	begin, end int
}

func (m *marks) find(text string) []mark {
	var out []mark
	for _, at := range markPattern.FindAllStringSubmatchIndex(text, -1) {
		n, _ := strconv.Atoi(text[at[2]:at[3]])
		if n < len(m.words) {
			out = append(out, mark{m.words[n], int(text[at[4]] - '0'), at[0], at[1]})
		}
	}
	return out
}
