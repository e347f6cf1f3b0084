package cli

import (
	"errors"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/diag"
)

// manifest reads a connector's manifest of the playbook's own.
func manifest(path string, data []byte) (connector.Driver, diag.List) { return rest.Load(path, data) }

// parting is how long a connector's program is waited for after its input has ended.
const parting = 2 * time.Second

// programs are those that connectors run. All of them end with the command.
type programs struct {
	mu   sync.Mutex
	list []connector.Process
}

// start starts a connector's program.
func (a *app) start(p connector.Program) (connector.Process, error) {
	if a.Start == nil {
		return nil, errors.New("starting a program: there is nothing to start it with")
	}
	process, err := a.Start(p)
	if err != nil {
		return nil, err
	}
	a.running.mu.Lock()
	defer a.running.mu.Unlock()
	a.running.list = append(a.running.list, process)
	return process, nil
}

// end has every program end, and kills those that don't.
func (p *programs) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	var group sync.WaitGroup
	for _, process := range p.list {
		group.Go(func() {
			_ = process.Stdin().Close()
			impatience := time.AfterFunc(parting, process.Kill)
			defer impatience.Stop()
			process.Wait()
		})
	}
	group.Wait()
}
