package plan

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// LeastKey is how many bytes a key that signs plans has at least: fewer could be guessed from one signature.
const LeastKey = 16

// KeyID names a key without saying anything of it.
func KeyID(key string) string { return hex.EncodeToString(mac(key, "playctl key")[:4]) }

func mac(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// digest is over everything that a saved plan says, its own digest and signature aside.
func (s *Saved) digest() string {
	bare := *s
	bare.Digest, bare.Key, bare.Signature = "", "", ""
	text, err := json.Marshal(&bare)
	if err != nil {
		return "" // never: it holds texts, numbers and times that came from JSON or go there
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Sign signs a saved plan with a key.
func (s *Saved) Sign(key string) {
	s.Key, s.Signature = KeyID(key), hex.EncodeToString(s.signature(key))
}

func (s *Saved) signature(key string) []byte { return mac(key, "playctl saved plan\n"+s.Digest) }

// Encode gives the saved plan as it is written to a file.
func (s *Saved) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the plan: %w", err)
	}
	return append(data, '\n'), nil
}

// LooksSaved reports whether something was meant to be a saved plan, whether it is a good one or not.
func LooksSaved(data []byte) bool {
	var s struct {
		ID         string          `json:"id"`
		Operations json.RawMessage `json:"operations"`
	}
	return json.Unmarshal(data, &s) == nil && s.ID != "" && len(s.Operations) > 0
}

// ParseSaved reads a saved plan and checks that nothing of it was changed. The error says what is wrong with the file.
func ParseSaved(data []byte) (*Saved, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("this is no saved plan: it is empty")
	}
	var version struct {
		FormatVersion int `json:"format_version"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	err := decoder.Decode(&version)
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && strings.HasPrefix(string(bytes.TrimSpace(data)), "{"):
		return nil, errors.New("the saved plan was cut short: its end is missing")
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("this is no saved plan, or it was damaged: at byte %d: %w", syntax.Offset, err)
	case err != nil || version.FormatVersion == 0:
		return nil, errors.New("this is no saved plan")
	case version.FormatVersion > SavedVersion:
		return nil, fmt.Errorf("the plan was saved by a newer playctl (format %d; this one reads %d)", version.FormatVersion, SavedVersion)
	case version.FormatVersion < SavedVersion:
		return nil, fmt.Errorf("the plan was saved by an older playctl (format %d; this one reads %d)", version.FormatVersion, SavedVersion)
	}
	return parseSaved(data)
}

// parseSaved reads what is a saved plan of this form, by the look of it.
func parseSaved(data []byte) (*Saved, error) {
	var s Saved
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&s)
	_, behind := decoder.Token()
	switch {
	case err != nil:
		return nil, fmt.Errorf("the saved plan was changed since it was saved: %w", err)
	case !errors.Is(behind, io.EOF):
		return nil, errors.New("the saved plan was changed since it was saved: something stands behind it")
	case s.Digest == "":
		return nil, errors.New("the saved plan was changed since it was saved: its digest is missing")
	case s.Digest != s.digest():
		return nil, errors.New("the saved plan was changed since it was saved: its digest does not fit what it says")
	}
	return &s, nil
}

// UnsignedError says that a saved plan is not signed as it must be.
type UnsignedError struct{ Why string }

// Error says what is wrong with the signature.
func (e *UnsignedError) Error() string { return "the saved plan " + e.Why }

// Verify checks the signature with the key that plans must be signed with; "" is none, and then any plan will do.
func (s *Saved) Verify(key string) error {
	given, err := hex.DecodeString(s.Signature)
	switch {
	case key == "":
		return nil
	case s.Signature == "":
		return &UnsignedError{"is not signed, and must be: there is a key that plans are signed with"}
	case s.Key != KeyID(key):
		return &UnsignedError{fmt.Sprintf("was signed with another key (%s; ours is %s)", s.Key, KeyID(key))}
	case err != nil || !hmac.Equal(given, s.signature(key)):
		return &UnsignedError{"has a signature that does not fit: it was made or changed by somebody without the key"}
	}
	return nil
}
