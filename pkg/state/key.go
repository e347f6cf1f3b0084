package state

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// EnrollmentKey names a record's nth entry into a play. It does not depend on the play's steps or on where it is written.
func EnrollmentKey(play string, r Record, per string, number int) string {
	return digest("enrollment", play, r.Entity, r.Key, per, strconv.Itoa(number))
}

// EffectKey names an effect: of one enrollment, at one step, for one fan-out record (the member's own record, or its lane's, where the step
// has no `for`).
func EffectKey(enrollment, step string, r Record) string {
	return digest("effect", enrollment, step, r.Entity, r.Key)
}

// LaneEffectKey names an effect of a lane ([Lane.Key]) for another record than the lane's own.
func LaneEffectKey(enrollment, lane, step string, r Record) string {
	return digest("effect", enrollment, lane, step, r.Entity, r.Key)
}

// Token is how the state remembers an id of a connector without holding it.
func (m *Meta) Token(id string) string { return m.Hasher().Token(id) }

// ValueHash is how the state remembers a field's value without holding it.
func (m *Meta) ValueHash(value string) string { return m.Hasher().ValueHash(value) }

// Mark is how the state remembers a record that was forgotten without holding it.
func (m *Meta) Mark(r Record) string { return m.Hasher().Mark(r) }

// Hasher makes tokens and value hashes as [Meta] does, many of them at less cost. It is for one goroutine.
type Hasher struct {
	mac    hash.Hash
	buffer []byte
}

// Hasher gives a hasher with the state's salt.
func (m *Meta) Hasher() *Hasher { return &Hasher{mac: hmac.New(sha256.New, []byte(m.Salt))} }

// Token is [Meta.Token].
func (h *Hasher) Token(id string) string { return h.sum("id", id) }

// ValueHash is [Meta.ValueHash].
func (h *Hasher) ValueHash(value string) string { return h.sum("value", value) }

// Mark is [Meta.Mark].
func (h *Hasher) Mark(r Record) string { return h.sum("erased", r.Entity+"\x00"+r.Key) }

func (h *Hasher) sum(kind, text string) string {
	h.mac.Reset()
	h.buffer = append(append(append(h.buffer[:0], kind...), 0), text...)
	h.mac.Write(h.buffer)
	h.buffer = h.mac.Sum(h.buffer[:0])
	return shorten(h.buffer)
}

// digest hashes its parts so that no two different lists of parts give the same text to hash.
func digest(parts ...string) string {
	var room [256]byte
	text := room[:0]
	for _, p := range parts {
		text = append(append(strconv.AppendInt(text, int64(len(p)), 10), ':'), p...)
	}
	sum := sha256.Sum256(text)
	return shorten(sum[:])
}

// shorten gives the first 96 bits of a hash as text.
func shorten(sum []byte) string {
	var text [24]byte
	hex.Encode(text[:], sum[:12])
	return string(text[:])
}
