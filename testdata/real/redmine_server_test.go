//go:build real

package real

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The keys of redmine_seed.rb: playctl's, and that of a person who does tasks.
const (
	redmineKey = "planted0redmine0key00000000000000000000a"
	samsKey    = "planted0redmine0key00000000000000000000b"
)

// redmine is the issue tracker.
type redmine struct{ url string }

// issue is what it tells of one.
type issue struct {
	ID      int
	Subject string
	DueDate string `json:"due_date"`
	Status  struct {
		Name     string
		IsClosed bool `json:"is_closed"`
	}
	Fields []struct {
		ID    int
		Name  string
		Value string
	} `json:"custom_fields"`
	Assignee struct{ Name string } `json:"assigned_to"`
}

// field gives the value of one of its custom fields.
func (i issue) field(name string) string {
	for _, f := range i.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// startRedmine starts it on a copy of the one that install.sh set up.
func (s *servers) startRedmine() error {
	dir := filepath.Join(s.dir, "redmine")
	if err := os.CopyFS(dir, os.DirFS(s.env["REAL_REDMINE"])); err != nil {
		return err
	}
	if err := own(dir); err != nil {
		return err
	}
	port := strconv.Itoa(freePort())
	env := []string{"REDMINE_DATABASE=" + filepath.Join(dir, "redmine.db"), "PUMA_MAX_THREADS=1"} // SQLite refuses the second of two writers
	if err := s.spawn("redmine", dir, env, s.env["REAL_RUBY"], "bin/rails", "server", "-u", "puma", "-b", "127.0.0.1", "-p", port); err != nil {
		return err
	}
	s.redmine.url = "http://127.0.0.1:" + port
	return answers(s.redmine.url + "/users/current.json")
}

// call asks its API with the key of the person who does tasks.
func (m *redmine) call(method, path string, body any) (answer, error) {
	return ask(method, m.url+path, body, func(r headers) { r.set("X-Redmine-API-Key", samsKey) })
}

// issues gives those whose subject begins with a text, in the order of their ids.
func (m *redmine) issues(t *testing.T, about string) []issue {
	t.Helper()
	var list struct{ Issues []issue }
	path := "/issues.json?limit=100&status_id=*&sort=id&f[]=subject&op[subject]=^&v[subject][]=" + escape(about)
	if err := json.Unmarshal(must(t)(m.call("GET", path, nil)).body, &list); err != nil {
		t.Fatal(err)
	}
	return list.Issues
}

// finish closes an issue, as its status (5 Closed, 6 Rejected) and field outcome say.
func (m *redmine) finish(t *testing.T, id, status int, outcome string) {
	t.Helper()
	must(t)(m.call("PUT", "/issues/"+strconv.Itoa(id)+".json", map[string]any{"issue": map[string]any{"status_id": status, "custom_fields": []any{map[string]any{"id": 2, "value": outcome}}}}))
}

// remove deletes an issue.
func (m *redmine) remove(t *testing.T, id int) {
	t.Helper()
	must(t)(m.call("DELETE", "/issues/"+strconv.Itoa(id)+".json", nil))
}

// publish makes the project public, or not.
func (m *redmine) publish(t *testing.T, public bool) {
	t.Helper()
	must(t)(m.call("PUT", "/projects/sales.json", map[string]any{"project": map[string]any{"is_public": public}}))
}
