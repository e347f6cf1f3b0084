//go:build real

package real

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// answer is what a server said to a request of the test's own.
type answer struct {
	status int
	body   []byte
}

// headers are those of a request.
type headers struct{ request *http.Request }

func (h headers) basic(user, password string) { h.request.SetBasicAuth(user, password) }
func (h headers) set(name, value string)      { h.request.Header.Set(name, value) }

// ask makes a request of JSON. A status that is no success is an error.
func ask(method, url string, body any, sign func(headers)) (answer, error) {
	var text io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		text = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, url, text)
	if err != nil {
		return answer{}, err
	}
	if body != nil { // Mailman takes no request that says so and has none
		request.Header.Set("Content-Type", "application/json")
	}
	sign(headers{request})
	client := http.Client{Timeout: 30 * time.Second}
	r, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer r.Body.Close()
	out := answer{status: r.StatusCode}
	if out.body, err = io.ReadAll(r.Body); err == nil && r.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: status %d: %s", method, url, r.StatusCode, out.body)
	}
	return out, err
}

// must gives what takes an answer, and fails the test on an error.
func must(t *testing.T) func(answer, error) answer {
	return func(a answer, err error) answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

func escape(text string) string { return url.QueryEscape(text) }
