package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/memory"
)

// mode is the variable that makes this test binary a plug-in, and says which.
const mode = "PLUGIN_OF_TESTS"

func TestMain(m *testing.M) {
	if how := os.Getenv(mode); how != "" {
		beThePlugin(how)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// relay is a plug-in that is elsewhere: what it is asked goes to an address, and what comes from there is its answer.
func relay(address string) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		panic(err)
	}
	go func() { _, _ = io.Copy(conn, os.Stdin); conn.Close() }()
	_, _ = io.Copy(os.Stdout, conn)
}

// host answers for a plug-in whose system is in memory, so that tests can look behind it.
type host struct {
	system *memory.Directory
	mu     sync.Mutex
	fault  conntest.Fault
	asked  []string // methods
}

// listen gives the address at which the host answers.
func (h *host) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go h.serve(conn)
		}
	}()
	return l.Addr().String()
}

type incoming struct {
	ID     int64           `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func (h *host) serve(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReader(conn), json.NewEncoder(conn)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var call incoming
		if json.Unmarshal(line, &call) != nil || call.ID == 0 {
			continue // a cancellation, of which a plug-in that does one thing after the other has nothing
		}
		h.mu.Lock()
		h.asked = append(h.asked, call.Method)
		h.mu.Unlock()
		result, err := h.answer(call)
		if errors.Is(err, io.EOF) {
			return
		}
		reply := map[string]any{"jsonrpc": "2.0", "id": call.ID}
		if reply["result"] = result; err != nil {
			delete(reply, "result")
			reply["error"] = map[string]any{"code": codeOf(err), "message": err.Error()}
		}
		if out.Encode(reply) != nil {
			return
		}
	}
}

func codeOf(err error) int {
	switch {
	case errors.Is(err, connector.ErrNoCollection):
		return codeNoCollection
	case errors.As(err, new(*connector.NoObjectError)):
		return codeNoObject
	case errors.As(err, new(*connector.NotBegunError)):
		return codeNothing
	}
	return 0
}

// params are those of every method.
type params struct {
	Kind, Object, Action        string
	Collection, Target          connector.Collection
	Identities                  []string
	IDs, Fields, Keys, Receipts []string
	Verb, Name, Page, Since     string
	Items                       []item
	Settings                    map[string]any
	Protocol                    int
	ID                          int
}

func (h *host) answer(call incoming) (any, error) {
	var p params
	if err := json.Unmarshal(call.Params, &p); err != nil {
		return nil, err
	}
	ctx, m := context.Background(), h.system
	found := func(v any, err error) (any, error) { return map[string]any{"found": v}, err }
	switch call.Method {
	case "describe":
		return described(m.Describe()), nil
	case "check":
		return nil, m.Check(ctx)
	case "members":
		ids, err := m.Members(ctx, p.Collection)
		return inPages(ids, p.Page), err
	case "collections":
		names, err := m.Collections(ctx, p.Kind)
		return map[string]any{"names": names}, err
	case "memberships_of":
		return found(m.MembershipsOf(ctx, p.Kind, p.IDs))
	case "fields":
		return found(m.Fields(ctx, p.Object, p.IDs, p.Fields))
	case "membership_fields":
		return found(m.MembershipFields(ctx, p.Collection, p.IDs, p.Fields))
	case "lookup":
		return found(m.Lookup(ctx, p.Action, p.Keys))
	case "tasks":
		reports, err := m.Tasks(ctx, p.Kind, p.Receipts)
		return found(wired(reports), err)
	case "create":
		return nil, m.Create(ctx, p.Collection)
	case "normalize":
		ids := make([]string, len(p.IDs))
		for i, id := range p.IDs {
			ids[i] = m.Normalize(p.Kind, id)
		}
		return map[string]any{"ids": ids}, nil
	case "records":
		records := [][]any{}
		err := m.Records(ctx, p.Object, p.Fields, time.Time{}, func(v []any) error {
			records = append(records, slices.Clone(v))
			return nil
		})
		return map[string]any{"records": records}, err
	case "resolve":
		known, err := m.Resolve(ctx, p.Kind, p.Identities)
		answer := map[string]any{}
		for identity, is := range known {
			answer[identity] = identified(is)
		}
		return found(answer, err)
	case "write":
		return h.write(ctx, p)
	}
	return nil, errors.New("no such method")
}

// inPages gives ids three hundred at a time.
func inPages(ids []string, after string) any {
	i, _ := slices.BinarySearch(ids, after)
	if page := ids[i:]; len(page) > 300 {
		return map[string]any{"ids": page[:300], "next": page[300]}
	}
	return map[string]any{"ids": ids[i:]}
}

func wired(reports map[string]connector.TaskReport) map[string]any {
	out := map[string]any{}
	for receipt, r := range reports {
		wire := map[string]any{"status": r.Status, "outcome": r.Outcome, "answers": r.Answers}
		if !r.DoneAt.IsZero() {
			wire["done_at"] = r.DoneAt
		}
		out[receipt] = wire
	}
	return out
}

func described(s connector.Spec) any {
	names := map[connector.Retry]string{connector.Never: "never", connector.Lookup: "lookup", connector.ByKey: "key", connector.Safe: "safe"}
	kinds := func(list []connector.ActionKind) []map[string]any {
		out := []map[string]any{}
		for _, k := range list {
			out = append(out, map[string]any{"name": k.Name, "retry": names[k.Retry]})
		}
		return out
	}
	collections := []map[string]any{}
	for _, k := range s.Collections {
		collections = append(collections, map[string]any{"name": k.Name, "any_field": k.AnyField, "opaque_ids": k.OpaqueIDs})
	}
	return map[string]any{"protocol": 1, "any_object": s.AnyObject, "any_action": s.AnyAction, "any_retry": names[s.AnyRetry], "actions": kinds(s.Actions), "tasks": kinds(s.Tasks),
		"collections": collections, "concurrency": 4,
		"methods": []string{"check", "members", "collections", "memberships_of", "fields", "membership_fields", "lookup", "tasks", "create", "normalize", "resolve", "records", "write"}}
}

// verbs are the words of verbs.
var verbs = map[string]connector.Verb{"add": connector.Add, "remove": connector.Remove, "set": connector.Set, "send": connector.Send, "task": connector.Task, "cancel": connector.Cancel}

func (h *host) write(ctx context.Context, p params) (any, error) {
	h.mu.Lock()
	fault := h.fault
	h.fault = 0
	h.mu.Unlock()
	switch fault {
	case conntest.Refused:
		refused := make([]map[string]string, len(p.Items))
		for i := range refused {
			refused[i] = map[string]string{"status": "later", "reason": "too many calls"}
		}
		return map[string]any{"outcomes": refused}, nil
	case conntest.Broken:
		return nil, &connector.NotBegunError{Err: errors.New("something broke")}
	case conntest.CutBefore:
		return nil, io.EOF
	case conntest.Stalled:
		time.Sleep(time.Minute) // by then nobody waits
		return nil, io.EOF
	}
	b := connector.Batch{Verb: verbs[p.Verb], Target: p.Target}
	for _, it := range p.Items {
		b.Items = append(b.Items, connector.Item{ID: it.ID, Key: it.Key, Fields: it.Fields, Source: connector.Source(it.Source)})
	}
	outcomes, err := h.system.Write(ctx, b)
	if fault == conntest.CutAfter {
		return nil, io.EOF
	}
	out := make([]map[string]string, len(outcomes))
	for i, o := range outcomes {
		out[i] = map[string]string{"status": o.Status.String(), "receipt": o.Receipt, "reason": o.Reason}
	}
	return map[string]any{"outcomes": out}, err
}

// plugged gives a connector to this test binary as a plug-in of a kind.
func plugged(t *testing.T, how string, more ...map[string]any) *plugin {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]any{"command": []any{self}, "env": map[string]any{mode: how, "API_TOKEN": "s3cret-of-the-desk"}, "timeout": "20s"}
	for _, m := range more {
		for name, v := range m {
			given[name] = v
		}
	}
	start := Spawn(os.Environ())
	var processes []connector.Process
	var mu sync.Mutex
	c, err := Driver().Open(connector.Options{Name: "desk", Settings: given, Dir: t.TempDir(), Start: func(p connector.Program) (connector.Process, error) {
		process, err := start(p)
		if err == nil {
			mu.Lock()
			processes = append(processes, process)
			mu.Unlock()
		}
		return process, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, process := range processes {
			process.Stdin().Close()
			process.Kill()
			process.Wait()
		}
	})
	p := c.(*plugin)
	p.grace = 100 * time.Millisecond
	return p
}
