package rest_test

import (
	"crypto/sha256"
	"fmt"
	"sync"
)

// keysByUUID are the keys that the suite of connectors uses, by the UUID that a manifest makes of each: as RFC 9562 has version 8, of SHA-256.
var keysByUUID = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for n := range 300 {
		key := fmt.Sprintf("key-%04d", n)
		b := sha256.Sum256([]byte(key))
		out[fmt.Sprintf("%x-%x-8%01x%02x-%02x%02x-%x", b[:4], b[4:6], b[6]&0x0f, b[7], b[8]&0x3f|0x80, b[9], b[10:16])] = key
	}
	return out
})

// keyOf gives the key that a UUID was made of; "" if it is none of the suite's.
func keyOf(uuid string) string { return keysByUUID()[uuid] }
