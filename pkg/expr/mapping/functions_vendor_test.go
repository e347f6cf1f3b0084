package mapping_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIDs_haveOneSpelling(t *testing.T) {
	for text, want := range map[string]any{
		`id18("0014S000007NeM3")`:    "0014S000007NeM3QAK", // an account of a recorded answer
		`id18("0034S000005YJVl")`:    "0034S000005YJVlQAO",
		`id18("0014S000007NeM3QAK")`: "0014S000007NeM3QAK",
		`id18("0014s000007nem3qak")`: "0014S000007NeM3QAK", // of 18, case does not matter
		`id18("0014S000007NeM3qak")`: "0014S000007NeM3QAK",
		`id18("nobody")`:             "nobody",
		`id18("a@example.com-12")`:   "a@example.com-12",
		`id18("0014S000007NeM3999")`: "0014S000007NeM3999", // 9 tells nothing
		`uuid("a") == uuid("a")`:     true,
		`uuid("a") == uuid("b")`:     false,
		`uuid("a").matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")`: true,
	} {
		if got, err := compile(t, text).Value(t.Context(), values); err != nil || got != want {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestTasks_tellPeopleWhatIsAsked(t *testing.T) {
	for text, want := range map[string]any{
		`task_notes({"title": "Call", "assignee": "a@b.example", "due": 1, "notes": "About it", "score": 7, "asks": ["next_step", "budget"], "outcomes": ["won", "lost, gone"]})`: "About it\nscore: 7\nTo be answered: next_step | budget\nEnds as one of: won | lost, gone",
		`task_notes({"title": "Call"})`: "",
		`pick({"next": "x", "Budget__c": 3, "none": null, "empty": ""}, "next, budget=Budget__c, none, empty, absent")`: map[string]any{"next": "x", "budget": int64(3)},
		`pick({"a": "x"}, "")`: map[string]any{},
	} {
		got, err := compile(t, text).Value(t.Context(), values)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
}

func TestJWT_isSignedWithTheKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	program := compile(t, `jwt_rs256({"iss": "me", "exp": epoch(at) + 180}, settings.token)`)
	for _, block := range []*pem.Block{{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		text := string(pem.EncodeToMemory(block))
		for _, written := range []string{text, strings.ReplaceAll(text, "\n", `\n`)} {
			got, err := program.Value(t.Context(), values.With("settings.token", written))
			if err != nil {
				t.Fatal(err)
			}
			wantSigned(t, got.(string), &key.PublicKey)
		}
	}
	_, err = program.Value(t.Context(), values)
	if err == nil || !strings.Contains(err.Error(), "not in PEM") || strings.Contains(err.Error(), "secret-1") {
		t.Errorf("a key that is none: %v", err)
	}
}

func wantSigned(t *testing.T, token string, key *rsa.PublicKey) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("the token has %d parts", len(parts))
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if string(payload) != `{"exp":1795338180,"iss":"me"}` {
		t.Errorf("the token says %s", payload)
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		t.Error(err)
	}
}
