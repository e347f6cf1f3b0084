package fake

import (
	"encoding/json"
	"net/http"
	"strings"
)

// gitlab does as GitLab's lib/api/terraform/state.rb and app/services/terraform/remote_state_handler.rb do (16.x): a lock's conflict is told by 409
// with the holder's ID, user and time, and the rest as it was asked; a document whose lock is another's fails with 500; a serial is taken once (422);
// a state that was locked and never posted is 204.
func (s *Server) gitlab(r *http.Request, body []byte) (int, []byte) {
	path, isLock := strings.CutSuffix(r.URL.Path, "/lock")
	d := s.document(path)
	switch {
	case isLock && r.Method == http.MethodPost:
		return gitlabLock(d, body)
	case isLock && r.Method == http.MethodDelete:
		return unlockBy(d, body, http.StatusConflict)
	case !isLock && r.Method == http.MethodGet && !d.there:
		return http.StatusNoContent, nil
	case !isLock && r.Method == http.MethodGet:
		return http.StatusOK, d.data
	case !isLock && r.Method == http.MethodPost:
		return s.gitlabPost(d, r, body)
	}
	return http.StatusMethodNotAllowed, nil
}

func gitlabLock(d *document, body []byte) (int, []byte) {
	var info map[string]string
	if json.Unmarshal(body, &info) != nil {
		return http.StatusBadRequest, nil
	}
	for _, name := range []string{"ID", "Operation", "Info", "Who", "Version", "Created", "Path"} {
		if info[name] == "" || len(info["ID"]) > 255 {
			return http.StatusBadRequest, nil
		}
	}
	status := http.StatusConflict
	if d.lock == nil {
		d.lock, status = info, http.StatusOK
	}
	answer := map[string]string{"ID": d.lock["ID"], "Who": "gitlab-user", "Created": "2026-11-22T09:30:00.000Z"}
	for _, name := range []string{"Operation", "Info", "Version", "Path"} {
		answer[name] = info[name]
	}
	text, _ := json.Marshal(answer)
	return status, text
}

func (s *Server) gitlabPost(d *document, r *http.Request, body []byte) (int, []byte) {
	id := r.URL.Query().Get("ID")
	if d.lock == nil && id != "" || d.lock != nil && d.lock["ID"] != id {
		return http.StatusInternalServerError, nil
	}
	var doc struct {
		Version int
		Serial  *int64
		Lineage string
	}
	if json.Unmarshal(body, &doc) != nil || doc.Serial == nil || d.seen[*doc.Serial] {
		return http.StatusUnprocessableEntity, nil
	}
	d.seen[*doc.Serial] = true
	d.data, d.there = body, true
	s.posted += len(body)
	return http.StatusOK, nil
}
