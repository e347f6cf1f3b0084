package crash

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/pgtest"
)

// postToken is the secret of the connector that tells it.
const postToken = "tok-planted-5up3r/5ecret"

// leaks are texts that must not be found, and where they were.
type leaks struct {
	testing.TB
	texts []string
	found map[string]bool
}

// address is an e-mail address of the records or of a person in a role.
var address = regexp.MustCompile(`[a-z0-9-]+@(people|house)\.example`)

// look looks for what must not be in a text.
func (l *leaks) look(where, text string, addresses bool) {
	l.Helper()
	tell := func(what string, at int) {
		if key := where + what; !l.found[key] {
			l.found[key] = true
			l.Errorf("%s holds %s: …%s…", where, what, text[max(0, at-80):min(len(text), at+80)])
		}
	}
	for _, secret := range l.texts {
		for _, written := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if at := strings.Index(text, written); at >= 0 {
				tell("the secret", at)
			}
		}
	}
	if at := address.FindStringIndex(text); addresses && at != nil {
		tell("an address", at[0])
	}
}

// lookAround looks at everything that playctl left: every file but the records and the systems, the cache of the records, and the state, its
// journal and its backups as they read.
func (l *leaks) lookAround(when string, h *house, p place) {
	l.Helper()
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(h.dir, path)
		if err != nil || d.IsDir() && slices.Contains([]string{"desk", "post", "gifts", filepath.Join(".playctl", "cache")}, rel) {
			if d != nil && d.IsDir() && err == nil {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() || strings.HasSuffix(rel, ".csv") || rel == "playbook.yaml" {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if l.look(when+": "+rel, string(text), true); info.Mode().Perm()&0o077 != 0 && strings.HasPrefix(rel, ".playctl") {
			l.Errorf("%s: others may read %s: %s", when, rel, info.Mode())
		}
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
	store := p.store(l, h.dir)
	if there, err := store.Exists(l.Context()); err != nil || !there {
		return
	}
	l.look(when+": the state", encoded(l, p.snapshot(l, h.dir)), true)
	l.look(when+": the journal", encoded(l, p.journal(l, h.dir)), true)
	backups, err := store.Backups(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	for _, b := range backups {
		whole, err := store.Backup(l.Context(), b.Name)
		if err != nil {
			l.Fatal(err)
		}
		l.look(when+": a backup", encoded(l, whole), true)
	}
}

// run runs a command, looks at what it says, and at what it left.
func (l *leaks) run(h *house, p place, environ []string, when string, args ...string) process {
	l.Helper()
	out := h.scripted(l, slices.Concat([]string{"POST_TOKEN=" + postToken}, p.environ, environ), args...)
	l.look(when+": standard output", out.stdout, false)
	l.look(when+": standard error", out.stderr, true)
	l.lookAround(when, h, p)
	return out
}

// planted is a house with secrets in its settings and its environment, and what must not be found of them.
func planted(t *testing.T, b backend) (*leaks, *house, place) {
	t.Helper()
	p := b.next(t)
	s := scripted
	s.post = `letterbox, dir: post, token: "${env.POST_TOKEN}"`
	s.top = p.top(t)
	l := &leaks{TB: t, texts: []string{postToken, pgtest.Password}, found: map[string]bool{}}
	for _, pair := range p.environ {
		_, secret, _ := strings.Cut(pair, "=")
		l.texts = append(l.texts, secret)
	}
	h := newHouse(t, 6, s)
	return l, h, p
}

// inquiries are commands that tell what is in a state.
var inquiries = [][]string{{"state", "list"}, {"state", "list", "--failed"}, {"state", "list", "--in-doubt"}, {"state", "pull"}, {"state", "runs"}, {"account", "a001"}}

// inquire asks for all that there is to tell.
func (l *leaks) inquire(h *house, p place) {
	l.Helper()
	for _, args := range inquiries {
		x := l.run(h, p, nil, "playctl "+strings.Join(args, " "), args...)
		if x.code != 0 {
			l.Errorf("playctl %s: exit code %d\n%s", strings.Join(args, " "), x.code, x.stderr)
		}
		l.look("playctl "+strings.Join(args, " "), x.stdout, args[0] == "state")
	}
}

// TestSecrets_areNowhere plants secrets and addresses, runs every kind of command at its most talkative, also one that is killed, and looks for
// them in all that is said and left.
func TestSecrets_areNowhere(t *testing.T) {
	for _, b := range []backend{beside, encrypted(t), onPostgres(t)} {
		t.Run(strings.ReplaceAll(b.name, ", ", "_"), func(t *testing.T) {
			l, h, p := planted(t, b)
			mustEnd(t, 0, l.run(h, p, nil, "validate", "validate", "-v"))
			mustEnd(t, 0, l.run(h, p, nil, "plan", "plan", "-v", "--full", "--out", "saved.plan"))
			mustEnd(t, 0, l.run(h, p, nil, "plan --json", "plan", "--json", "-v"))
			if killed := l.run(h, p, []string{at(9)}, "a run that was killed", applying("-v")...); killed.code != -1 {
				t.Errorf("exit code %d", killed.code)
			}
			if x := l.run(h, p, nil, "apply", applying("-v", "--json")...); x.code != 0 && x.code != 7 { // 7: something is in doubt
				t.Errorf("exit code %d\n%s%s", x.code, x.stdout, x.stderr)
			}
			l.inquire(h, p)
		})
	}
}
