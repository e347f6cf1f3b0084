package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/playctl/playctl/pkg/state/seal"
)

// form is the version of how objects are kept. A newer one is refused.
const form = 1

// magic begins every object, before form, kind and checksum.
const magic = "playctl-object"

// The kinds of objects, each of which is in its own place only.
const (
	headKind  = "head"
	StateKind = "state" // a whole state, as state.Encode gives it
	logKind   = "log"
)

// largest is how many bytes an object may have once unpacked.
const largest = 8 << 30

var (
	packer   = sync.OnceValue(func() *zstd.Encoder { return must(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))) })
	unpacker = sync.OnceValue(func() *zstd.Decoder { return must(zstd.NewReader(nil, zstd.WithDecoderMaxMemory(largest))) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // options that are constants above
	}
	return v
}

// Flaw is what is wrong with an object.
type Flaw struct {
	What string
	Hint string // "" where a backup is the remedy
}

// Error says what is wrong; the remedy is in Hint.
func (f *Flaw) Error() string { return f.What }

// Box packs what is kept: with a checksum, compressed, and encrypted where there is a sealer.
type Box struct{ Sealer *seal.Sealer }

// Pack gives an object: a line with its kind and the checksum of its body, and the body, compressed; all of it sealed where there is a sealer.
func (b Box) Pack(kind string, body []byte) ([]byte, error) {
	head := fmt.Sprintf("%s %d %s %s\n", magic, form, kind, sum(body))
	data := packer().EncodeAll(body, []byte(head))
	if b.Sealer == nil {
		return data, nil
	}
	return b.Sealer.Seal(data)
}

// Unpack reads what Pack gave, and checks it. Its errors are each a *[Flaw].
func (b Box) Unpack(kind string, data []byte) ([]byte, error) {
	data, err := b.unseal(data)
	if err != nil {
		return nil, err
	}
	line, packed, whole := bytes.Cut(data, []byte("\n"))
	words := strings.Fields(string(line[:min(len(line), 200)]))
	switch {
	case len(data) == 0:
		return nil, &Flaw{What: "is empty (0 bytes)"}
	case len(words) < 2 || words[0] != magic:
		return nil, &Flaw{What: "is no object of playctl"}
	case newer(words[1]):
		return nil, &Flaw{What: fmt.Sprintf("was written by a newer playctl: it has form %s, and this one reads up to form %d", words[1], form), Hint: "install the newer playctl"}
	case !whole || len(words) != 4:
		return nil, &Flaw{What: fmt.Sprintf("is cut short: %d bytes", len(data))}
	case words[2] != kind:
		return nil, &Flaw{What: fmt.Sprintf("is another object: one of the kind %q, not %q", words[2], kind)}
	}
	body, err := unpacker().DecodeAll(packed, nil)
	if err != nil || sum(body) != words[3] {
		return nil, &Flaw{What: "is cut short or damaged: its checksum is wrong"}
	}
	return body, nil
}

// unseal decrypts where there is a sealer.
func (b Box) unseal(data []byte) ([]byte, error) {
	if b.Sealer == nil {
		if seal.Sealed(data) {
			return nil, &Flaw{What: "is encrypted, and the playbook does not say who can read it", Hint: "give the identity: state: encrypt: {identity: ${env.NAME}}"}
		}
		return data, nil
	}
	plain, err := b.Sealer.Open(data)
	switch {
	case errors.Is(err, seal.ErrPlain) && !bytes.HasPrefix(data, []byte(magic)): // neither the one nor the other
		if len(data) == 0 {
			return nil, &Flaw{What: "is empty (0 bytes)"}
		}
		return nil, &Flaw{What: "is no object of playctl"}
	case errors.Is(err, seal.ErrPlain):
		return nil, &Flaw{What: "is not encrypted, and the playbook says encrypt:",
			Hint: "take encrypt: out, and move the state: playctl init --migrate-state; or give an empty place to begin in"}
	case errors.Is(err, seal.ErrNoIdentity):
		return nil, &Flaw{What: "is encrypted, and there is no identity to read it with", Hint: "give one: state: encrypt: {identity: ${env.NAME}}"}
	case errors.Is(err, seal.ErrWrongIdentity):
		return nil, &Flaw{What: "is encrypted for others than the identity that was given", Hint: "give the identity of one of those it is encrypted for as state: encrypt: {identity: …}"}
	case err != nil:
		return nil, &Flaw{What: "is cut short or damaged: it can't be decrypted"}
	}
	return plain, nil
}

// newer reports whether a form is one of the future.
func newer(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && n > form
}

func sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
