package state

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strconv"
)

// OperationsDigestLength is how much of [Run.Digest] is [OperationsDigest]; what follows is about who enters, moves and leaves.
const OperationsDigestLength = 32

// OperationsDigest gives a digest of operations, by their keys and the digests of their content, in the order of the plan: 32 hexadecimal
// digits. The planned lines of a run's journal have the one with which [Run.Digest] begins, unless one of the two was altered.
func OperationsDigest(operations iter.Seq2[string, string]) string {
	d := sha256.New()
	for key, content := range operations {
		d.Write([]byte(strconv.Itoa(len(key)) + ":" + key + content + "\n"))
	}
	return hex.EncodeToString(d.Sum(nil))[:OperationsDigestLength]
}
