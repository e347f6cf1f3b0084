package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

type importOptions struct {
	consent
	out  string
	full bool
}

func newImport(a *app) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import PLAY.STEP | CONNECTOR.KIND NAME",
		Short: "Adopt members that are in a collection already",
		Long: `import takes members for playctl's own whom somebody else put into a collection and whom a keep step wants there: from then on they are
taken out when the last play that keeps them lets go, as if playctl had put them there. PLAY.STEP chooses a keep step, CONNECTOR.KIND NAME
a collection. It shows whom, asks, and records them in the state; in the systems nothing changes. Whom no keep wants stays a stranger.

Of a collection that no play keeps it prints YAML to begin with: a segment that is the list of its members, and a play that keeps them.
With --out it writes that into a new file of the playbook, and the keys beside it. It overwrites nothing.`,
		Example: `  playctl import intent-nurture.keep_ads_audience_intent
  playctl import ads.audience "Early intent" --out early-intent.yaml
  playctl import ads.audience "Early intent" --yes`,
		Args: takes(1, 2), ValidArgsFunction: a.offers(1, keepSteps),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importing(cmd.Context(), args, o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write the YAML into this new `file` of the playbook, and the keys beside it")
	cmd.Flags().BoolVar(&o.full, "full", false, "list everybody who is adopted")
	return cmd
}

// keepSteps gives the keep steps of a playbook, as import takes them.
func keepSteps(b *playbook.Book) []string {
	var out []string
	for _, play := range b.Plays {
		for _, s := range play.AllSteps() {
			if s.Verb == playbook.Keep {
				out = append(out, play.Name+"."+s.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (a *app) importing(ctx context.Context, args []string, o importOptions) error {
	if err := a.refuseAt("import acts now"); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		chosen, err := stepNamed(p, args[0])
		if err != nil {
			return err
		}
		return a.adopt(ctx, w, p, o, args[0], chosen)
	}
	place, err := placeNamed(p, args[0], args[1])
	if err != nil {
		return err
	}
	if o.out == "" && keepsIn(p, place) {
		return a.adopt(ctx, w, p, o, place.Title(), func(at connector.Place, _, _ string) bool { return at == place })
	}
	return a.sketch(ctx, w, p, o, place)
}

// stepNamed finds a keep step by PLAY.STEP.
func stepNamed(p *flow.Program, text string) (flow.Chosen, error) {
	name, id, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "plays."), "play."), ".")
	play := p.Book.Play(name)
	if play == nil {
		return nil, fail(exitError, diag.Suggest(name, p.Book.PlayNames()), "there is no play %q; name a step as PLAY.STEP, or a collection as CONNECTOR.KIND NAME", name)
	}
	steps := play.AllSteps()
	at := slices.IndexFunc(steps, func(s *playbook.Step) bool { return s.ID == id })
	switch {
	case at < 0:
		return nil, fail(exitError, diag.Suggest(text, keepSteps(p.Book)), "play %s has no step %q", name, id)
	case steps[at].Verb != playbook.Keep:
		return nil, fail(exitError, "only what a keep holds is ever withdrawn", "step %s is no keep but a %s: there is nothing to adopt", text, steps[at].Verb)
	}
	return func(place connector.Place, play, step string) bool {
		if play == "" {
			return place.Connector == steps[at].Connector && place.Kind == steps[at].Object
		}
		return play == name && step == id
	}, nil
}

// placeNamed gives a collection by CONNECTOR.KIND and its name.
func placeNamed(p *flow.Program, target, name string) (connector.Place, error) {
	of, kind, _ := strings.Cut(target, ".")
	var known []string
	for i := range p.Book.Connectors {
		known = append(known, p.Book.Connectors[i].Name)
	}
	switch {
	case !slices.Contains(known, of):
		return connector.Place{}, fail(exitError, diag.Suggest(of, known), "there is no connector %q", of)
	case kind == "" || name == "":
		return connector.Place{}, fail(exitError, `playctl import ads.audience "Early intent"`, "name a collection: CONNECTOR.KIND NAME")
	}
	return connector.Place{Connector: of, Collection: connector.Collection{Kind: kind, Name: name}}, nil
}

// keepsIn reports whether a keep step may be about a collection: its name is the one, or is made for each record.
func keepsIn(p *flow.Program, place connector.Place) bool {
	for _, play := range p.Book.Plays {
		for _, s := range play.AllSteps() {
			if s.Verb != playbook.Keep || s.Connector != place.Connector || s.Object != place.Kind || s.Name == nil {
				continue
			}
			if name, constant := s.Name.Constant(); !constant || name == place.Name {
				return true
			}
		}
	}
	return false
}

// adopt has the state take members for playctl's own.
func (a *app) adopt(ctx context.Context, w *flow.World, p *flow.Program, o importOptions, what string, chosen flow.Chosen) error {
	if err := a.mayConsent(state.OpImport, o.consent); err != nil {
		return err
	}
	return a.underLock(ctx, p, state.OpImport, o.consent, func(session state.Session, s *state.Snapshot) error {
		session.Progress("reading")
		bar := a.progress("reading")
		w.Reading = bar.reading
		found, err := flow.Adopt(ctx, w, p, s, chosen)
		bar.done()
		if err != nil {
			return explainPlan(err, s)
		}
		if err := mayAdopt(found, what); err != nil {
			return err
		}
		if !a.json {
			if err := a.printer(p, a.Now(), limits{full: o.full}).Adopted(a.Stdout, found); err != nil {
				return err
			}
		}
		if len(found.Held) == 0 {
			return a.showAdopted(found, nil)
		}
		return a.keepAdopted(ctx, p, session, s, o, what, found)
	})
}

// mayAdopt refuses where it is not known who is in a collection.
func mayAdopt(found *plan.Adoption, what string) error {
	if len(found.Held) > 0 {
		return nil
	}
	for place, err := range found.Unread {
		return fail(exitError, "mend it and run again", "%s could not be read: %s", place.Title(), err)
	}
	if len(found.Blind) > 0 {
		return fail(exitError, "the next apply adds whom a keep wants, which makes them playctl's own", "%s can't be read back, so that nobody can be adopted: %s", found.Blind[0].Title(), what)
	}
	return nil
}

func (a *app) keepAdopted(ctx context.Context, p *flow.Program, session state.Session, s *state.Snapshot, o importOptions, what string, found *plan.Adoption) error {
	approved, err := a.agree(ctx, nil, o.consent, session)
	if err != nil {
		return err
	}
	change := &amendment{changes: state.Changes{Held: found.Held}, limits: []string{what}, message: count(len(found.Held), "member") + " adopted"}
	for i := range found.Held {
		h := &found.Held[i]
		change.lines = append(change.lines, state.Line{Verb: "adopt", Connector: h.Connector, Kind: h.Kind, Name: h.Name, Record: h.Record})
	}
	run, err := a.keep(ctx, p, session, s, state.OpImport, change, approved)
	if err != nil {
		return err
	}
	return a.showAdopted(found, run)
}

func (a *app) showAdopted(found *plan.Adoption, run *state.Run) error {
	switch {
	case a.json:
		return render.AdoptedJSON(a.Stdout, found, run)
	case run == nil:
		return nil
	}
	return a.print("\nAdopted: %s. They are taken out when the last play that keeps them lets go.", count(len(found.Held), "member"))
}

// sketch prints or writes YAML for a collection that no play keeps.
func (a *app) sketch(ctx context.Context, w *flow.World, p *flow.Program, o importOptions, place connector.Place) error {
	file, list, err := a.sketchFiles(o.out)
	if err != nil {
		return err
	}
	found, err := flow.Found(ctx, w, p, place, list)
	if err != nil {
		return fail(exitError, "name a collection that is there, of a connector that can be read", "%s", err)
	}
	if len(found.Keys) == 0 {
		return fail(exitError, "entities say by identity: how a connector knows their records", "the playbook has a record of none of the %s in %s", count(found.Unknown, "member"), place)
	}
	if file == "" {
		if a.json {
			return a.printJSON(render.SketchDocument{Head: render.Begin(), Play: found.Play, YAML: found.YAML, Keys: found.Keys, Unknown: found.Unknown, Others: found.Others})
		}
		if err := a.print("%s", strings.TrimSuffix(found.YAML, "\n")); err != nil {
			return err
		}
		a.say("the YAML takes the list of the %s from %s; --out FILE writes both.", count(len(found.Keys), "member"), list)
		return nil
	}
	return a.writeSketch(found, file, list)
}

// sketchFiles gives where the YAML goes and, as the YAML names it, the list of keys. It refuses to overwrite, before any work.
func (a *app) sketchFiles(out string) (file, list string, err error) {
	if out == "" {
		return "", "members.txt", nil
	}
	file = a.path(out)
	relative, err := filepath.Rel(a.dir, file)
	if ext := filepath.Ext(file); ext != ".yaml" && ext != ".yml" {
		return "", "", fail(exitError, "write --out early-intent.yaml", "--out %q is no YAML file", out)
	}
	if err != nil || !filepath.IsLocal(relative) {
		return "", "", fail(exitError, "write it into "+a.dir, "--out %q lies outside of the playbook, which would not read it", out)
	}
	list = strings.TrimSuffix(filepath.ToSlash(relative), filepath.Ext(relative)) + ".txt"
	for _, name := range []string{file, filepath.Join(a.dir, list)} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return "", "", fail(exitError, "choose another name", "%s is there already and is not overwritten", name)
		}
	}
	return file, list, nil
}

func (a *app) writeSketch(found *flow.Skeleton, file, list string) error {
	keys := "# record keys, one a line\n" + strings.Join(found.Keys, "\n") + "\n"
	if err := writeNew(filepath.Join(a.dir, list), keys, 0o600); err != nil { // whom it names is nobody else's business
		return err
	}
	if err := writeNew(file, found.YAML, 0o644); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(render.SketchDocument{Head: render.Begin(), Play: found.Play, Files: []string{file, filepath.Join(a.dir, list)}, Keys: len(found.Keys), Unknown: found.Unknown, Others: found.Others})
	}
	if found.Unknown+found.Others > 0 {
		a.say("%d more in it have no record in the playbook, %d are records of other entities: they stay strangers.", found.Unknown, found.Others)
	}
	return a.print("Wrote %s, and %s with %s. Next:\n\n  %s\n  %s", file, list, count(len(found.Keys), "key"), a.invocation("import "+found.Play+".members"), a.invocation("plan"))
}
