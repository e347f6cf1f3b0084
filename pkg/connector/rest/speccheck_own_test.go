package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestSpecs_sayWhatIsWrong holds that the check of requests can fail: in each part of a request.
func TestSpecs_sayWhatIsWrong(t *testing.T) {
	jira, slack := []spec{readSpec(t, "jira", "")}, []spec{readSpec(t, "slack", "/api")}
	for _, c := range []struct {
		specs              []spec
		method, url, kind  string
		body               string
		operation, against string // against: one of what is said; "" for nothing at all
	}{
		{jira, "POST", "/rest/api/3/search/jql", "application/json", `{"jql": "project = X", "fields": ["status"], "maxResults": 50}`, "POST /rest/api/3/search/jql", ""},
		{jira, "POST", "/rest/api/3/search/jql", "application/json", `{"jql": "project = X", "maxResults": "50"}`, "POST /rest/api/3/search/jql", `body /maxResults: value must be an integer`},
		{jira, "POST", "/rest/api/3/search/jql", "application/json", `{"jqll": "project = X"}`, "POST /rest/api/3/search/jql", `body /jqll is not in the spec`},
		{jira, "POST", "/rest/api/3/search/jql", "text/plain", `{}`, "POST /rest/api/3/search/jql", `request body has an error: header Content-Type has unexpected value "text/plain"`},
		{jira, "POST", "/rest/api/3/search/jql", "application/json", "", "POST /rest/api/3/search/jql", `request body has an error: value is required but missing`},
		{jira, "GET", "/rest/api/3/search/jql?maxResults=x", "", "", "GET /rest/api/3/search/jql", `parameter "maxResults" in query has an error: value x: an invalid integer: invalid syntax`},
		{jira, "GET", "/rest/api/3/search/jql?maximum=3", "", "", "GET /rest/api/3/search/jql", `query "maximum" is not in the spec`},
		{jira, "DELETE", "/rest/api/3/search/jql", "", "", "DELETE /rest/api/3/search/jql", "there is no such operation"},
		{jira, "POST", "/rest/api/3/issue/bulk", "application/json", `{"issueUpdates": [{"fields": {"a": 1}, "fieldz": {}, "properties": [{"key": "k", "valu": 1}]}]}`, "POST /rest/api/3/issue/bulk",
			`body /issueUpdates/*/properties/*/valu is not in the spec`},
		{slack, "POST", "/api/conversations.create", "application/x-www-form-urlencoded", "name=x&is_private=maybe", "POST /conversations.create", `request body has an error: failed to decode request body: path is_private: value maybe: an invalid boolean: invalid syntax`},
		{slack, "GET", "/api/conversations.members?channel=C1&limit=many", "", "", "GET /conversations.members", `parameter "limit" in query has an error: value many: an invalid integer: invalid syntax`},
	} {
		r, err := http.NewRequest(c.method, "http://127.0.0.1:8/"+strings.TrimPrefix(c.url, "/"), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer x")
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		operation, against := sent{request: r, body: []byte(c.body)}.check(c.specs)
		if operation != c.operation {
			t.Errorf("%s %s is taken for %q", c.method, c.url, operation)
		}
		if c.against == "" && len(against) > 0 || c.against != "" && !slices.Contains(against, c.against) {
			t.Errorf("%s %s %s: the spec says %q, want %q", c.method, c.url, c.body, against, c.against)
		}
	}
	r, _ := http.NewRequest(http.MethodGet, "http://127.0.0.1:8/rest/api/3/myself", http.NoBody)
	if _, against := (sent{request: r}).check(jira); len(against) != 1 || !strings.Contains(against[0], "no Authorization") && !strings.Contains(against[0], "ecurity") {
		t.Errorf("without auth: %q", against)
	}
}
