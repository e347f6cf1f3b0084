// Package simulate serves a vendor's API from its manifest: a rehearsal server on loopback, with faults on request. It holds records, collections with
// members, what was sent and which tasks were given in memory, finds out what a request wants by turning the manifest's own requests round, and answers
// so that the manifest's own expressions read what it means. It is a rehearsal and no proof of what the vendor does.
package simulate

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Options say how a simulated system behaves.
type Options struct {
	Now func() time.Time // the clock; rates and tokens go by it
	// Wait waits, for answers that are slow. Nil: they are not.
	Wait func(time.Duration)
	// Settings are those that the caller will use. With a secret among them requests must have it; without, any will do.
	Settings map[string]any
	// Exists tells of records that were not put in whether they are there all the same, without a field that has a value. Nil: they are not.
	Exists func(object, id string) bool
	// Lenient has every collection be there that is asked for by its name, and every identity be that of a record, so that there need be no data: see
	// [Server.Unnamed] for those that are not.
	Lenient bool
	// Page is how many records a page has at the most; 0: as many as the vendor's.
	Page int
	// Lasts is how long a token lasts: an hour if 0.
	Lasts time.Duration
	// Patience is how long a request that stalls is held before its connection is cut; 0: until the caller gives up.
	Patience time.Duration
	// Free lifts the vendor's rates.
	Free   bool
	Faults Faults
	Seed   int64 // of what is left to chance: which of every so many answers is a fault
}

// Server is a simulated system. It is safe for concurrent use.
type Server struct {
	manifest   *manifest.Manifest
	options    Options
	operations []*operation
	problems   []string
	settings   mapping.Values  // those given, their defaults, and what stands for the rest
	wanted     map[string]bool // settings that need not be there, and that an operation is refused without

	mu      sync.Mutex
	store   *store
	auth    tokens
	rates   rates
	faults  faults
	later   map[string]*view // requests of which there are more pages at an address of their own
	log     []Logged
	atOnce  int
	badOnes map[string]bool
}

// Logged is one request that was answered.
type Logged struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Does   string `json:"does,omitempty"`
	Status int    `json:"status"` // 0: the connection was cut
	Fault  string `json:"fault,omitempty"`
}

// New makes a system of a manifest.
func New(m *manifest.Manifest, o Options) *Server {
	s := &Server{manifest: m, options: o}
	if s.options.Lasts == 0 {
		s.options.Lasts = time.Hour
	}
	s.Reset()
	p := newProber(m, o.Settings)
	s.settings, s.wanted = p.settings, p.wanted
	for _, op := range operations(m) {
		shapes, err := p.shapes(op)
		if err != nil {
			s.problems = append(s.problems, fmt.Sprintf("%s: its requests can't be told: %s", op.name(), err))
			continue
		}
		op.shapes = shapes
		s.operations = append(s.operations, op)
	}
	s.problems = append(s.problems, s.unsaid()...)
	return s
}

// Reset has the system hold nothing, as when it was made.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store, s.auth, s.rates, s.later, s.log, s.badOnes = newStore(), tokens{}, rates{}, map[string]*view{}, nil, map[string]bool{}
	s.store.name = s.named
	s.faults.set(s.options.Faults, s.options.Seed)
}

// Problems tells what of the manifest can't be simulated, and what to add to it.
func (s *Server) Problems() []string { return s.problems }

// most is how large a request may be.
const most = 64 << 20

// ServeHTTP answers as the vendor does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, most))
	if err != nil {
		return // the caller is gone
	}
	if strings.HasPrefix(r.URL.Path, control) {
		s.control(w, r, raw)
		return
	}
	s.straggler(r.Context())
	a := s.answer(r, raw)
	if a.stall {
		ctx, end := r.Context(), context.CancelFunc(func() {})
		if s.options.Patience > 0 {
			ctx, end = context.WithTimeout(ctx, s.options.Patience)
		}
		<-ctx.Done()
		end()
		s.over()
		a.cut = true
	}
	if a.slow > 0 && s.options.Wait != nil {
		s.options.Wait(a.slow)
	}
	s.mu.Lock()
	s.atOnce--
	s.mu.Unlock()
	if a.cut {
		panic(http.ErrAbortHandler)
	}
	a.write(w)
}

// answer carries a request out.
func (s *Server) answer(r *http.Request, raw []byte) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.atOnce++
	if r.Context().Err() != nil {
		return &answer{cut: true} // the caller has given up meanwhile
	}
	a, v, fault := s.carryOut(r, raw)
	entry := Logged{Method: r.Method, Path: r.URL.Path, Status: a.status, Fault: fault}
	if v != nil {
		entry.Does = v.op.name()
	}
	if a.cut {
		entry.Status = 0
	}
	s.log = append(s.log, entry)
	return a
}

func (s *Server) carryOut(r *http.Request, raw []byte) (_ *answer, v *view, fault string) {
	ctx := r.Context()
	v, err := s.route(ctx, r, raw)
	if err != nil {
		return plainAnswer(http.StatusInternalServerError, "playctl's simulator: "+err.Error()), nil, ""
	}
	if v == nil {
		return plainAnswer(http.StatusNotFound, fmt.Sprintf("playctl's simulator of %s knows no %s %s", s.manifest.Name, r.Method, r.URL.Path)), nil, ""
	}
	fault, spec := s.faults.next(v)
	if fault == faultExpire {
		s.auth.expire()
	}
	res := s.refused(ctx, v, fault)
	if fault == faultCutBefore || fault == faultStall {
		return &answer{cut: fault == faultCutBefore, stall: fault == faultStall}, v, fault
	}
	if fault == faultBad {
		s.spoil(v)
	}
	if res == nil {
		res = s.act(v)
	}
	a, err := s.say(ctx, v, res)
	if err != nil {
		return plainAnswer(http.StatusInternalServerError, "playctl's simulator: "+v.op.name()+": "+err.Error()), v, fault
	}
	a.cut = fault == faultCutAfter
	if fault == faultSlow {
		a.slow = spec.For
	}
	return a, v, fault
}

// refused tells why a request is not carried out; nil: it is.
func (s *Server) refused(ctx context.Context, v *view, fault string) *result {
	if bad := s.unauthorized(ctx, v); bad != nil {
		return bad
	}
	if fault == "429" {
		out := refuse("rate", "you are asking too often (a fault on request)")
		out.trouble.after = time.Second
		return out
	}
	if status := serverFault(fault); status != 0 {
		out := refuse("server", "the server broke down (a fault on request)")
		out.trouble.status = status
		return out
	}
	if bad := s.tooOften(ctx, v); bad != nil {
		return bad
	}
	return s.tooMuch(ctx, v)
}

// tooMuch refuses what the vendor takes not at all.
func (s *Server) tooMuch(ctx context.Context, v *view) *result {
	n := len(v.asked.items)
	if !v.op.writes() {
		n = max(len(v.asked.list("keys")), len(v.asked.list("values")))
	}
	switch call := v.op.call; {
	case call.Bytes > 0 && len(v.raw) > call.Bytes:
		return refuse("large", fmt.Sprintf("the request has %d bytes, and %d are taken", len(v.raw), call.Bytes))
	case n > v.heap() && v.op.does != looksUpMembers && v.op.does != listsMembers:
		return refuse("invalid", fmt.Sprintf("the request has %d records, and %d are taken", n, v.heap()))
	case v.op.writes() && n == 0:
		return refuse("invalid", "the request names no record")
	}
	m := v.op.call.Simulate
	if m == nil || m.Refuse == nil {
		return nil
	}
	why, err := m.Refuse.Text(ctx, s.values(v))
	if err != nil {
		return refuse("server", err.Error())
	}
	if why != "" {
		return refuse("invalid", why)
	}
	return nil
}

// foresee refuses a batch as a whole for one of its records, where the vendor has no words for one alone.
func (s *Server) foresee(v *view) *result {
	if m := v.op.call.Simulate; m != nil && m.Reply != nil || len(v.asked.items) < 2 {
		return nil
	}
	of := v.op.of
	if v.op.does == removes || v.op.does == cancelsTask || v.op.does == updatesMembers {
		of = ""
	}
	for i, x := range v.asked.items {
		why := s.bad(v, x)
		if why == "" && !s.knows(of, x.ID) {
			why = "there is no record " + x.ID
		}
		if e := (&ended{item: x, index: i, is: connector.Rejected, why: why}); why != "" && !tellOne(v.op.call, e, make([][]any, len(v.op.call.Clauses)), s.known(v)) {
			return refuse("invalid", why)
		}
	}
	return nil
}

// act carries out what nothing speaks against.
func (s *Server) act(v *view) *result {
	switch {
	case v.op.does == issuesToken:
		return s.issue(v)
	case v.op.writes(), v.op.does == createsOne:
		if bad := s.foresee(v); bad != nil {
			return bad
		}
		return s.write(v)
	}
	return s.read(v)
}

// base is where the system is, as the caller sees it, with the path that the vendor's own address has.
func (s *Server) base(r *http.Request) string { return "http://" + r.Host }

// named gives the nth id that the system gives, in the vendor's form.
func (s *Server) named(n int64) string {
	text := strconv.FormatInt(n, 10)
	if s.manifest.Simulate == nil || s.manifest.Simulate.ID == nil {
		return text
	}
	id, err := s.manifest.Simulate.ID.Text(context.Background(), mapping.Values{"at": n})
	if err != nil || id == "" {
		return text
	}
	return id
}
