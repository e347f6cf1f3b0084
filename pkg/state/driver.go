package state

import (
	"net/http"
	"time"
)

// Driver opens states of one kind (`backend: s3`).
type Driver struct {
	Name     string
	Title    string
	Settings []Setting
	// Local says that the state is on the machine that applies, where a runner loses it.
	Local bool
	// Check says what is wrong with a setting's value as far as that can be known without secrets: what needs one to be known is left out of the
	// value. nil: nothing is checked before Open.
	Check func(name string, value any) error
	// Open gives the store of an environment; it makes no call to the outside. The error says which setting is wrong.
	Open func(Options) (Store, error)
}

// Setting is one key beside `backend:`.
type Setting struct {
	Name     string
	Help     string
	Required bool
	Secret   bool // never printed
}

// Options is what a store is opened from.
type Options struct {
	Dir         string            // the playbook's folder
	Environment string            // "" for the default one; every environment has a state of its own
	Settings    map[string]any    // resolved values; keys were checked against the driver's Settings
	Now         func() time.Time  // what others are told about the holder of the lock, and when a lock expires
	Transport   http.RoundTripper // the one way to HTTP
}
