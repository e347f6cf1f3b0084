package simulate

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// result is what an operation came to, before it is said in the vendor's words.
type result struct {
	records []*found
	missing []string
	items   []*ended
	next    string // the cursor of the next page; "": this was the last
	total   int
	id      string // of a collection, or of what was made
	name    string
	exists  bool // the collection that was looked for is there
	token   map[string]any
	trouble *trouble
}

// found is one record of an answer.
type found struct {
	key    string
	fields map[string]any
	value  string // the one it was found by
	record *record
	task   *Task
	effect *Effect
	shelf  *collection
}

// ended is what became of one item.
type ended struct {
	*item
	index   int
	is      connector.Status
	why     string
	receipt string
	made    bool // it was not there before
	missing bool // nobody knows it
}

// trouble is why a request is refused as a whole.
type trouble struct {
	word   string // unauthorized, expired, rate, server, invalid, unknown, duplicate, large
	why    string
	status int
	after  time.Duration // when to come again
}

// statuses are those of troubles, where a manifest says nothing else.
var statuses = map[string]int{"unauthorized": 401, "expired": 401, "rate": 429, "server": 500, "invalid": 400, "unknown": 404, "duplicate": 409, "large": 413}

func refuse(word, why string) *result {
	return &result{trouble: &trouble{word: word, why: why, status: statuses[word]}}
}
