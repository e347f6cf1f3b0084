package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
)

// salesforce is an org of Salesforce as facts.md §6 says it behaves: the token says where the org is, collections of records answer 200 with a result
// for each in their order whatever became of it, queries go on at a relative address, an id has 15 characters or 18.
type salesforce struct {
	world
	objects map[string]map[string]map[string]any // by object and id of 18
	members map[string]bool                      // which campaign and which contact or lead
	cursors map[string][]any
	events  []map[string]any
	next    int
	minted  int
	page    int
	limit   string
	grants  []url.Values // the forms of tokens
}

func newSalesforce(t *testing.T) *salesforce {
	s := &salesforce{objects: map[string]map[string]map[string]any{}, cursors: map[string][]any{}, members: map[string]bool{}, page: 2000, limit: "api-usage=18/5000"}
	for _, o := range []string{"Account", "Contact", "Lead", "Opportunity", "Campaign", "CampaignMember", "Task", "User"} {
		s.objects[o] = map[string]map[string]any{}
	}
	for n := range 3 {
		s.insert("User", map[string]any{"Email": fmt.Sprintf("rep-%d@acme.example", n), "IsActive": true})
	}
	s.answer = s.serve
	s.writes = func(r *http.Request) bool {
		return strings.Contains(r.URL.Path, "/composite/") || strings.HasSuffix(r.URL.Path, "__e")
	}
	s.refused = func(w http.ResponseWriter) {
		reply(w, 503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"The server is temporarily unavailable"}]`)
	}
	s.start(t)
	return s
}

func (s *salesforce) connector(t *testing.T) connector.Connector {
	return s.connect(t, "salesforce", s.settings())
}

func (s *salesforce) fail(w http.ResponseWriter, status int, code, message string) {
	replyJSON(w, status, []any{map[string]any{"errorCode": code, "message": message}})
}

func (s *salesforce) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.URL.Path == "/services/oauth2/token" {
		s.mint(w, body)
		return
	}
	w.Header().Set("Sforce-Limit-Info", s.limit)
	if r.Header.Get("Authorization") != fmt.Sprint("Bearer session-", s.minted) {
		s.fail(w, 401, "INVALID_SESSION_ID", "Session expired or invalid")
		return
	}
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	path, ok := strings.CutPrefix(r.URL.Path, "/services/data/v66.0/")
	switch p := r.Method + " " + path; {
	case !ok:
		s.fail(w, 404, "NOT_FOUND", "The requested resource does not exist")
	case p == "GET limits":
		reply(w, 200, `{}`)
	case p == "GET query":
		s.query(w, r.URL.Query().Get("q"))
	case strings.HasPrefix(p, "GET query/"):
		s.more(w, strings.TrimPrefix(path, "query/"))
	case path == "composite/sobjects":
		s.composite(w, r, in)
	case strings.HasPrefix(p, "POST sobjects/"):
		s.create(w, strings.TrimPrefix(path, "sobjects/"), in)
	default:
		s.fail(w, 404, "NOT_FOUND", "The requested resource does not exist")
	}
}

func (s *salesforce) mint(w http.ResponseWriter, body []byte) {
	form, _ := url.ParseQuery(string(body))
	s.grants = append(s.grants, form)
	if form.Get("client_secret") != "secret-1" && form.Get("assertion") == "" {
		reply(w, 400, `{"error":"invalid_client","error_description":"invalid client credentials"}`)
		return
	}
	s.minted++
	replyJSON(w, 200, map[string]any{"access_token": fmt.Sprint("session-", s.minted), "instance_url": s.URL, "token_type": "Bearer", "issued_at": "1795338000000"})
}

var soqlPrefixes = map[string]string{"Campaign": "701", "CampaignMember": "00v", "Task": "00T", "User": "005"}

func (s *salesforce) insert(object string, fields map[string]any) string {
	s.next++
	id := fmt.Sprintf("%3s%012dAAA", soqlPrefixes[object], s.next)
	s.objects[object][id] = fields
	return id
}

// soql is the part of SOQL that tests need: fields, an object, conditions joined by AND.
var soql = regexp.MustCompile(`^SELECT (.+?) FROM (\w+)(?: WHERE (.*?))?(?: ORDER BY Id)?(?: LIMIT (\d+))?$`)

var soqlCondition = regexp.MustCompile(`^(\w+) (=|!=|>=|IN) (null|true|\d{4}-\S+|'(?:[^'\\]|\\.)*'|\((?:'(?:[^'\\]|\\.)*'(?:, )?)*\))(?: AND )?`)

var soqlText = regexp.MustCompile(`'(?:[^'\\]|\\.)*'`)

var soqlUnescape = strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\n`, "\n", `\r`, "\r", `\t`, "\t")

func (s *salesforce) query(w http.ResponseWriter, q string) {
	m := soql.FindStringSubmatch(q)
	if m == nil || s.objects[m[2]] == nil {
		s.fail(w, 400, "MALFORMED_QUERY", "unexpected token: "+q)
		return
	}
	holds, err := soqlWhere(m[3])
	if err != nil {
		s.fail(w, 400, "MALFORMED_QUERY", err.Error())
		return
	}
	fields := strings.Split(m[1], ", ")
	if i := slices.IndexFunc(fields, func(f string) bool { return strings.HasPrefix(f, "not_there") }); i >= 0 {
		s.fail(w, 400, "INVALID_FIELD", "No such column '"+fields[i]+"' on entity '"+m[2]+"'")
		return
	}
	records := []any{}
	for _, id := range slices.Sorted(maps.Keys(s.objects[m[2]])) {
		if record := s.objects[m[2]][id]; holds(id, record) {
			shown := map[string]any{"attributes": map[string]any{"type": m[2], "url": "/services/data/v66.0/sobjects/" + m[2] + "/" + id}}
			for _, f := range fields {
				shown[f] = record[f]
			}
			shown["Id"] = id
			records = append(records, shown)
		}
	}
	if n, err := strconv.Atoi(m[4]); err == nil {
		records = records[:min(n, len(records))]
	}
	s.give(w, records, 0)
}

// soqlWhere reads conditions.
func soqlWhere(text string) (func(id string, record map[string]any) bool, error) {
	var all []func(id string, record map[string]any) bool
	for text != "" {
		m := soqlCondition.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("unexpected token: %s", text)
		}
		text = text[len(m[0]):]
		field, op, operand := m[1], m[2], m[3]
		values := map[string]bool{}
		for _, q := range soqlText.FindAllString(operand, -1) {
			values[strings.ToLower(soqlUnescape.Replace(q[1:len(q)-1]))] = true
		}
		all = append(all, func(id string, record map[string]any) bool {
			value := record[field]
			if field == "Id" {
				value = id
			}
			switch {
			case op == "!=" && operand == "null":
				return value != nil
			case op == ">=":
				return fmt.Sprint(record[field]) >= operand
			case operand == "true":
				return value == true
			}
			return value != nil && values[strings.ToLower(fmt.Sprint(value))]
		})
	}
	return func(id string, record map[string]any) bool {
		return !slices.ContainsFunc(all, func(holds func(string, map[string]any) bool) bool { return !holds(id, record) })
	}, nil
}

// give answers a page, and keeps the rest below a relative address.
func (s *salesforce) give(w http.ResponseWriter, records []any, from int) {
	end := min(len(records), from+s.page)
	out := map[string]any{"totalSize": len(records), "done": end == len(records), "records": records[from:end]}
	if end < len(records) {
		cursor := fmt.Sprintf("01g%d-%d", len(s.cursors), end)
		s.cursors[cursor] = records
		out["nextRecordsUrl"] = "/services/data/v66.0/query/" + cursor
	}
	replyJSON(w, 200, out)
}

func (s *salesforce) more(w http.ResponseWriter, cursor string) {
	records, ok := s.cursors[cursor]
	if !ok {
		s.fail(w, 400, "INVALID_QUERY_LOCATOR", "invalid query locator")
		return
	}
	_, at, _ := strings.Cut(cursor, "-")
	from, _ := strconv.Atoi(at)
	s.give(w, records, from)
}

func failedWith(code, message string) map[string]any {
	return map[string]any{"success": false, "errors": []any{map[string]any{"statusCode": code, "message": message, "fields": []any{}}}}
}

func succeededWith(id string) map[string]any {
	return map[string]any{"id": id, "success": true, "errors": []any{}}
}

func (s *salesforce) composite(w http.ResponseWriter, r *http.Request, in map[string]any) {
	results := []any{}
	records, _ := in["records"].([]any)
	ids := strings.Split(r.URL.Query().Get("ids"), ",")
	if len(records) > 200 || len(ids) > 200 || r.Method != http.MethodDelete && in["allOrNone"] != false {
		s.fail(w, 400, "EXCEEDED_ID_LIMIT", "record limit reached")
		return
	}
	for _, x := range records {
		record := maps.Clone(x.(map[string]any))
		object := record["attributes"].(map[string]any)["type"].(string)
		delete(record, "attributes")
		if r.Method == http.MethodPost {
			results = append(results, s.add(object, record))
		} else {
			results = append(results, s.change(object, record))
		}
	}
	if r.Method == http.MethodDelete {
		for _, id := range ids {
			results = append(results, s.remove(id))
		}
	}
	replyJSON(w, 200, results)
}

func (s *salesforce) remove(id string) map[string]any {
	m := s.objects["CampaignMember"][id]
	if m == nil {
		return failedWith("ENTITY_IS_DELETED", "entity is deleted")
	}
	for _, key := range []string{"ContactId", "LeadId"} {
		if m[key] != nil {
			delete(s.members, fmt.Sprint(m["CampaignId"], m[key]))
		}
	}
	delete(s.objects["CampaignMember"], id)
	return succeededWith(id)
}

// withNulls has "" be null, as Salesforce does.
func withNulls(record map[string]any) map[string]any {
	for name, value := range record {
		if value == "" {
			record[name] = nil
		}
	}
	return record
}

func (s *salesforce) add(object string, record map[string]any) map[string]any {
	for _, key := range []string{"ContactId", "LeadId"} {
		id, there := record[key].(string)
		if !there {
			continue
		}
		if record[key] = id18Of(id); len(id18Of(id)) != 18 {
			return failedWith("MALFORMED_ID", key+": id value of incorrect type: "+id)
		}
		member := fmt.Sprint(record["CampaignId"], record[key])
		if s.members[member] {
			return failedWith("DUPLICATE_VALUE", "Already a campaign member.")
		}
		s.members[member] = true
	}
	if object == "Task" {
		record["IsClosed"], record["LastModifiedDate"] = false, "2026-11-23T09:00:00.000+0000"
	}
	return succeededWith(s.insert(object, withNulls(record)))
}

// id18Of gives an id of 18 for one of 15: the last three characters tell which are capitals.
func id18Of(id string) string {
	if len(id) != 15 {
		return id
	}
	for part := 0; part < 15; part += 5 {
		bits := 0
		for i, c := range id[part : part+5] {
			if 'A' <= c && c <= 'Z' {
				bits += 1 << i
			}
		}
		id += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits : bits+1]
	}
	return id
}

func (s *salesforce) change(object string, record map[string]any) map[string]any {
	id := id18Of(record["id"].(string))
	delete(record, "id")
	switch {
	case len(id) != 18:
		return failedWith("MALFORMED_ID", "id value of incorrect type: "+id)
	case record["Email"] == "badone":
		return failedWith("INVALID_EMAIL_ADDRESS", "email field: invalid email address: badone")
	case object == "Task" && s.objects[object][id] == nil:
		return failedWith("ENTITY_IS_DELETED", "entity is deleted")
	case s.objects[object][id] == nil:
		s.objects[object][id] = map[string]any{}
	}
	maps.Copy(s.objects[object][id], withNulls(record))
	return succeededWith(id)
}

func (s *salesforce) create(w http.ResponseWriter, object string, in map[string]any) {
	if strings.HasSuffix(object, "__e") {
		s.events = append(s.events, in)
		replyJSON(w, 201, succeededWith(fmt.Sprintf("e01%012dAAA", len(s.events))))
		return
	}
	replyJSON(w, 201, succeededWith(s.insert(object, in)))
}

func (s *salesforce) sent(string) []connector.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []connector.Item
	for _, e := range s.events {
		item := connector.Item{}
		if n, ok := e["number"].(float64); ok { // the effect's key is not told: the suite numbers both alike
			item.Key, item.Fields = fmt.Sprintf("key-%04d", int(n)), map[string]any{"text": e["text"], "number": int64(n)}
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, byKey)
	return out
}

func (s *salesforce) tasks(string) []connector.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []connector.Item
	for _, task := range s.objects["Task"] {
		out = append(out, connector.Item{Key: fmt.Sprint(task["Playctl_Key__c"]), ID: fmt.Sprint(task["WhatId"]), Fields: map[string]any{connector.TaskTitle: task["Subject"]}})
	}
	slices.SortStableFunc(out, byKey)
	return out
}

func (s *salesforce) touch(id string, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.objects["Task"][id], fields)
}

// campaign gives a campaign's id.
func (s *salesforce) campaign(name string) string {
	for id, c := range s.objects["Campaign"] {
		if c["Name"] == name {
			return id
		}
	}
	return ""
}

func (s *salesforce) system(t *testing.T) conntest.System {
	ann, bob := salesforceID(100001), salesforceID(100002)
	s.objects["Contact"][ann], s.objects["Contact"][bob] = map[string]any{"Email": "ann@acme.example"}, map[string]any{"Email": "bob@acme.example"}
	s.objects["Contact"][salesforceID(100003)], s.objects["Contact"][salesforceID(100004)] = map[string]any{"Email": "two@acme.example"}, map[string]any{"Email": "two@acme.example"}
	return conntest.System{
		Connector: s.connector(t),
		Make: func(c connector.Collection) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if c.Kind == "campaign" { // those of leads are the same ones
				s.insert("Campaign", map[string]any{"Name": c.Name})
			}
		},
		Seed: func(c connector.Collection, ids []string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, id := range ids {
				s.add("CampaignMember", map[string]any{"CampaignId": s.campaign(c.Name), "ContactId": id})
			}
		},
		Members: func(c connector.Collection) []string {
			s.mu.Lock()
			defer s.mu.Unlock()
			var out []string
			for _, m := range s.objects["CampaignMember"] {
				if id, ok := m["ContactId"].(string); ok && m["CampaignId"] == s.campaign(c.Name) {
					out = append(out, id)
				}
			}
			return out
		},
		Sent:   s.sent,
		Tasks:  s.tasks,
		People: s.people(),
		Identities: &conntest.Identities{Known: map[string]string{"ann@acme.example": ann, "bob@acme.example": bob}, Batch: 100, Several: []string{"two@acme.example"},
			Spellings: map[string]string{"Bob@Acme.example": "bob@acme.example"}},
		Inject: s.inject,
	}
}

func (s *salesforce) people() *conntest.People {
	return &conntest.People{
		Begin: func(_, id string) { s.touch(id, map[string]any{"Status": "In Progress"}) },
		Finish: func(_, id, outcome string, answers map[string]string) {
			s.touch(id, map[string]any{"Status": "Completed", "IsClosed": true, "CompletedDateTime": "2026-11-23T10:00:00.000+0000", "Playctl_Outcome__c": outcome})
			for name, field := range map[string]string{"next_step": "Next_Step__c", "budget": "Budget__c"} {
				if text, ok := answers[name]; ok {
					s.touch(id, map[string]any{field: text})
				}
			}
		},
		Close: func(_, id string) { s.touch(id, map[string]any{"Status": "Deferred"}) },
		Delete: func(_, id string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.objects["Task"], id)
		},
	}
}

func salesforceID(n int) string { return fmt.Sprintf("003%012dAAA", n) }

func TestSalesforce_isAConnector(t *testing.T) {
	conntest.Run(t, conntest.Harness{
		New: func(t *testing.T) conntest.System {
			s := newSalesforce(t)
			s.page = 700 // so that a query goes on
			return s.system(t)
		},
		Powers: restPowers(conntest.Normalizes, conntest.ReadMembershipFields), Collection: "campaign",
		Action: "event", Object: "account", Fields: []string{"Name", "Description"}, MembershipFields: []string{"Status", "Remark__c"}, ID: salesforceID, Many: 1500, Blind: true,
		IDs: []string{"0034S000005YJVlQAO", "0034S000005YJX9", "0034s000005yjvLAAA"[:15], "003000000000999AAA"},
	})
}
