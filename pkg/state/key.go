package state

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
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
func (m *Meta) Token(id string) string { return m.hmac("id", id) }

// ValueHash is how the state remembers a field's value without holding it.
func (m *Meta) ValueHash(value string) string { return m.hmac("value", value) }

func (m *Meta) hmac(kind, text string) string {
	h := hmac.New(sha256.New, []byte(m.Salt))
	h.Write([]byte(kind + "\x00" + text))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// digest hashes its parts so that no two different lists of parts give the same text to hash.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
