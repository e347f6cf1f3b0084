package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// envelope is a whole state as one JSON document.
type envelope struct {
	Format   int             `json:"playctl_state"` // [Version]
	Lineage  string          `json:"lineage"`
	Serial   int64           `json:"serial"`
	Checksum string          `json:"checksum"` // sha256 of State without white space between its parts
	State    json.RawMessage `json:"state"`
}

// ErrNotAState says that a document is no whole state: cut short, edited, or something else.
var ErrNotAState = errors.New("this is no whole state of playctl")

// Encode gives a whole state as a JSON document with a checksum. The same state gives the same bytes.
func Encode(w *Whole) ([]byte, error) {
	body, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encoding the state: %w", err)
	}
	return json.Marshal(envelope{Version, w.Meta.Lineage, w.Meta.Serial, digestOf(body), body})
}

// Decode reads what [Encode] gave, white space aside. The error says what is wrong, and is [ErrNotAState] unless a newer playctl wrote it.
func Decode(data []byte) (*Whole, error) {
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil || e.Format == 0 {
		return nil, ErrNotAState
	}
	if e.Format > Version {
		return nil, fmt.Errorf("reading a state: it was written by a newer playctl: it has form %d, and this one reads up to form %d", e.Format, Version)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, e.State); err != nil || digestOf(body.Bytes()) != e.Checksum {
		return nil, fmt.Errorf("%w: its checksum is wrong, it was edited or damaged", ErrNotAState)
	}
	var w Whole
	if err := json.Unmarshal(body.Bytes(), &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAState, err)
	}
	w.Meta.Version = Version
	return &w, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// What packs and unpacks pages costs megabytes to make, and may be used by several goroutines at once.
var (
	packer   = sync.OnceValue(func() *zstd.Encoder { return must(zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))) })
	unpacker = sync.OnceValue(func() *zstd.Decoder { return must(zstd.NewReader(nil, zstd.WithDecoderMaxMemory(largestPage))) })
)

// largestPage is how many bytes a page may have: far more than the thousand lines of an apply.
const largestPage = 64 << 20

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // options that are constants above
	}
	return v
}

// EncodePage gives the lines of a page, its time and its kind as a short text with a checksum: what stores keep beside Run and Seq.
func EncodePage(p *Page) (string, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encoding the journal: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(packer().EncodeAll(body, nil)), nil
}

// DecodePage reads what [EncodePage] gave.
func DecodePage(text string) (*Page, error) {
	packed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	body, err := unpacker().DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	var p Page
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return &p, nil
}
