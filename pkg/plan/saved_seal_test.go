package plan

import (
	"bytes"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

const testKey = "correct-horse-battery-staple"

// signedPlan gives a small saved plan as it is written.
func signedPlan(t *testing.T) []byte {
	t.Helper()
	p := &Plan{Playbook: "book", Lineage: "l", Serial: 3, At: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), Files: map[string]string{"a.yaml": "1"},
		Operations: []Operation{{Key: "k", Digest: "d", Verb: connector.Send, Connector: "desk", Target: connector.Collection{Kind: "message"}, Record: state.Record{Entity: "account", Key: "a"}}},
		Members:    []Member{{Enters: true, After: state.Member{Key: "m", Play: "p", Record: state.Record{Entity: "account", Key: "a"}}}}}
	s := Save(p, SaveOptions{ID: "x", Text: "<plan> & \u2028 \xff", Only: []string{"a"}, Limit: 4, Allowed: []string{"removals"}})
	s.Sign(testKey)
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func accept(data []byte) error {
	s, err := ParseSaved(data)
	if err != nil {
		return err
	}
	return s.Verify(testKey)
}

func TestParseSaved_anyChangeIsFound(t *testing.T) {
	data := signedPlan(t)
	if err := accept(data); err != nil {
		t.Fatal(err)
	}
	for at := range len(data) - 1 { // but the last line's end
		changed := bytes.Clone(data)
		changed[at] ^= 1
		if accept(changed) == nil {
			t.Errorf("byte %d, %q for %q, is not found in %s", at, changed[at], data[at], data[max(0, at-20):at+10])
		}
		if accept(data[:at]) == nil {
			t.Errorf("cut behind byte %d is not found", at)
		}
	}
}

func TestVerify_takesOnlyWhatWasSignedWithTheKey(t *testing.T) {
	s, err := ParseSaved(signedPlan(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(""); err != nil {
		t.Errorf("without a key: %v", err)
	}
	if s.Verify(testKey+"x") == nil {
		t.Error("another key will do")
	}
	forged := *s
	forged.Operations = append(forged.Operations, SavedOperation{Key: "more"})
	forged.Digest = forged.digest()
	if forged.Verify(testKey) == nil {
		t.Error("what was added later is signed too")
	}
	if forged.Signature = ""; forged.Verify(testKey) == nil || forged.Verify("") != nil {
		t.Error("what is not signed is taken where there is a key, or refused where there is none")
	}
	if KeyID(testKey) != s.Key || KeyID(testKey) == KeyID(testKey+"x") {
		t.Error("keys are not told apart")
	}
}
