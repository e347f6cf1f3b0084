package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// answer is what goes back.
type answer struct {
	status  int
	headers http.Header
	body    []byte
	cut     bool // the connection is
	stall   bool // it never comes
	slow    time.Duration
}

func (a *answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.headers)
	w.WriteHeader(a.status)
	if a.status != http.StatusNoContent {
		_, _ = w.Write(a.body) // the caller may be gone
	}
}

func plainAnswer(status int, text string) *answer {
	return &answer{status: status, headers: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: []byte(text + "\n")}
}

// bodied makes an answer of a value: text as it is, everything else as JSON.
func bodied(status int, value any) (*answer, error) {
	a := &answer{status: status, headers: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
	if text, ok := value.(string); ok {
		a.headers.Set("Content-Type", "text/plain; charset=utf-8")
		a.body = []byte(text)
		return a, nil
	}
	var err error
	a.body, err = mapping.Encode(value)
	return a, err
}

// say puts what an operation came to into the vendor's words.
func (s *Server) say(ctx context.Context, v *view, res *result) (*answer, error) {
	if res.trouble == nil {
		res.trouble = s.asTrouble(v, res)
	}
	if res.trouble != nil {
		return s.sayTrouble(ctx, v, res.trouble)
	}
	value, d, err := s.content(ctx, v, res)
	if err != nil {
		return nil, err
	}
	for _, also := range v.also { // what the vendor tells of several kinds at once
		more, _, err := s.content(ctx, also, s.read(also))
		if err != nil {
			return nil, err
		}
		value = merged(value, more, false)
	}
	if value == nil {
		value = map[string]any{}
	}
	a, err := bodied(http.StatusOK, value)
	if err != nil {
		return nil, err
	}
	return a, s.dress(ctx, v, a, d, res)
}

// content makes what an answer says.
func (s *Server) content(ctx context.Context, v *view, res *result) (value any, d *document, err error) {
	d = newDocument()
	m := simulated(v)
	values := s.replying(v, res)
	if m.Reply != nil {
		if value, err = m.Reply.Value(ctx, values); err != nil {
			return nil, nil, err
		}
	} else {
		d, _ = s.derive(v, res)
		value = d.roots["json"]
		if text, ok := d.roots["text"].(string); ok {
			value = text
		}
	}
	extras := []*mapping.Program{m.Extra}
	if all := s.manifest.Simulate; all != nil && v.op.does != issuesToken {
		extras = append(extras, all.Extra)
	}
	for _, p := range extras {
		if p == nil {
			continue
		}
		extra, err := p.Value(ctx, values)
		if err != nil {
			return nil, nil, err
		}
		if _, text := value.(string); !text {
			value = merged(extra, value, false)
		}
	}
	return value, d, nil
}

// simulated gives what the manifest says of a call's answers.
func simulated(v *view) *manifest.Simulated {
	if m := v.op.call.Simulate; m != nil {
		return m
	}
	return &manifest.Simulated{}
}

// dress gives an answer its status and headers.
func (s *Server) dress(ctx context.Context, v *view, a *answer, d *document, res *result) error {
	m, values := simulated(v), s.replying(v, res)
	if status, ok := d.roots["status"].(int64); ok {
		a.status = int(status)
	}
	if m.Status != nil {
		status, err := m.Status.Value(ctx, values)
		n, ok := status.(int64)
		if err != nil || !ok {
			return fmt.Errorf("simulate.status is no status: %v %w", status, err)
		}
		a.status = int(n)
	}
	if headers, ok := d.roots["headers"].(map[string]any); ok {
		for name, value := range headers {
			a.headers.Set(name, textOf(value))
		}
	}
	lists := [][]manifest.Param{m.Headers}
	if s.manifest.Simulate != nil {
		lists = append(lists, s.manifest.Simulate.Headers)
	}
	for _, list := range lists {
		if err := setHeaders(ctx, a.headers, list, values); err != nil {
			return err
		}
	}
	return nil
}

func setHeaders(ctx context.Context, h http.Header, params []manifest.Param, values mapping.Values) error {
	for _, p := range params {
		value, err := p.Value.Value(ctx, values)
		if errors.Is(err, mapping.ErrAbsent) || value == nil {
			continue
		}
		if err != nil {
			return err
		}
		h.Set(p.Name, textOf(value))
	}
	return nil
}

// asTrouble tells whether what came of a request can only be said by refusing it.
func (s *Server) asTrouble(v *view, res *result) *trouble {
	m := v.op.call.Simulate
	if v.op.does == findsCollection && !res.exists && v.op.call.Records == nil && !inList(v.op.call.ID) {
		return refuse("unknown", "there is no "+v.op.kind+" of that name").trouble
	}
	if v.op.call.Records != nil && len(res.records) == 0 && ofOne(v.op.call.Records) {
		return refuse("unknown", "there is no such "+v.op.kind).trouble
	}
	if len(res.items) != 1 || res.items[0].is == connector.Done || m != nil && m.Reply != nil {
		return nil
	}
	e := res.items[0]
	if e.is == connector.Rejected && !tellOne(v.op.call, e, make([][]any, len(v.op.call.Clauses)), s.known(v)) || e.missing && len(v.op.call.Clauses) == 0 {
		word := "invalid"
		if e.missing {
			word = "unknown"
		}
		return refuse(word, e.why).trouble
	}
	return nil
}

// ofOne reports whether a program makes a list of the one record that an answer is.
func ofOne(p *mapping.Program) bool {
	_, none := p.Inverse([]any{}, mapping.Values{})
	_, one := p.Inverse([]any{map[string]any{}}, mapping.Values{})
	return one && !none
}

// inList reports whether a program reads of an element of a list, which is empty where nothing was found.
func inList(p *mapping.Program) bool {
	if p == nil {
		return false
	}
	placed, ok := p.Inverse("x", mapping.Values{})
	for _, x := range placed {
		for _, step := range x.Steps {
			if _, is := step.(int); is {
				return true
			}
		}
		if _, is := x.Value.([]any); is {
			return true
		}
	}
	return !ok // it looks for it in a list
}

// sayTrouble puts a refusal into the vendor's words.
func (s *Server) sayTrouble(ctx context.Context, v *view, t *trouble) (*answer, error) {
	values := s.values(v).With("trouble", t.word)
	values["why"], values["status"], values["after"] = t.why, int64(t.status), int64((t.after+time.Second-1)/time.Second)
	items := []any{}
	for _, i := range v.asked.items {
		items = append(items, i.value())
	}
	values["items"] = items
	reply, status, headers := s.refusals(v)
	value := any(map[string]any{"message": t.why})
	code := t.status
	var err error
	if reply != nil {
		if value, err = reply.Value(ctx, values); err != nil {
			return nil, err
		}
	}
	if status != nil {
		n, err := status.Value(ctx, values)
		if err != nil {
			return nil, err
		}
		if x, ok := n.(int64); ok {
			code = int(x)
		}
	}
	a, err := bodied(code, value)
	if err != nil {
		return nil, err
	}
	if t.after > 0 && len(headers) == 0 {
		a.headers.Set("Retry-After", strconv.FormatInt(values["after"].(int64), 10))
	}
	return a, setHeaders(ctx, a.headers, headers, values)
}

// refusals gives how a call is refused: as it says itself, or else as all of the manifest's are.
func (s *Server) refusals(v *view) (reply, status *mapping.Program, headers []manifest.Param) {
	for _, m := range []*manifest.Simulated{v.op.call.Simulate, s.manifest.Simulate} {
		if m == nil {
			continue
		}
		if reply == nil {
			reply = m.RefusedReply
		}
		if status == nil {
			status = m.RefusedStatus
		}
		if headers == nil {
			headers = m.RefusedHeaders
		}
	}
	return reply, status, headers
}

// replying is what the expressions of an answer know.
func (s *Server) replying(v *view, res *result) mapping.Values {
	out := s.values(v)
	records, items := []any{}, []any{}
	for _, f := range res.records {
		records = append(records, f.tell(v))
	}
	for _, e := range res.items {
		x := e.item.value()
		x["index"], x["is"], x["why"], x["receipt"], x["made"], x["missing"] = int64(e.index), words[e.is], e.why, e.receipt, e.made, e.missing
		items = append(items, x)
	}
	out["records"], out["items"], out["missing"] = records, items, anyList(res.missing)
	out["total"], out["id"], out["name"], out["next"] = int64(res.total), res.id, res.name, nil
	if res.next != "" {
		out["next"] = s.next(v, res)
	}
	out["token"], out["at"] = res.token, int64(0)
	if res.token == nil {
		out["token"] = map[string]any{}
	}
	if n, err := strconv.ParseInt(v.cursor(), 10, 64); err == nil {
		out["at"] = n
	}
	return out
}

// tell gives a record as expressions know it.
func (f *found) tell(v *view) map[string]any {
	out := map[string]any{"key": f.key, "fields": f.wanted(v), "value": f.value, "name": "", "id": "", "receipt": ""}
	switch {
	case f.task != nil:
		out["receipt"], out["status"], out["outcome"], out["answers"], out["key"], out["id"] = f.task.Receipt, f.task.Status, f.task.Outcome, anyMap(f.task.Answers), f.task.Key, f.task.ID
		out["done_at"], out["touched_at"] = orNil(f.task.DoneAt), orNil(f.task.TouchedAt)
	case f.effect != nil:
		out["receipt"], out["id"] = f.effect.Receipt, f.effect.ID
	case f.shelf != nil:
		out["name"], out["id"] = f.shelf.Name, f.shelf.ID
	case f.record != nil:
		out["id"], out["updated"] = f.record.ID, f.record.Updated
	}
	return out
}

func orNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// goesOn gives the address of the next page, of a call whose pages have one each.
func (s *Server) goesOn(v *view, cursor string) string {
	locator := fmt.Sprintf("p%d-%s", len(s.later)+1, cursor)
	next := *v
	next.after = cursor
	s.later[locator] = &next
	at := v.path
	if v.after != "" {
		at = path.Dir(at)
	}
	return strings.TrimSuffix(at, "/") + "/" + locator
}

// goOn gives the request that an address of a next page stands for; nil if it is none.
func (s *Server) goOn(seen *view) *view {
	v := s.later[path.Base(seen.path)]
	if v == nil || seen.request.Method != http.MethodGet {
		return nil
	}
	out := *v
	out.request, out.path = seen.request, seen.path
	return &out
}

// unsaid tells what of the answers can't be told from the manifest's calls: there simulate: has to say reply:.
func (s *Server) unsaid() []string {
	var out []string
	for _, o := range s.operations {
		if o.does == prepares || o.does == goesOn || o.does == checks || o.call.Simulate != nil && o.call.Simulate.Reply != nil {
			continue
		}
		v, res := sample(o)
		if _, what := s.derive(v, res); len(what) > 0 {
			out = append(out, fmt.Sprintf("%s: %s is more than a place in the answer: add simulate: {reply: …}", o.name(), strings.Join(what, ", ")))
		}
	}
	return out
}

// sample is a request and its result with something of everything.
func sample(o *operation) (*view, *result) {
	v := &view{op: o, asked: newCaptured(), path: "/", request: &http.Request{Method: o.call.Method, Host: "127.0.0.1"}, query: map[string]any{}}
	v.asked.texts["field"], v.asked.texts["id"], v.asked.texts["name"] = "field", "1", "name"
	rec := &record{Key: "1", ID: "2", Fields: map[string]any{}}
	f := &found{key: "1", fields: map[string]any{}, value: "value", record: rec}
	switch o.does {
	case pollsTasks, looksUpTasks:
		f.task = &Task{Receipt: "1", Status: "open"}
	case looksUpSent:
		f.effect = &Effect{Receipt: "1"}
	case findsCollection, namesThem:
		f.shelf = &collection{ID: "1", Name: "name", by: map[string]*table{}}
	}
	res := &result{records: []*found{f}, exists: true, id: "1", name: "name", token: map[string]any{"access": "a", "refresh": "r", "expires_in": int64(1)}}
	if o.call.Page != nil && o.call.Page.Into != "url" {
		res.next = "1"
	}
	if o.writes() {
		res.items = []*ended{{item: &item{ID: "1", Key: "k", Fields: map[string]any{}}, is: connector.Done, receipt: "1"}}
	}
	return v, res
}
