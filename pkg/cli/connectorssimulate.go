package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	manifests "github.com/playctl/playctl/pkg/connector/manifest" // manifest reads one
	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/connector/simulate"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/render"
)

type simulatorOptions struct {
	addr, data    string
	faults, given []string
	seed          int64
	page          int
}

func newConnectorsSimulate(a *app) *cobra.Command {
	var o simulatorOptions
	cmd := &cobra.Command{
		Use:   "simulate NAME|FILE",
		Short: "Serve a vendor's API on this machine, from its manifest, to rehearse with",
		Long: `simulate is a rehearsal server: it answers as the vendor of a manifest does, as far as the manifest speaks of it, and keeps in memory what it is sent. It listens
on this machine only. It is no proof of what the vendor does.

Without --data every record is there that is asked for, and every collection. Where the vendor is asked for all of a kind, and not by name (channels of Slack, audiences
of LinkedIn, tags and teammates of Intercom), there are only those that create: true made or that were put in: the simulator says which kinds these are. With --data
there is what the folder says: OBJECT.csv or OBJECT.json holds the records of an object, KIND/NAME.csv or KIND/NAME.json the members of a collection, each with an id.

What is printed works as it stands in a playbook. A setting that is "rehearsal" may have any other value, unless --set gives it one.

--fault NAME=N has one in every N requests go wrong: 429, 500 (502, 503, 504), cut-before and cut-after (the connection is cut before or after the request was
carried out), slow=N:2s, stall, expire (every token ends), bad (one record of a batch is refused). Which of them it is goes by --seed.

Beside the vendor's API, below /_playctl/:
  GET effects   what was done, each effect with its key, and what was done twice
  GET requests  which requests came; GET members, GET tasks: who is where, and which tasks were given
  PUT faults    {"429": 5} changes the faults
  POST records  {"object": "contact", "records": [{"id": "1", "email": "ann@example.com"}]} puts records in
  POST members  {"kind": "list", "name": "VIP", "members": ["1"]} puts a collection in, with who is in it
  POST tasks    {"kind": "task", "receipt": "1001", "do": "finish", "outcome": "done"} does a person's work: do is begin, finish, close or delete;
                answers: {"next_step": "call"} goes with finish
  POST expire   ends the tokens

Ctrl-C ends the server.`,
		Example: `  playctl connectors simulate hubspot
  playctl connectors simulate hubspot --data ./crm --fault 429=5 --fault cut-after=11 --seed 7
  playctl connectors simulate ./connectors/acme.yaml --addr 127.0.0.1:8080 --set task_key=external_id`,
		Args: takes(1, 1), ValidArgsFunction: cobra.FixedCompletions(rest.BuiltIn(), cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) error { return a.connectorsSimulate(cmd.Context(), args[0], o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:0", "the `address` to listen at, on this machine; port 0 is any that is free")
	f.StringVar(&o.data, "data", "", "a `folder` with what the system holds at first")
	f.StringArrayVar(&o.faults, "fault", nil, "what goes wrong once in every N requests: `NAME=N`; may be repeated")
	f.StringArrayVar(&o.given, "set", nil, "a setting of the connector that the playbook gives another value than the default: `NAME=VALUE`; a secret has then to be the one given; may be repeated")
	f.Int64Var(&o.seed, "seed", 1, "a `number` by which the requests that go wrong are chosen")
	f.IntVar(&o.page, "page", 0, "how many records a page has at the most: a `number`; 0 is as many as the vendor's")
	return cmd
}

func (a *app) connectorsSimulate(ctx context.Context, name string, o simulatorOptions) error {
	if err := a.refuseAt("a server goes by the clock"); err != nil {
		return err
	}
	m, uses, err := a.spoken(name)
	if err != nil {
		return err
	}
	s, err := a.simulator(m, o)
	if err != nil {
		return err
	}
	listener, err := loopback(ctx, o.addr)
	if err != nil {
		return err
	}
	if err := a.tellSimulator(s, m, uses, listener.Addr().String(), o.data == ""); err != nil {
		_ = listener.Close() // the error that ends it is told
		return err
	}
	return a.serve(ctx, s, listener)
}

// isManifest reports whether a name is the path of a manifest.
func isManifest(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// spoken reads a manifest that is built in, or a file.
func (a *app) spoken(name string) (m *manifests.Manifest, uses string, err error) {
	path, data := name+".yaml", []byte(nil)
	if isManifest(name) {
		path = name
		data, err = os.ReadFile(a.path(name))
	} else if data, err = rest.Manifest(name); err != nil {
		return nil, "", fail(exitError, diag.Suggest(name, rest.BuiltIn()), "there is no manifest of %q", name)
	}
	if err != nil {
		return nil, "", err
	}
	m, problems := rest.Read(path, data)
	return m, name, problems.Err()
}

// simulator makes the system.
func (a *app) simulator(m *manifests.Manifest, o simulatorOptions) (*simulate.Server, error) {
	in := simulate.Options{Now: a.Now, Wait: time.Sleep, Seed: o.seed, Page: o.page, Faults: simulate.Faults{}, Settings: map[string]any{}}
	for _, text := range o.faults {
		name, f, err := simulate.ParseFault(text)
		if err != nil {
			return nil, fail(exitError, "write --fault 429=5, or --fault slow=10:2s", "--fault: %s", err)
		}
		in.Faults[name] = f
	}
	for _, text := range o.given {
		name, value, ok := strings.Cut(text, "=")
		if !ok || !slices.ContainsFunc(m.Settings, func(s manifests.Setting) bool { return s.Name == name }) {
			return nil, fail(exitError, "write --set NAME=VALUE, of a setting that `playctl connectors describe` names", "--set %q is no setting of %s", text, m.Name)
		}
		typed, err := simulate.Setting(m, name, value)
		if err != nil {
			return nil, fail(exitError, "", "--set: %s", err)
		}
		in.Settings[name] = typed
	}
	if o.data == "" {
		in.Lenient, in.Exists = true, func(_, id string) bool { return id != "" }
	}
	s := simulate.New(m, in)
	for _, p := range s.Problems() {
		a.warn("not simulated: %s", p)
	}
	if o.data == "" {
		return s, nil
	}
	if err := isFolder(a.path(o.data)); err != nil {
		return nil, fail(exitError, "it is a folder with OBJECT.csv and KIND/NAME.csv in it", "--data %s: %s", o.data, err)
	}
	if err := s.Seed(os.DirFS(a.path(o.data))); err != nil {
		return nil, fmt.Errorf("reading --data %s: %w", o.data, err)
	}
	return s, nil
}

// isFolder tells why a path is no folder.
func isFolder(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such folder")
	case err != nil:
		return err
	case !info.IsDir():
		return errors.New("it is a file, and no folder")
	}
	return nil
}

// loopback listens on this machine, and nowhere else.
func loopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fail(exitError, "write --addr 127.0.0.1:8080", "--addr %q is not an address of this machine alone, and a simulator is for rehearsals on it", addr)
	}
	return (&net.ListenConfig{}).Listen(context.WithoutCancel(ctx), "tcp", addr) // an interrupt ends the server, once it says where it is
}

// tellSimulator prints where the system is, and what to write into the playbook.
func (a *app) tellSimulator(s *simulate.Server, m *manifests.Manifest, uses, addr string, lenient bool) error {
	doc := render.SimulatorDocument{Head: render.Begin(), Connector: m.Name, Uses: uses, Address: "http://" + addr, Settings: s.Settings("http://" + addr)}
	if name := s.Rotates(); name != "" {
		doc.Files = map[string]string{name: doc.Settings[name]}
		delete(doc.Settings, name)
	}
	if lenient {
		doc.Unnamed = s.Unnamed()
	}
	if a.json {
		return a.printJSON(doc)
	}
	return doc.Text(a.Stdout, m.Title)
}

// serve answers until there is an interrupt.
func (a *app) serve(ctx context.Context, s *simulate.Server, listener net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	if err := server.Close(); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	did := s.Did()
	a.say("%s, %s, %d of them twice", count(did.Requests, "request"), count(did.Count, "effect"), len(did.Twice))
	return nil
}
