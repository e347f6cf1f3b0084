package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// request is a call, or a notification if it has no id; answer is what comes of a call.
type (
	request struct {
		Version string `json:"jsonrpc"`
		ID      int64  `json:"id,omitempty"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}
	answer struct {
		Version string          `json:"jsonrpc"`
		ID      *int64          `json:"id"`
		Result  json.RawMessage `json:"result"`
		Error   *refusal        `json:"error"`
	}
)

// session is one plug-in that runs, until something is wrong with it.
type session struct {
	process connector.Process
	said    *tail
	timeout time.Duration
	grace   time.Duration // how long one may take to end, or to heed a cancellation
	slots   chan struct{} // as many as calls may be under way; nil until that is known

	writing sync.Mutex
	done    chan struct{} // closed once the program has ended and all it wrote was read

	mu      sync.Mutex
	next    int64
	waiting map[int64]chan answer
	wrong   error // what was wrong with it; nil while nothing is
	late    bool  // that is that it gave no answer in time
	useful  bool  // it answered something beside describe
	counted bool  // whether it was useful was looked at
}

func newSession(p connector.Process, timeout, grace time.Duration) *session {
	s := &session{process: p, said: &tail{}, timeout: timeout, grace: grace, done: make(chan struct{}), next: 1, waiting: map[int64]chan answer{}}
	listened := make(chan struct{})
	go func() { s.said.read(p.Stderr()); close(listened) }()
	go func() {
		s.listen()
		<-listened
		close(s.done)
	}()
	return s
}

// listen reads answers until the program ends.
func (s *session) listen() {
	from := bufio.NewReaderSize(s.process.Stdout(), 64<<10)
	var buffer []byte
	for {
		line, err := readLine(from, buffer)
		if err == nil && len(line) > 0 {
			err = s.take(line)
		}
		if err == nil {
			buffer = line
			continue
		}
		half := ""
		if errors.Is(err, errHalfLine) {
			half = fmt.Sprintf(", in the middle of a line that begins with %s", sample(line))
		} else if !errors.Is(err, io.EOF) {
			s.condemn(err)
		}
		_, _ = io.Copy(io.Discard, from) // until it is dead, which it may be in the middle of a write
		s.condemn(fmt.Errorf("it ended (%s)%s", s.ending(), half))
		return
	}
}

// ending waits for the end of a program that will write no more, and gives how it came about.
func (s *session) ending() string {
	_ = s.process.Stdin().Close()
	impatience := time.AfterFunc(s.grace, s.process.Kill)
	defer impatience.Stop()
	if how := s.process.Wait(); how != "" {
		return how
	}
	return "exit status 0"
}

// take hands an answer to who waits for it.
func (s *session) take(line []byte) error {
	var a answer
	if err := json.Unmarshal(line, &a); err != nil || a.ID == nil || (a.Error == nil) == (a.Result == nil) {
		return fmt.Errorf("it wrote what is no answer: %s", sample(line))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, ok := s.waiting[*a.ID]
	switch {
	case ok:
		delete(s.waiting, *a.ID)
		waiting <- a
		return nil
	case *a.ID > 0 && *a.ID < s.next:
		return fmt.Errorf("it answered call %d twice", *a.ID)
	}
	return fmt.Errorf("it answered call %d, which there was not", *a.ID)
}

// condemn notes what is wrong with a plug-in, unless something was wrong before, and kills it.
func (s *session) condemn(why error) {
	s.mu.Lock()
	if s.wrong == nil {
		s.wrong = why
	}
	s.mu.Unlock()
	s.process.Kill()
}

// fault gives what is wrong with a plug-in, with the last that it said. It waits until that is known.
func (s *session) fault() error {
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	if said := s.said.text(); said != "" {
		return fmt.Errorf("%w; the last it said: %s", s.wrong, said)
	}
	return s.wrong
}

// dead reports whether something is wrong with it.
func (s *session) dead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong != nil
}

// foundDead reports whether it ended without having kept anybody waiting.
func (s *session) foundDead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong != nil && !s.late
}

// begin enters a call among those that wait.
func (s *session) begin() (id int64, waiting chan answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, waiting = s.next, make(chan answer, 1)
	s.next++
	s.waiting[id] = waiting
	return id, waiting
}

// send writes a line and reports whether it left whole: of one that did not, the plug-in has seen no end.
func (s *session) send(r request) (whole chan bool, err error) {
	r.Version = "2.0"
	line, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	line = append(line, '\n')
	whole = make(chan bool, 1)
	go func() {
		s.writing.Lock()
		defer s.writing.Unlock()
		n, _ := s.process.Stdin().Write(line) // what goes wrong here the reader tells better
		whole <- n == len(line)
	}()
	return whole, nil
}

// call makes one call and waits for its answer. begun says that the plug-in may have acted on it: if err is not nil, that is not known.
func (s *session) call(ctx context.Context, method string, params any) (result json.RawMessage, begun bool, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, false, err
	}
	defer s.leave()
	id, waiting := s.begin()
	whole, err := s.send(request{ID: id, Method: method, Params: params})
	if err != nil {
		return nil, false, err
	}
	late := time.NewTimer(s.timeout)
	defer late.Stop()
	select {
	case a := <-waiting:
		return s.answered(method, a)
	case <-s.done:
	case <-ctx.Done():
		return s.cancelled(ctx, id, method, waiting, whole)
	case <-late.C:
		s.mu.Lock()
		s.late = true
		s.mu.Unlock()
		s.condemn(fmt.Errorf("it gave no answer to %s within %s", method, s.timeout))
	}
	<-s.done
	select { // which may have come before the end
	case a := <-waiting:
		return s.answered(method, a)
	default:
	}
	return nil, <-whole, s.fault()
}

// enter waits for a turn.
func (s *session) enter(ctx context.Context) error {
	if s.slots == nil {
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) leave() {
	if s.slots != nil {
		<-s.slots
	}
}

// answered notes that a plug-in is of use.
func (s *session) answered(method string, a answer) (json.RawMessage, bool, error) {
	if method != "describe" {
		s.mu.Lock()
		s.useful = true
		s.mu.Unlock()
	}
	if a.Error != nil {
		return nil, true, a.Error
	}
	return a.Result, true, nil
}

// cancelled tells a plug-in that nobody waits any more, and kills it if it does not end the call then.
func (s *session) cancelled(ctx context.Context, id int64, method string, waiting chan answer, whole chan bool) (json.RawMessage, bool, error) {
	if _, err := s.send(request{Method: "cancel", Params: map[string]int64{"id": id}}); err != nil {
		return nil, true, err
	}
	patience := time.NewTimer(s.grace)
	defer patience.Stop()
	select {
	case a := <-waiting:
		if result, _, err := s.answered(method, a); err == nil {
			return result, true, nil
		} else if refused := (&refusal{}); errors.As(err, &refused) && refused.harmless() {
			return nil, false, ctx.Err()
		}
		return nil, true, ctx.Err()
	case <-s.done:
	case <-patience.C:
		s.condemn(fmt.Errorf("it did not heed that %s was cancelled", method))
		<-s.done
	}
	return nil, <-whole, ctx.Err()
}
