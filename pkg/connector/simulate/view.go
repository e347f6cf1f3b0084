package simulate

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// view is a request as an operation sees it.
type view struct {
	op      *operation
	request *http.Request
	raw     []byte
	path    string // escaped
	query   map[string]any
	form    map[string]any
	json    any
	asked   *captured
	after   string  // where a page goes on, if the address said it
	also    []*view // the same request, as one about other kinds
}

// formType is the type of bodies that are forms.
const formType = "application/x-www-form-urlencoded"

// look reads a request without knowing what it is about.
func look(r *http.Request, raw []byte) *view {
	v := &view{request: r, raw: raw, path: r.URL.EscapedPath(), query: plainValues(r.URL.Query()), form: map[string]any{}}
	switch kind := r.Header.Get("Content-Type"); {
	case strings.HasPrefix(kind, formType):
		if form, err := url.ParseQuery(string(raw)); err == nil {
			v.form = plainValues(form)
		}
	case len(raw) > 0:
		if value, err := mapping.Decode(raw); err == nil {
			v.json = value
		}
	}
	return v
}

// plainValues gives parameters as values: a list where one is given several times.
func plainValues(of url.Values) map[string]any {
	out := map[string]any{}
	for name, list := range of {
		if len(list) == 1 {
			out[name] = list[0]
			continue
		}
		texts := make([]any, len(list))
		for i, x := range list {
			texts[i] = x
		}
		out[name] = texts
	}
	return out
}

// route finds the operation that a request is: of those at its address the one whose requests look most like it. Nil: there is none.
func (s *Server) route(ctx context.Context, r *http.Request, raw []byte) (*view, error) {
	seen := look(r, raw)
	if v := s.goOn(seen); v != nil {
		return v, nil
	}
	var best *view
	most := 0
	for _, o := range s.operations {
		for _, sh := range o.shapes {
			v, score, ok := seen.as(o, sh, s.manifest.Simulate != nil && s.manifest.Simulate.Forms)
			if ok && s.recognises(v) {
				score++
			}
			if !ok || best != nil && score < most {
				continue
			}
			if best != nil && score == most {
				best.join(v)
				continue
			}
			if holds, err := s.when(ctx, v); err != nil || !holds {
				if err != nil {
					return nil, err
				}
				continue
			}
			best, most = v, score
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, s.override(ctx, best)
}

// join notes that a request is as much one about another kind, where an answer can tell of both.
func (v *view) join(other *view) {
	lists := v.op.does == namesThem || v.op.does == findsCollection && v.op.call.Records != nil
	if lists && v.op.does == other.op.does && v.op.shelf != other.op.shelf {
		v.also = append(v.also, other)
	}
}

// recognises reports whether what a request names is known to be of the operation's kind: several kinds may have the same address.
func (s *Server) recognises(v *view) bool {
	switch v.op.does {
	case listsMembers, looksUpMembers, adds, removes, updatesMembers:
		return s.store.collection(v.op.shelf, v.asked.text("id"), "", false) != nil
	case pollsTasks, looksUpTasks, cancelsTask:
		keys := v.asked.list("keys")
		for _, i := range v.asked.items {
			keys = append(keys, i.ID)
		}
		return slices.ContainsFunc(s.store.tasks[v.op.kind], func(t *Task) bool { return slices.Contains(keys, t.Receipt) || slices.Contains(keys, t.Key) })
	}
	return false
}

// as tries a request as that of an operation.
func (v *view) as(o *operation, sh *shape, forms bool) (_ *view, score int, ok bool) {
	out := *v
	out.op, out.asked = o, newCaptured()
	isLong := v.request.Method == http.MethodPost && len(sh.long.fields) > 0 && sh.long.match(any(v.query), 0, newCaptured()) >= fits*len(sh.long.fields)
	switch forms := forms && strings.HasPrefix(v.request.Header.Get("Content-Type"), formType); {
	case v.request.Method == sh.method && forms && o.call.Body != nil && v.json == nil:
		out.json = opened(v.form)
	case v.request.Method == sh.method:
	case isLong, forms && v.request.Method == http.MethodPost && sh.method == http.MethodGet:
		out.query, out.form = merged(v.query, v.form, false).(map[string]any), map[string]any{}
	default:
		return nil, 0, false
	}
	path, err := url.PathUnescape(v.path)
	if err != nil || !out.takePath(sh.path, v.path, path) {
		return nil, 0, false
	}
	if sh.path.text == nil {
		score += 5 // an address without a part that varies is more like it than one with
	}
	score += sh.query.match(any(out.query), 0, out.asked) + sh.form.match(any(out.form), 0, out.asked)
	head := map[string]any{}
	for name := range sh.head.fields {
		if text := v.request.Header.Get(name); text != "" {
			head[name] = text
		}
	}
	score += max(0, sh.head.match(any(head), 0, out.asked))
	switch value := any(out.json); {
	case sh.body == nil:
	case value != nil:
		score += sh.body.match(value, 0, out.asked)
	case len(v.raw) > 0:
		score += sh.body.match(string(v.raw), 0, out.asked)
	}
	return &out, score, true
}

// opened gives a form as the JSON that it stands for: what is JSON within it is read.
func opened(form map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range form {
		out[name] = value
		if text, ok := value.(string); ok && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
			if inner, err := mapping.Decode([]byte(text)); err == nil {
				out[name] = inner
			}
		}
	}
	return out
}

// takePath matches the path as it was escaped, so that an escaped / is none.
func (v *view) takePath(l leaf, escaped, plain string) bool {
	if l.text == nil {
		return l.constant == plain
	}
	found := l.text.FindStringSubmatch(escaped)
	if found == nil {
		return false
	}
	for i, g := range l.groups {
		for n, text := range g.texts(found[i+1]) {
			if whole, err := url.PathUnescape(text); err == nil {
				v.asked.take(g.what, g.at+n, whole)
			}
		}
	}
	return true
}

func (s *Server) when(ctx context.Context, v *view) (bool, error) {
	if m := v.op.call.Simulate; m != nil && m.When != nil {
		return m.When.Holds(ctx, s.values(v))
	}
	return true, nil
}

// values are what the expressions of simulate: know of a request.
func (s *Server) values(v *view) mapping.Values {
	asked := map[string]any{"id": "", "name": "", "field": "", "cursor": v.cursor(), "kind": v.op.kind, "keys": anyList(v.asked.list("keys")),
		"fields": anyList(v.asked.list("fields")), "values": anyList(v.asked.list("values"))}
	for name, x := range v.asked.texts {
		asked[name] = x
	}
	items := []any{}
	for _, i := range v.asked.items {
		items = append(items, i.value())
	}
	asked["items"] = items
	headers := map[string]any{}
	for name := range v.request.Header {
		headers[strings.ToLower(name)] = v.request.Header.Get(name)
	}
	out := maps.Clone(s.settings)
	maps.Copy(out, mapping.Values{"asked": asked, "query": v.query, "headers": headers, "form": v.form, "json": v.json, "text": string(v.raw), "base": s.base(v.request),
		"now": s.options.Now()})
	return out
}

func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

func (i *item) value() map[string]any {
	return map[string]any{"id": i.ID, "key": i.Key, "membership": i.Membership, "fields": i.Fields}
}

// override asks the manifest what can't be told from the call's shapes.
func (s *Server) override(ctx context.Context, v *view) error {
	m := v.op.call.Simulate
	if m == nil {
		return nil
	}
	values := s.values(v)
	for what, program := range map[string]*mapping.Program{"fields": m.Fields, "values": m.Values, "keys": m.Keys} {
		if program == nil {
			continue
		}
		list, err := program.List(ctx, values)
		if err != nil {
			return err
		}
		if what == "keys" && v.op.writes() {
			v.asked.items = nil
			for at, x := range list {
				v.asked.take(itemID, at, x)
			}
			continue
		}
		v.asked.lists[what] = list
	}
	for what, program := range map[string]*mapping.Program{"id": m.ID, "name": m.Name, "field": m.Field, "cursor": m.Cursor, "limit": m.Limit} {
		if program == nil {
			continue
		}
		value, err := program.Value(ctx, values)
		if errors.Is(err, mapping.ErrAbsent) {
			continue
		}
		if err != nil {
			return err
		}
		v.asked.texts[what] = value
	}
	return s.overrideItems(ctx, v, m, values)
}

func (s *Server) overrideItems(ctx context.Context, v *view, m *manifest.Simulated, values mapping.Values) error {
	if m.Items == nil {
		return nil
	}
	list, err := m.Items.List(ctx, values)
	if err != nil {
		return err
	}
	v.asked.items = nil
	for _, x := range list {
		of, _ := x.(map[string]any)
		i := &item{Fields: map[string]any{}}
		for name, at := range map[string]*string{"id": &i.ID, "key": &i.Key, "membership": &i.Membership} {
			if value, ok := of[name]; ok && value != nil {
				*at = connector.Text(value)
			}
		}
		if fields, ok := of["fields"].(map[string]any); ok {
			i.Fields = fields
		}
		v.asked.items = append(v.asked.items, i)
	}
	return nil
}

// cursor is where the page that is asked for begins; "": at the beginning.
func (v *view) cursor() string {
	if v.after != "" {
		return v.after
	}
	if text := v.asked.text("cursor"); text != "" {
		return text
	}
	if v.op.call.Page == nil {
		return ""
	}
	return textOf(v.at(v.op.call.Page.Into))
}

// at gives what stands at query.NAME, header.NAME or body.PATH; nil if there is nothing.
func (v *view) at(place string) any {
	where, name, _ := strings.Cut(place, ".")
	switch where {
	case "query":
		return v.query[name]
	case "header":
		if text := v.request.Header.Get(name); text != "" {
			return text
		}
	case "body":
		value := v.json
		for _, step := range strings.Split(name, ".") {
			of, _ := value.(map[string]any)
			value = of[step]
		}
		return value
	}
	return nil
}

// sizes are the names of parameters that say how many records a page has.
var sizes = regexp.MustCompile(`(?i)^(limit|count|page\[?size\]?|per_page|batchsize|maxreturn|maxresults|pagesize)$`)

// everything is how many records a page has where nobody says it.
const everything = 1 << 30

// most is how many records the answer has at the most.
func (v *view) most() int {
	call := v.op.call
	most := everything
	for _, p := range call.Query {
		if n, err := strconv.Atoi(p.Value.String()); err == nil && sizes.MatchString(p.Name) {
			most = n
		}
	}
	if call.Simulate != nil && call.Simulate.Most > 0 {
		most = call.Simulate.Most
	}
	if call.Page == nil {
		return most
	}
	if most == everything {
		most = 100
	}
	asked := v.asked.text("limit")
	for name, value := range v.query {
		if sizes.MatchString(name) {
			asked = textOf(value)
		}
	}
	if n, err := strconv.Atoi(asked); err == nil && n > 0 {
		most = min(most, n)
	}
	return most
}

// heap is how many items, or keys, a request may have.
func (v *view) heap() int {
	call := v.op.call
	if call.Simulate != nil && call.Simulate.Most > 0 {
		return call.Simulate.Most
	}
	return max(1, call.Batch)
}
