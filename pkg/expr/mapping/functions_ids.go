package mapping

import (
	"crypto/sha256"
	"fmt"

	"github.com/google/cel-go/cel"
)

// idFunctions are about ids that vendors have a form for.
func idFunctions() cel.EnvOption {
	return several(text1("uuid", uuid), text1("id18", id18))
}

// several joins options.
func several(options ...cel.EnvOption) cel.EnvOption {
	return func(e *cel.Env) (*cel.Env, error) {
		for _, o := range options {
			var err error
			if e, err = o(e); err != nil {
				return nil, err
			}
		}
		return e, nil
	}
}

// uuid gives a UUID that is always the same for a text, for APIs that drop what comes twice with one. It is of version 8: made of a hash that RFC 9562
// does not name.
func uuid(text string) string {
	sum := sha256.Sum256([]byte(text))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// id18 gives a Salesforce id in the spelling whose case does not matter: the 15 characters, and three that tell which of them are capitals. What is
// not 15 letters and digits stays as it is, but that the case of one with 18 is set right.
func id18(id string) string {
	if len(id) == 18 {
		return recased(id)
	}
	if len(id) != 15 || !alphanumeric(id) {
		return id
	}
	return id + caseOf(id)
}

// suffixes are the characters that tell which of five letters are capitals.
const suffixes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

func caseOf(id string) string {
	var out [3]byte
	for part := range out {
		bits := 0
		for i := range 5 {
			if c := id[part*5+i]; 'A' <= c && c <= 'Z' {
				bits |= 1 << i
			}
		}
		out[part] = suffixes[bits]
	}
	return string(out[:])
}

// recased gives an id of 18 the case that its last three characters tell, as Salesforce reads it itself.
func recased(id string) string {
	if !alphanumeric(id) {
		return id
	}
	out := []byte(id)
	for part := range 3 {
		bits := -1
		for n := range suffixes {
			if suffixes[n] == upper(id[15+part]) {
				bits = n
			}
		}
		if bits < 0 {
			return id
		}
		out[15+part] = upper(id[15+part])
		for i := range 5 {
			c := lower(id[part*5+i])
			if bits&(1<<i) != 0 {
				c = upper(c)
			}
			out[part*5+i] = c
		}
	}
	if caseOf(string(out)) != string(out[15:]) { // a digit where a capital should be: it is none
		return id
	}
	return string(out)
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

func alphanumeric(text string) bool {
	for _, c := range []byte(text) {
		if c := lower(c); (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
