// Package seal encrypts what playctl keeps, its state and its saved plans, with age (https://age-encryption.org/v1): to the public keys of
// those who may read it, with the identity of who does.
//
//	state:
//	  encrypt:
//	    recipients: [age1…, age1…]           # public keys; left out: the identity's own
//	    identity: ${env.PLAYCTL_AGE_IDENTITY} # AGE-SECRET-KEY-1…, or {file: PATH} of a file that age-keygen wrote
//
// Keys are X25519, or age's post-quantum hybrid ones. No error says an identity or a part of one.
package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

// intro is what everything that age encrypts begins with.
const intro = "age-encryption.org/v1\n"

// What can be wrong with what is opened.
var (
	// ErrNoIdentity says that something is encrypted and there is no identity to read it with.
	ErrNoIdentity = errors.New("it is encrypted, and there is no identity to read it with: give one as encrypt: {identity: ${env.NAME}}")
	// ErrWrongIdentity says that something is encrypted for others.
	ErrWrongIdentity = errors.New("it is encrypted for others: the identity that was given is none of its recipients")
	// ErrPlain says that something should be encrypted and isn't.
	ErrPlain = errors.New("it is not encrypted, and should be: somebody else wrote it, or it is from before encrypt: was set")
	// ErrDamaged says that something was encrypted for this identity, and was cut short or changed since.
	ErrDamaged = errors.New("it is encrypted, and was cut short or changed since")
)

// Sealer encrypts for its recipients and decrypts with its identity. It may be used by several goroutines at once.
type Sealer struct {
	recipients []age.Recipient
	identities []age.Identity
	readers    string // digest of the recipients
}

// New gives a sealer. The identity may be "": then nothing can be opened; the recipients may be none where there is an identity: then it is
// sealed for that alone. It is an error if an identity could not read what is sealed, since playctl would lock itself out. The identity may be
// the text of a whole file as age-keygen writes it.
func New(recipients []string, identity string) (*Sealer, error) {
	s := &Sealer{}
	var names []string
	for i, text := range recipients {
		r, err := parseRecipient(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("encrypt: recipient %d: %w", i+1, err)
		}
		s.recipients, names = append(s.recipients, r), append(names, strings.TrimSpace(text))
	}
	if identity != "" {
		var err error
		if s.identities, err = age.ParseIdentities(strings.NewReader(identity)); err != nil { // its error may say a part of what was given
			return nil, errors.New("encrypt: the identity is not one of age: it begins with AGE-SECRET-KEY-1, see age-keygen")
		}
	}
	if len(s.recipients) == 0 {
		s.recipients, names = recipientsOf(s.identities)
	}
	if len(s.recipients) == 0 {
		return nil, errors.New("encrypt: there are neither recipients nor an identity")
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(names), "\n")))
	s.readers = hex.EncodeToString(sum[:8])
	return s, s.check()
}

// Readers tells one set of recipients from another: who can read what is sealed. A nil sealer has "".
func (s *Sealer) Readers() string {
	if s == nil {
		return ""
	}
	return s.readers
}

// parseRecipient reads a public key. An identity in its place is not said in the error.
func parseRecipient(text string) (age.Recipient, error) {
	if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY") {
		return nil, errors.New("this is an identity, which is secret: its public key belongs here, see age-keygen -y")
	}
	list, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || len(list) != 1 {
		return nil, fmt.Errorf("%q is no public key of age: it begins with age1", text)
	}
	return list[0], nil
}

// recipientsOf gives the public keys of identities, and how they are written.
func recipientsOf(identities []age.Identity) (out []age.Recipient, names []string) {
	for _, i := range identities {
		switch i := i.(type) {
		case *age.X25519Identity:
			out, names = append(out, i.Recipient()), append(names, i.Recipient().String())
		case *age.HybridIdentity:
			out, names = append(out, i.Recipient()), append(names, i.Recipient().String())
		}
	}
	return out, names
}

// check sees to it that what is sealed can be opened, where anything can.
func (s *Sealer) check() error {
	if len(s.identities) == 0 {
		return nil
	}
	sealed, err := s.Seal([]byte("playctl"))
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	if _, err := s.Open(sealed); err != nil {
		return errors.New("encrypt: the identity is none of the recipients, so that playctl could not read what it writes: add its public key to recipients, see age-keygen -y")
	}
	return nil
}

// Seal encrypts. The same text is never the same twice.
func (s *Sealer) Seal(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, s.recipients...)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return out.Bytes(), nil
}

// Open decrypts, and checks that nothing was changed. Its errors are [ErrNoIdentity], [ErrWrongIdentity], [ErrPlain] and [ErrDamaged].
func (s *Sealer) Open(sealed []byte) ([]byte, error) {
	switch {
	case !Sealed(sealed):
		return nil, ErrPlain
	case len(s.identities) == 0:
		return nil, ErrNoIdentity
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), s.identities...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, ErrWrongIdentity
	case err != nil:
		return nil, ErrDamaged
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrDamaged
	}
	return text, nil
}

// Sealed reports whether something is encrypted: whether it begins as such.
func (s *Sealer) Sealed(data []byte) bool { return Sealed(data) }

// Sealed reports whether something is encrypted, for whomever: whether it begins as such.
func Sealed(data []byte) bool { return bytes.HasPrefix(data, []byte(intro)) }
