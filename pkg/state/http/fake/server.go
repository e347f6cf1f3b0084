// Package fake gives servers that speak Terraform's state protocol to tests: strict ones, that fail on order.
package fake

import (
	"crypto/md5" // what the protocol checks a transfer by
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Fault is what becomes of a request beside what was asked for.
type Fault int

// The faults.
const (
	None     Fault = iota
	Before         // the connection is cut before the server acts
	After          // it is cut after the server acted
	Broken         // the server answers 500 and does nothing
	Odd            // the server acts, and answers 502
	Stranger       // the server answers 401
)

// Server keeps documents and their locks in memory. A path is a document; locks are LOCK and UNLOCK of the same path. Below
// /api/v4/projects/ it does as GitLab does.
type Server struct {
	URL      string
	Username string
	Password string
	Lenient  bool // takes what is posted without a look at its lock, as simple servers do

	mu       sync.Mutex
	docs     map[string]*document
	requests []string
	posted   int
	fault    func(method, path string, n int) Fault
}

type document struct {
	data  []byte
	there bool
	seen  map[int64]bool // serials, which GitLab takes once
	lock  map[string]string
}

// New starts a server, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{Username: "ada", Password: "password-planted", docs: map[string]*document{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Settings gives what a playbook says of a document of that name; gitlab: as GitLab has it.
func (s *Server) Settings(name string, gitlab bool) map[string]any {
	out := map[string]any{"address": s.URL + "/" + name, "username": s.Username, "password": s.Password}
	if gitlab {
		out["address"] = s.URL + "/api/v4/projects/4711/terraform/state/" + name
	}
	return out
}

// Fail asks a function at every request, which n counts from 1, for what becomes of it; nil: nothing.
func (s *Server) Fail(f func(method, path string, n int) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.requests = f, nil
}

// Requests gives method and path of what was asked since the last Fail, and how many bytes were ever posted.
func (s *Server) Requests() ([]string, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...), s.posted
}

// Set changes a document behind everybody's back; nil takes it away.
func (s *Server) Set(path string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.document(path)
	d.data, d.there = data, data != nil
}

// Get gives a document; nil: there is none.
func (s *Server) Get(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.document(path).data
}

func (s *Server) document(path string) *document {
	if s.docs[path] == nil {
		s.docs[path] = &document{seen: map[int64]bool{}}
	}
	return s.docs[path]
}

// ServeHTTP answers a request, one at a time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	fault := None
	if s.fault != nil {
		fault = s.fault(r.Method, r.URL.Path, len(s.requests))
	}
	switch {
	case err != nil, fault == Before:
		panic(http.ErrAbortHandler)
	case fault == Broken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case fault == Stranger, !s.knows(r):
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	status, answer := s.act(r, body)
	if fault == After {
		panic(http.ErrAbortHandler)
	}
	if fault == Odd {
		status, answer = http.StatusBadGateway, nil
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (s *Server) knows(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	return ok && user == s.Username && password == s.Password
}

// act does what was asked for. What is sent must come with its checksum.
func (s *Server) act(r *http.Request, body []byte) (int, []byte) {
	if r.Method != http.MethodGet {
		sum := md5.Sum(body)
		if r.Header.Get("Content-MD5") != base64.StdEncoding.EncodeToString(sum[:]) || r.Header.Get("Content-Type") != "application/json" {
			return http.StatusBadRequest, nil
		}
	}
	if strings.HasPrefix(r.URL.Path, "/api/v4/projects/") {
		return s.gitlab(r, body)
	}
	d := s.document(r.URL.Path)
	switch r.Method {
	case http.MethodGet:
		if !d.there {
			return http.StatusNotFound, nil
		}
		return http.StatusOK, d.data
	case http.MethodPost:
		if !s.Lenient && (d.lock == nil || d.lock["ID"] != r.URL.Query().Get("ID")) {
			return http.StatusLocked, nil
		}
		d.data, d.there = body, true
		s.posted += len(body)
		return http.StatusOK, nil
	case "LOCK":
		if d.lock != nil {
			text, _ := json.Marshal(d.lock)
			return http.StatusLocked, text
		}
		return lockBy(d, body)
	case "UNLOCK":
		return unlockBy(d, body, http.StatusLocked)
	}
	return http.StatusMethodNotAllowed, nil
}

func lockBy(d *document, body []byte) (int, []byte) {
	var info map[string]string
	if json.Unmarshal(body, &info) != nil || info["ID"] == "" {
		return http.StatusBadRequest, nil
	}
	d.lock = info
	return http.StatusOK, nil
}

func unlockBy(d *document, body []byte, otherwise int) (int, []byte) {
	var info map[string]string
	if json.Unmarshal(body, &info) != nil || d.lock == nil || d.lock["ID"] != info["ID"] {
		return otherwise, nil
	}
	d.lock = nil
	return http.StatusOK, nil
}

// Lock locks a document behind everybody's back, for whoever info says.
func (s *Server) Lock(path string, info map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.document(path).lock = info
}
