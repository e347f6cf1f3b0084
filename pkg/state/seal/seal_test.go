package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/playctl/playctl/pkg/state/seal"
)

// pair gives a new identity and its public key.
func pair(t *testing.T) (identity, recipient string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id.String(), id.Recipient().String()
}

func sealer(t *testing.T, recipients []string, identity string) *seal.Sealer {
	t.Helper()
	s, err := seal.New(recipients, identity)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t *testing.T, s *seal.Sealer, text string) []byte {
	t.Helper()
	out, err := s.Seal([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpen_readsWhatWasSealedForIt(t *testing.T) {
	ada, adas := pair(t)
	bob, bobs := pair(t)
	for _, text := range []string{"", "x", strings.Repeat("long ", 100_000)} {
		out := sealed(t, sealer(t, []string{adas, " " + bobs + "\n"}, ada), text)
		if !seal.Sealed(out) || (len(text) > 1 && bytes.Contains(out, []byte(text))) {
			t.Errorf("%.20q is not sealed: %.80q", text, out)
		}
		for _, s := range []*seal.Sealer{sealer(t, nil, ada), sealer(t, nil, "# created: today\n# public key: "+bobs+"\n"+bob)} {
			if got, err := s.Open(out); err != nil || string(got) != text {
				t.Errorf("Open = %.20q, %v; want %.20q", got, err, text)
			}
		}
	}
}

func TestOpen_saysWhatIsWrong(t *testing.T) {
	ada, adas := pair(t)
	eve, _ := pair(t)
	out := sealed(t, sealer(t, []string{adas}, ""), strings.Repeat("secret ", 20_000))
	changed := bytes.Clone(out)
	changed[len(changed)-70_000] ^= 1
	for _, test := range []struct {
		name string
		s    *seal.Sealer
		data []byte
		want error
	}{
		{"no identity", sealer(t, []string{adas}, ""), out, seal.ErrNoIdentity},
		{"wrong identity", sealer(t, nil, eve), out, seal.ErrWrongIdentity},
		{"plain", sealer(t, nil, ada), []byte(`{"playctl_state": 3}`), seal.ErrPlain},
		{"nothing", sealer(t, nil, ada), nil, seal.ErrPlain},
		{"changed", sealer(t, nil, ada), changed, seal.ErrDamaged},
		{"cut", sealer(t, nil, ada), out[:len(out)-1], seal.ErrDamaged},
		{"cut in the head", sealer(t, nil, ada), out[:30], seal.ErrDamaged},
		{"cut between chunks", sealer(t, nil, ada), out[:len(out)-len(out)%65552], seal.ErrDamaged},
	} {
		if got, err := test.s.Open(test.data); !errors.Is(err, test.want) || got != nil {
			t.Errorf("%s: %.20q, %v; want %v", test.name, got, err, test.want)
		}
	}
}

func TestNew_refusesWhatWouldLockOneOut(t *testing.T) {
	ada, _ := pair(t)
	_, bobs := pair(t)
	for name, err := range map[string]error{
		"identity none of the recipients": errOf(seal.New([]string{bobs}, ada)),
		"neither":                         errOf(seal.New(nil, "")),
		"garbage":                         errOf(seal.New([]string{"ssh-ed25519 AAAA"}, "")),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// An error goes to logs and screens: whatever was given as identity must not be in it, nor a part of it.
func TestErrors_neverSayAnIdentity(t *testing.T) {
	ada, adas := pair(t)
	for name, err := range map[string]error{
		"cut":          errOf(seal.New(nil, ada[:40])),
		"twice":        errOf(seal.New(nil, ada+ada)),
		"a typo":       errOf(seal.New([]string{adas}, strings.Replace(ada, ada[20:24], "1111", 1))),
		"lower case":   errOf(seal.New(nil, "key: "+strings.ToLower(ada))),
		"as recipient": errOf(seal.New([]string{ada}, "")),
		"in settings":  errOf(seal.FromSettings(map[string]any{"identity": []any{ada}})),
		"as a map":     errOf(seal.FromSettings(ada)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for i := 0; i+8 <= len(ada)-16; i++ {
			if part := ada[16+i:][:8]; strings.Contains(strings.ToUpper(fmt.Sprintf("%v %+v", err, err)), part) {
				t.Errorf("%s: the error says a part of the identity: %v", name, err)
				break
			}
		}
	}
}

func TestFromSettings_readsRecipientsAndIdentity(t *testing.T) {
	ada, adas := pair(t)
	for name, value := range map[string]any{
		"both":          map[string]any{"recipients": []any{adas}, "identity": ada},
		"one recipient": map[string]any{"recipients": adas, "identity": ada},
		"identity only": map[string]any{"identity": ada},
	} {
		s, err := seal.FromSettings(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := s.Open(sealed(t, s, "x")); err != nil || string(got) != "x" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if s, err := seal.FromSettings(nil); s != nil || err != nil {
		t.Errorf("nothing: %v, %v", s, err)
	}
	for name, value := range map[string]any{
		"a list":            []any{adas},
		"a typo":            map[string]any{"recipient": adas},
		"a number":          map[string]any{"recipients": 3},
		"a list of numbers": map[string]any{"recipients": []any{3}},
		"empty":             map[string]any{},
	} {
		if _, err := seal.FromSettings(value); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func errOf(_ *seal.Sealer, err error) error { return err }
