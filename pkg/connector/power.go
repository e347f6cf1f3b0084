package connector

import (
	"context"
	"errors"
)

// Partial is a connector that has the methods of more powers than it has: which it has is found out only when it runs, as of a plug-in.
type Partial interface {
	// Has reports whether it has a power, given as a nil pointer to its interface: (*MemberReader)(nil).
	Has(power any) bool
}

// As gives a connector as one of the optional interfaces of this package; ok is false if it has not that power. It stands for a type
// assertion, which does not know of [Partial].
func As[T any](c Connector) (power T, ok bool) {
	power, ok = c.(T)
	if p, partial := c.(Partial); ok && partial && !p.Has((*T)(nil)) {
		var none T
		return none, false
	}
	return power, ok
}

// ErrUntold says that a system can't tell.
var ErrUntold = errors.New("the system can't tell")

// CollectionChecker is a connector that can tell whether a collection is there and can be written, without reading who is in it.
type CollectionChecker interface {
	// CheckCollection gives nil if members can be written. A collection that does not exist is [ErrNoCollection]; [ErrUntold] says that
	// nobody can know; any other error says what to mend.
	CheckCollection(ctx context.Context, c Collection) error
}

// Introducer is a connector that can tell more of itself than its driver does.
type Introducer interface {
	// Introduce fills in a driver what is known only now: title, settings, documentation, and its Spec.
	Introduce(d Driver) Driver
}
