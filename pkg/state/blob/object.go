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
	stateKind = "state"
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

// flaw is what is wrong with an object.
type flaw struct {
	what string
	hint string // "" where a backup is the remedy
}

func (f *flaw) Error() string { return f.what }

// pack gives an object: a line with its kind and the checksum of its body, and the body, compressed; all of it sealed where there is a sealer.
func (s *Store) pack(kind string, body []byte) ([]byte, error) {
	head := fmt.Sprintf("%s %d %s %s\n", magic, form, kind, sum(body))
	data := packer().EncodeAll(body, []byte(head))
	if s.sealer == nil {
		return data, nil
	}
	return s.sealer.Seal(data)
}

// unpack reads what pack gave, and checks it. Its errors are flaws.
func (s *Store) unpack(kind string, data []byte) ([]byte, error) {
	data, err := s.unseal(data)
	if err != nil {
		return nil, err
	}
	line, packed, whole := bytes.Cut(data, []byte("\n"))
	words := strings.Fields(string(line[:min(len(line), 200)]))
	switch {
	case len(data) == 0:
		return nil, &flaw{what: "is empty (0 bytes)"}
	case len(words) < 2 || words[0] != magic:
		return nil, &flaw{what: "is no object of playctl"}
	case newer(words[1]):
		return nil, &flaw{what: fmt.Sprintf("was written by a newer playctl: it has form %s, and this one reads up to form %d", words[1], form), hint: "install the newer playctl"}
	case !whole || len(words) != 4:
		return nil, &flaw{what: fmt.Sprintf("is cut short: %d bytes", len(data))}
	case words[2] != kind:
		return nil, &flaw{what: fmt.Sprintf("is another object: one of the kind %q, not %q", words[2], kind)}
	}
	body, err := unpacker().DecodeAll(packed, nil)
	if err != nil || sum(body) != words[3] {
		return nil, &flaw{what: "is cut short or damaged: its checksum is wrong"}
	}
	return body, nil
}

// unseal decrypts where there is a sealer.
func (s *Store) unseal(data []byte) ([]byte, error) {
	if s.sealer == nil {
		if seal.Sealed(data) {
			return nil, &flaw{what: "is encrypted, and the playbook does not say who can read it", hint: "give the identity: state: encrypt: {identity: ${env.NAME}}"}
		}
		return data, nil
	}
	plain, err := s.sealer.Open(data)
	switch {
	case errors.Is(err, seal.ErrPlain) && !bytes.HasPrefix(data, []byte(magic)): // neither the one nor the other
		if len(data) == 0 {
			return nil, &flaw{what: "is empty (0 bytes)"}
		}
		return nil, &flaw{what: "is no object of playctl"}
	case errors.Is(err, seal.ErrPlain):
		return nil, &flaw{what: "is not encrypted, and the playbook says encrypt:",
			hint: "take encrypt: out, and move the state: playctl init --migrate-state; or give an empty place to begin in"}
	case errors.Is(err, seal.ErrNoIdentity):
		return nil, &flaw{what: "is encrypted, and there is no identity to read it with", hint: "give one: state: encrypt: {identity: ${env.NAME}}"}
	case errors.Is(err, seal.ErrWrongIdentity):
		return nil, &flaw{what: "is encrypted for others than the identity that was given", hint: "give the identity of one of those it is encrypted for as state: encrypt: {identity: …}"}
	case err != nil:
		return nil, &flaw{what: "is cut short or damaged: it can't be decrypted"}
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
