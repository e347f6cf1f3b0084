package flow

import (
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// CheckBackend holds a place where a state was kept against the places that there are, and its settings against that one's.
func CheckBackend(w *World, b *playbook.Backend) diag.List {
	return checkBackend(w, &playbook.Book{State: *b})
}
