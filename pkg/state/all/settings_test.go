package all_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/all"
)

// TestOpen_saysNothingInTheClearToAnotherMachine: neither who asks nor a state goes where others can listen; this machine is none of them.
func TestOpen_saysNothingInTheClearToAnotherMachine(t *testing.T) {
	keys := map[string]any{"bucket": "states", "access_key": "a", "secret_key": "s"}
	login := map[string]any{"username": "ada", "password": "p"}
	for _, test := range []struct {
		driver, name, value string
		others              map[string]any
		refused             bool
	}{
		{"s3", "endpoint", "http://minio.example.com:9000", keys, true},
		{"s3", "endpoint", "http://10.0.0.7", keys, true},
		{"s3", "endpoint", "https://minio.example.com:9000", keys, false},
		{"s3", "endpoint", "http://127.0.0.1:9000", keys, false},
		{"s3", "endpoint", "http://localhost:9000", keys, false},
		{"s3", "endpoint", "http://[::1]:9000", keys, false},
		{"http", "address", "http://state.example.com/x", login, true},
		{"http", "lock_address", "http://state.example.com/x", map[string]any{"address": "https://state.example.com/x", "headers": map[string]any{"X": "y"}}, true},
		{"http", "address", "https://state.example.com/x", login, false},
		{"http", "address", "http://state.example.com/x", nil, false},
		{"http", "address", "http://localhost:8080/x", login, false},
	} {
		settings := map[string]any{test.name: test.value}
		maps.Copy(settings, test.others)
		for _, d := range all.Drivers() {
			if d.Name != test.driver {
				continue
			}
			_, err := d.Open(state.Options{Dir: t.TempDir(), Settings: settings, Now: time.Now, Transport: http.DefaultTransport})
			if refused := err != nil && strings.Contains(err.Error(), test.name+": expected https"); refused != test.refused || err != nil && !refused {
				t.Errorf("%s %s: %v", test.driver, test.value, err)
			}
		}
	}
}
