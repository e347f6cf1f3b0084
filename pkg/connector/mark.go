package connector

import (
	"crypto/sha256"
	"encoding/hex"
)

// Mark gives the key under which an effect goes to a system. Keys are unique in one state: the same play and record of two playbooks, or of two
// environments of one, have the same. Where both go to one system, the second would be taken for a repeat of the first, or found where it was never
// sent. A marked key begins with the key, and ends with what is of the state alone. Without a lineage there is no mark.
func (s Spec) Mark(lineage, key string) string {
	if !s.Shared || lineage == "" || key == "" {
		return key
	}
	sum := sha256.Sum256([]byte(lineage))
	return key + "-" + hex.EncodeToString(sum[:4])
}
