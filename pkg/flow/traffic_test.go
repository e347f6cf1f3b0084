package flow

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/secret"
)

func TestTraffic_tellsOfRequestsWithoutSecrets(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	var told []string
	redactor := &secret.Redactor{}
	redactor.Add("T0-hook-secret")
	w := &World{Transport: server.Client().Transport, Clock: func() time.Time { return time.Time{} }, Redactor: redactor, Traffic: func(text string) { told = append(told, text) }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/services/T0-hook-secret?token=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.transport("chat").RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	host := server.Listener.Addr().String()
	if want := "chat: POST " + host + "/services/•••: 404, 0s"; len(told) != 1 || told[0] != want {
		t.Errorf("told %q, want %q", told, want)
	}
}
