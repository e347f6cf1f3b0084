// Package http keeps a state on a server that speaks the protocol of Terraform's http backend, as GitLab does:
//
//	GET  address            the document; 204 or 404: there is none yet
//	POST address?ID=LOCK    a new one
//	LOCK, UNLOCK            of lock_address and unlock_address, with who it is; 423 or 409 and who has it: it is locked
//
//	state:
//	  backend: http
//	  address: https://gitlab.com/api/v4/projects/4711/terraform/state/{environment}
//	  username: ada
//	  password: ${env.GITLAB_TOKEN}
//
// For an address of GitLab the lock's address and methods need not be said.
//
// The protocol knows nothing but whole documents, so that every commit posts the whole state: an apply of n batches to a state of m bytes posts
// about 2·n·m. It is meant for states of some megabytes; a larger one belongs into S3 or Postgres. Before a commit the lock is asked for by its own
// name, since not every server refuses a document of who has lost it; after a reply that was lost the document is read back. Locks never expire: of a
// process that was killed `playctl unlock` takes it. Of the holder's progress the protocol can't tell anything.
//
// The document has the fields that GitLab reads: version, serial and lineage. Its serial counts the documents and not the runs, since GitLab refuses
// one that it has seen. The server is asked for no backups: the last ten good copies are in DIR/.playctl/http of the machine that made
// them, encrypted where the state is. GitLab itself keeps every document that was posted as a version of the state.
package http

import (
	"cmp"
	nethttp "net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/folder"
	"github.com/playctl/playctl/pkg/state/seal"
)

// Driver keeps states on servers that speak Terraform's protocol.
func Driver() state.Driver {
	return state.Driver{
		Name: "http", Title: "a server that speaks Terraform's protocol, as GitLab",
		Settings: []state.Setting{
			{Name: "address", Help: "https://HOST/PATH of the document; {environment} stands for the environment, \"default\" for the one without a name; it must be in it where there are several", Required: true},
			{Name: "lock_address", Help: "unless said, the address; of GitLab the one with /lock"},
			{Name: "unlock_address", Help: "unless said, the lock_address"},
			{Name: "lock_method", Help: "unless said, LOCK; of GitLab POST"},
			{Name: "unlock_method", Help: "unless said, UNLOCK; of GitLab DELETE"},
			{Name: "username", Help: "for basic authentication"},
			{Name: "password", Help: "goes with username", Secret: true},
			{Name: "headers", Help: "{NAME: value} to send with every request", Secret: true},
			{Name: "encrypt", Help: "{recipients: [age1…], identity: …}: the state is encrypted with age"},
		},
		Check: seal.Check,
		Open:  Open,
	}
}

// Open gives the store of an environment. It makes no call. The error says which setting is wrong, and no secret.
func Open(o state.Options) (state.Store, error) {
	environment, err := o.Place()
	if err != nil {
		return nil, err
	}
	c, err := newClient(o, environment)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.FromSettings(o.Settings["encrypt"])
	if err != nil {
		return nil, err
	}
	local := folder.Bucket(filepath.Join(o.Dir, ".playctl", o.Environment, "http"), o.Dir)
	return &Store{client: c, box: blob.Box{Sealer: sealer}, local: local, now: o.Now}, nil
}

// newClient reads the settings of where and as whom.
func newClient(o state.Options, environment string) (*client, error) {
	r := &reader{o.Reader(), environment}
	c := &client{limit: patience, lockLimit: lockPatience, address: r.address("address", nil), username: r.Text("username"), password: r.Text("password"), headers: r.Texts("headers")}
	c.lockMethod, c.unlockMethod = r.Text("lock_method"), r.Text("unlock_method")
	usual := c.address
	if isGitLab(c.address) {
		u := *c.address
		u.Path += "/lock"
		usual = &u
		c.lockMethod, c.unlockMethod = cmp.Or(c.lockMethod, nethttp.MethodPost), cmp.Or(c.unlockMethod, nethttp.MethodDelete)
	}
	c.lock = r.address("lock_address", usual)
	c.unlock = r.address("unlock_address", c.lock)
	c.lockMethod, c.unlockMethod = cmp.Or(c.lockMethod, "LOCK"), cmp.Or(c.unlockMethod, "UNLOCK")
	if c.address == nil {
		r.Fail("address", "https://HOST/PATH")
	}
	c.safe(r)
	c.once = &nethttp.Client{Transport: o.Transport, CheckRedirect: func(*nethttp.Request, []*nethttp.Request) error { return nethttp.ErrUseLastResponse }}
	c.again = retryablehttp.NewClient()
	c.again.HTTPClient, c.again.Logger, c.again.ErrorHandler = c.once, nil, retryablehttp.PassthroughErrorHandler
	c.again.RetryMax, c.again.RetryWaitMin, c.again.RetryWaitMax = tries, firstWait, longestWait
	return c, r.Err()
}

// isGitLab reports whether an address is one of GitLab's states.
func isGitLab(u *url.URL) bool {
	return u != nil && strings.Contains(u.Path, "/api/v4/projects/") && strings.Contains(u.Path, "/terraform/state/")
}

// reader reads addresses, for one environment.
type reader struct {
	*state.Settings
	environment string
}

// address reads an address. One with a password in it would be shown with it.
func (r *reader) address(name string, otherwise *url.URL) *url.URL {
	given := r.Text(name)
	if given == "" {
		return otherwise
	}
	if r.environment != state.UnnamedEnvironment && !strings.Contains(given, "{environment}") {
		r.Fail(name, "{environment} in it: the playbook has several, and each has a state of its own")
		return otherwise
	}
	u, err := url.Parse(strings.ReplaceAll(given, "{environment}", url.PathEscape(r.environment)))
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
		r.Fail(name, "https://HOST/PATH")
		return otherwise
	}
	if u.User != nil {
		r.Fail(name, "no user and password in it: they are username: and password:")
		return otherwise
	}
	return u
}

// safe refuses to say who asks where others can listen.
func (c *client) safe(r *reader) {
	if c.username+c.password == "" && len(c.headers) == 0 {
		return
	}
	for name, u := range map[string]*url.URL{"address": c.address, "lock_address": c.lock, "unlock_address": c.unlock} {
		if u != nil && u.Scheme == "http" && !state.OnThisMachine(u.Host) {
			r.Fail(name, "https: username, password and headers would go unencrypted to another machine")
		}
	}
}
