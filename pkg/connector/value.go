package connector

import (
	"errors"

	"github.com/playctl/playctl/pkg/playbook"
)

// ErrNoCollection says that a named collection does not exist in the system.
var ErrNoCollection = errors.New("no such collection")

// Text gives a field's value as text, the form in which values are compared with what a system holds; see [playbook.Text].
func Text(value any) string { return playbook.Text(value) }
