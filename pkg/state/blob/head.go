package blob

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// headName is the one object that says what the state is: it is only ever replaced, by who knows the one before.
const headName = "head"

// head is the content of that object.
type head struct {
	Write int64  `json:"write"` // counts the heads that were written
	Fence string `json:"fence"` // token of who wrote it: who has the lock, but for a lock that was broken
	// State is nil until there is a state.
	State *pointer `json:"state,omitempty"`
	// Backups are the names of good whole states, oldest first.
	Backups []string `json:"backups,omitempty"`
}

// pointer says what a state is made of.
type pointer struct {
	Lineage string `json:"lineage"`
	Serial  int64  `json:"serial"`
	Base    ref    `json:"base"`          // a whole state
	Readers string `json:"readers"`       // who can read that: see [seal.Sealer.Readers]
	Log     []ref  `json:"log,omitempty"` // what changed since, in order
	// Last is the ID of the last commit of the log; "" while it is empty.
	Last string `json:"last,omitempty"`
}

// from gives the write of the whole state that the log goes on from.
func (p *pointer) from() int64 {
	write, _, _ := writeOf(p.Base.Name)
	return write
}

// ref names an object and what it holds.
type ref struct {
	Name  string `json:"name"`
	Size  int64  `json:"size"` // in bytes, as all of an object
	Sum   string `json:"sum"`  // sha256 of that
	Level int    `json:"level,omitempty"`
}

// next gives a copy of a head for who has a token to change and write.
func (h *head) next(token string) *head {
	n := &head{Write: h.Write + 1, Fence: token, Backups: slices.Clone(h.Backups)}
	if h.State != nil {
		p := *h.State
		p.Log = slices.Clone(p.Log)
		n.State = &p
	}
	return n
}

// names tells whether a head needs an object.
func (h *head) names(name string) bool {
	if slices.Contains(h.Backups, name) {
		return true
	}
	return h.State != nil && (h.State.Base.Name == name || slices.ContainsFunc(h.State.Log, func(r ref) bool { return r.Name == name }))
}

func (s *Store) packHead(h *head) ([]byte, error) {
	body, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encoding the state: %w", err)
	}
	return s.box.Pack(headKind, body)
}

// unpackHead reads a head. Its errors are flaws.
func (s *Store) unpackHead(data []byte) (*head, error) {
	body, err := s.box.Unpack(headKind, data)
	if err != nil {
		return nil, err
	}
	var h head
	if err := json.Unmarshal(body, &h); err != nil {
		return nil, &Flaw{What: "can't be read: " + err.Error()}
	}
	return &h, nil
}

// The folders of objects that are written once, and never changed.
const (
	logFolder    = "log/"
	backupFolder = "backups/"
	asideFolder  = "damaged/" // copies of what a damaged state was made of
)

// nameOf makes a name that nobody else makes. write is of the head that will be the first to name the object; of is the serial of a whole state, and
// of a log object the write of the whole state that it goes on from.
func nameOf(folder string, write, of int64, token string, n int) string {
	return fmt.Sprintf("%s%012d-%d-%s-%d", folder, write, of, token, n)
}

// writeOf reads from an object's name which head was to be the first to name it, and what it is of.
func writeOf(name string) (write, of int64, ok bool) {
	_, file, found := strings.Cut(name, "/")
	parts := strings.Split(file, "-")
	if !found || len(parts) != 4 {
		return 0, 0, false
	}
	write, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	of, err = strconv.ParseInt(parts[1], 10, 64)
	return write, of, err == nil
}
