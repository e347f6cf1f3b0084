// Package s3test gives servers that speak S3 to tests.
package s3test

import (
	"net/http/httptest"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Server is a server with one bucket.
type Server struct {
	Endpoint  string // http://127.0.0.1:PORT
	Bucket    string
	Region    string
	AccessKey string
	SecretKey string
	Settle    string // lock_settle; "" for what it is unless said
}

// Settings gives what a playbook says of it, with names that begin with key.
func (s *Server) Settings(key string) map[string]any {
	settings := map[string]any{"bucket": s.Bucket, "key": key, "region": s.Region, "endpoint": s.Endpoint, "access_key": s.AccessKey, "secret_key": s.SecretKey}
	if s.Settle != "" {
		settings["lock_settle"] = s.Settle
	}
	return settings
}

// Fake gives a server in this process that keeps its objects in memory: it ends with the test. It keeps to If-Match and If-None-Match, and
// looks at no key.
func Fake(t testing.TB) *Server {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("states"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(server.Close)
	return &Server{Endpoint: server.URL, Bucket: "states", Region: "us-east-1", AccessKey: "access-planted", SecretKey: "secret-planted", Settle: "0s"}
}
