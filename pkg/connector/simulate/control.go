package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// control is where the system is told what to do beside the vendor's API, and asked what it did.
const control = "/_playctl/"

// Report is what the system did.
type Report struct {
	Effects []*Effect `json:"effects"`
	Count   int       `json:"count"`
	// Twice are effects that were asked for once and done again: the same key, or all the same where there is none.
	Twice    []*Effect      `json:"twice"`
	Faults   map[string]int `json:"faults,omitempty"` // how many requests met each
	Requests int            `json:"requests"`
}

func (s *Server) control(w http.ResponseWriter, r *http.Request, raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, status := s.controlled(r.Method, strings.TrimPrefix(r.URL.Path, control), raw)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(value) // the caller may be gone
}

// wrong is the answer to what is not understood.
func wrong(why string) (any, int) { return map[string]string{"error": why}, http.StatusBadRequest }

func (s *Server) controlled(method, what string, raw []byte) (any, int) {
	switch method + " " + what {
	case "GET effects":
		return s.report(), http.StatusOK
	case "DELETE effects":
		s.store.effects, s.log = nil, nil
		return s.report(), http.StatusOK
	case "GET requests":
		return s.log, http.StatusOK
	case "GET faults":
		return s.faults.list, http.StatusOK
	case "PUT faults":
		return s.putFaults(raw)
	case "POST expire":
		s.auth.expire()
		return map[string]bool{"expired": true}, http.StatusOK
	case "POST records":
		return s.putRecords(raw)
	case "POST members":
		return s.putMembers(raw)
	case "POST tasks":
		return s.work(raw)
	case "GET tasks":
		return s.store.tasks, http.StatusOK
	case "GET members":
		return s.everybody(), http.StatusOK
	}
	return map[string]string{"error": "there is no " + method + " " + control + what}, http.StatusNotFound
}

func (s *Server) report() *Report {
	out := &Report{Effects: s.store.effects, Count: len(s.store.effects), Twice: []*Effect{}, Faults: map[string]int{}, Requests: len(s.log)}
	if out.Effects == nil {
		out.Effects = []*Effect{}
	}
	seen := map[string]bool{}
	for _, e := range s.store.effects {
		if e.Does != "send" && e.Does != "task" {
			continue // anything else can be done again once it was undone
		}
		if seen[e.same()] {
			out.Twice = append(out.Twice, e)
		}
		seen[e.same()] = true
	}
	for _, l := range s.log {
		if l.Fault != "" {
			out.Faults[l.Fault]++
		}
	}
	return out
}

// putFaults reads {"429": 5, "slow": "10:2s"}.
func (s *Server) putFaults(raw []byte) (any, int) {
	var of map[string]any
	if err := json.Unmarshal(raw, &of); err != nil {
		return wrong("reading faults: " + err.Error())
	}
	list := Faults{}
	for name, value := range of {
		_, f, err := ParseFault(name + "=" + textOf(value))
		if err != nil {
			return wrong(err.Error())
		}
		list[name] = f
	}
	s.faults.set(list, s.options.Seed)
	return list, http.StatusOK
}

// putRecords reads {"object": "contact", "records": [{"id": "1", …}]}.
func (s *Server) putRecords(raw []byte) (any, int) {
	var of struct {
		Object  string           `json:"object"`
		Records []map[string]any `json:"records"`
	}
	if err := json.Unmarshal(raw, &of); err != nil {
		return wrong("reading records: " + err.Error())
	}
	for _, x := range of.Records {
		if err := s.record(of.Object, x); err != nil {
			return wrong(err.Error())
		}
	}
	return map[string]int{"records": len(of.Records)}, http.StatusOK
}

// putMembers reads {"kind": "list", "name": "Early intent", "members": ["1", {"id": "2", …}]}.
func (s *Server) putMembers(raw []byte) (any, int) {
	var of struct {
		Kind    string `json:"kind"`
		Name    string `json:"name"`
		Members []any  `json:"members"`
	}
	if err := json.Unmarshal(raw, &of); err != nil {
		return wrong("reading members: " + err.Error())
	}
	if err := s.fill(of.Kind, of.Name, of.Members); err != nil {
		return wrong(err.Error())
	}
	return map[string]int{"members": len(of.Members)}, http.StatusOK
}

// everybody gives who is in which collection, by kind and name.
func (s *Server) everybody() map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for _, kind := range s.manifest.Collections {
		of := map[string][]string{}
		out[kind.Name] = of
		for _, c := range s.store.collections[shelfOf(s.manifest, kind.Name)] {
			ids := []string{}
			for _, r := range c.members(kind.Name).rows {
				ids = append(ids, r.Key)
			}
			of[c.Name] = ids
		}
	}
	return out
}

// Work is what a person does about a task.
type Work struct {
	Kind    string            `json:"kind"`
	Receipt string            `json:"receipt"`
	Do      string            `json:"do"` // begin, finish, close or delete
	Outcome string            `json:"outcome,omitempty"`
	Answers map[string]string `json:"answers,omitempty"`
}

func (s *Server) work(raw []byte) (any, int) {
	var of Work
	if err := json.Unmarshal(raw, &of); err != nil {
		return wrong("reading what is done about a task: " + err.Error())
	}
	t := s.store.find(of.Kind, of.Receipt, "")
	if t == nil {
		return wrong("there is no such task")
	}
	if t.TouchedAt.IsZero() {
		t.TouchedAt = s.options.Now()
	}
	switch of.Do {
	case "begin":
	case "finish":
		t.Status, t.Outcome, t.Answers, t.DoneAt = "done", of.Outcome, of.Answers, s.options.Now()
	case "close":
		t.Status = "cancelled"
	case "delete":
		t.gone = true
	default:
		return wrong("do is begin, finish, close or delete")
	}
	return t, http.StatusOK
}

// Work does what a person does about a task.
func (s *Server) Work(w Work) error {
	raw, err := json.Marshal(w)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if value, status := s.work(raw); status != http.StatusOK {
		return fmt.Errorf("%v", value)
	}
	return nil
}

// Make makes an empty collection.
func (s *Server) Make(kind, name string, members ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fill(kind, name, anyList(members))
}

// Put puts a record of an object in.
func (s *Server) Put(object string, record map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record(object, record)
}

// Given tells which tasks of a kind were given, those that were deleted too.
func (s *Server) Given(kind string) []Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Task
	for _, t := range s.store.tasks[kind] {
		out = append(out, *t)
	}
	return out
}
