package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
)

// migration are the options of init --migrate-state.
type migration struct {
	consent
	migrate  bool
	from     string
	settings []string
}

func (o *migration) flags(a *app, cmd *cobra.Command) {
	o.consent.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.migrate, "migrate-state", false, "move the state to where the playbook says that it is")
	f.StringVar(&o.from, "from", "local", "with --migrate-state: the `backend` where it was, or a YAML file with the state: section that said so")
	f.StringArrayVar(&o.settings, "from-setting", nil, "with --migrate-state: a `setting` of that backend, as in the playbook: bucket=plays; may be repeated")
	offered := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, d := range a.Backends {
			names = append(names, d.Name+"\t"+d.Title)
		}
		return names, cobra.ShellCompDirectiveDefault
	}
	if err := cmd.RegisterFlagCompletionFunc("from", offered); err != nil {
		panic(err) // a name that has no flag above
	}
}

// migrateState moves the state from where it was to where the playbook says that it is. Begun again after it was interrupted, it goes on.
func (a *app) migrateState(ctx context.Context, o migration) (err error) {
	if err := a.mayConsent(state.OpMigrate, o.consent); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	m := &move{app: a, p: p, o: o}
	if m.to, err = a.openStore(ctx, p); err != nil {
		return err
	}
	if m.from, err = a.formerStore(ctx, w, p, o); err != nil {
		return err
	}
	if m.expects, _, err = lineage.Read(a.dir, p.Book.Environment); err != nil {
		return err
	}
	if m.from.Where() == m.to.Where() {
		return m.standstill(ctx)
	}
	return m.run(ctx)
}

// move is a state on its way from one place to another.
type move struct {
	app      *app
	p        *flow.Program
	o        migration
	from, to state.Store
	whole    *state.Whole // as it was
	begun    *state.Run   // the run that marked it as moved, until that has ended
	expects  string       // the lineage that playctl.lineage names; "" for none
}

// standstill refuses a move from where the state is to be.
func (m *move) standstill(ctx context.Context) error {
	if s, err := m.to.Read(ctx); err == nil && s.Meta.MovedTo != "" {
		return fail(exitError, "say where it is: "+m.app.moveBack()+"; "+whatWasSaid, "the state was moved from %s to %s, and --from does not say so", m.to.Where(), s.Meta.MovedTo)
	}
	return fail(exitError, "say in the playbook where it is to be (state: {backend: …}), and with --from where it was", "the state is in %s already", m.to.Where())
}

// run moves it under both locks: whoever applies meanwhile, in either place, waits.
func (m *move) run(ctx context.Context) (err error) {
	if there, err := m.from.Exists(ctx); err != nil {
		return err
	} else if !there {
		return m.nothing(ctx)
	}
	former, err := m.lock(ctx, m.from)
	if err != nil {
		return err
	}
	defer m.app.unlocking(former, &err)
	present, err := m.lock(ctx, m.to)
	if err != nil {
		return err
	}
	defer m.app.unlocking(present, &err)
	if m.whole, err = m.read(ctx, former); err != nil {
		return err
	}
	if m.moved() && m.whole.Meta.MovedTo != m.to.Where() {
		return fail(exitError, "say with --from where it is now", "the state was moved on from %s to %s", m.from.Where(), m.whole.Meta.MovedTo)
	}
	for i := range m.whole.Runs {
		if r := &m.whole.Runs[i]; m.moved() && r.Operation == state.OpMigrate && r.Message == m.message() && r.Status == state.Running {
			m.begun = r
		}
	}
	done, err := m.look(ctx, present)
	if err != nil {
		return err
	}
	if done && m.begun == nil {
		return m.told("Nothing to do: the state is in "+m.to.Where()+" already.", nil)
	}
	return m.carry(ctx, former, present, done)
}

// read reads the old state, which must be the one that playctl.lineage expects, if it expects any. A remedy is about the place where the playbook
// says that the state is, and so must be said of the old one with how it is applied there.
func (m *move) read(ctx context.Context, former state.Session) (*state.Whole, error) {
	w, err := wholeIn(ctx, m.from, former)
	if err == nil && !m.expected(w.Meta.Lineage) {
		err = m.app.foreign(ctx, m.from, w.Meta.Lineage, m.expects)
	}
	var damaged *state.DamagedError
	if errors.As(err, &damaged) {
		there := *damaged
		there.Hint = "have the playbook say again where the state was (state:), and there " + m.app.remedy(damaged) + "; then have it say the new place, and move it"
		there.Backup = nil // the command is said
		return nil, &there
	}
	return w, err
}

// expected reports whether a lineage is that of this playbook, as far as is known.
func (m *move) expected(lineage string) bool { return m.expects == "" || m.expects == lineage }

// moved reports whether the old place says that its state is elsewhere, or on its way.
func (m *move) moved() bool { return m.whole.Meta.MovedTo != "" }

// lock takes the lock of one of the places.
func (m *move) lock(ctx context.Context, store state.Store) (state.Session, error) {
	m.app.store = store
	defer func() { m.app.store = m.to }()
	session, err := m.app.lock(ctx, m.p, state.OpMigrate, m.o.lockTimeout)
	var locked *state.LockedError
	if errors.As(err, &locked) && store == m.from && !m.app.besidePlaybook(store) { // this playbook's unlock is for the new place
		return nil, fail(exitLocked, "wait for it, or say --lock-timeout 5m; if whoever has it is gone, have the playbook say that place again (state:), and there: "+
			m.app.invocation("unlock", locked.Holder.ID), "%s: %s", store.Where(), err)
	}
	return session, err
}

// nothing is the end of a move from where there is no state.
func (m *move) nothing(ctx context.Context) error {
	s, err := m.to.Read(ctx)
	if err == nil && !m.expected(s.Meta.Lineage) {
		return m.app.foreign(ctx, m.to, s.Meta.Lineage, m.expects)
	}
	if err == nil && s.Meta.MovedTo == "" {
		return m.told("Nothing to do: the state is in "+m.to.Where()+", and there is none in "+m.from.Where()+".", nil)
	}
	if err != nil && !errors.Is(err, state.ErrNone) {
		return err
	}
	return fail(exitError, "say with --from, and --from-setting, where it was", "there is no state in %s", m.from.Where())
}

// look finds out what is in the new place: nothing, the state already (done), or one that can be replaced since it was moved away from there. A
// state that was there and is lost is not made anew of the old one, which knows nothing of what was done since.
func (m *move) look(ctx context.Context, present state.Session) (done bool, err error) {
	there, err := present.Read(ctx)
	old := &m.whole.Meta
	switch {
	case errors.Is(err, state.ErrNone) && m.moved() && m.begun == nil:
		return false, fail(exitError, "bring it back there: "+m.app.invocation("state backups")+" lists what can be restored; the one in "+m.from.Where()+" is from before the move, and knows of nothing that was done since",
			"the state was moved to %s, and there is none now", m.to.Where())
	case errors.Is(err, state.ErrNone):
		return false, m.others(ctx)
	case err != nil:
		return false, err
	case there.Meta.Lineage != old.Lineage:
		return false, fail(exitError, "empty that place, or name another one", "there is a state in %s, of another playbook: its lineage is %s, that of the one in %s is %s",
			m.to.Where(), there.Meta.Lineage, m.from.Where(), old.Lineage)
	case m.moved() && there.Meta.MovedTo == "" && (m.begun == nil || slices.ContainsFunc(there.Runs, func(r state.Run) bool { return r.ID == m.begun.ID })):
		return true, nil
	case there.Meta.MovedTo != "" && there.Meta.Serial <= old.Serial && (!m.moved() || m.begun != nil):
		return false, nil // it was moved away from there, and comes back
	}
	return false, fail(exitError, "look at both (state runs); state push and state restore bring back the one to go on with",
		"there is a state of this playbook in %s already, serial %d; the one in %s has serial %d", m.to.Where(), there.Meta.Serial, m.from.Where(), old.Serial)
}

// others refuses a place in which there are backups of another playbook's state: they would make room for those of this one.
func (m *move) others(ctx context.Context) error {
	w, b, err := newestBackup(ctx, m.to, func(w *state.Whole) bool { return w.Meta.Lineage != m.whole.Meta.Lineage && w.Meta.Serial > 0 })
	if err != nil || w == nil {
		return err
	}
	return fail(exitError, "move them away, or name another place", "there are backups of another playbook's state in %s: %s is of lineage %s, and the state in %s of %s",
		placeOf([]state.Backup{*b}), b.Name, w.Meta.Lineage, m.from.Where(), m.whole.Meta.Lineage)
}

// message is what the run of this move says: by it one that was interrupted is known again.
func (m *move) message() string { return movedFromTo(m.from.Where(), m.to.Where()) }

// carry asks, marks the old state as moved, writes it to its new place unless that is done, and holds it against what was read. Only one of the
// two can be used at any moment: cut off in the middle it is neither, until this is run again.
func (m *move) carry(ctx context.Context, former, present state.Session, done bool) error {
	a := m.app
	tell := []string{fmt.Sprintf("The state, serial %d with %s and %s, moves", m.whole.Meta.Serial, count(len(m.whole.Members), "member"), count(len(m.whole.Runs), "run")),
		"  from " + m.from.Where(), "  to   " + m.to.Where(), m.stays()}
	approved, err := a.agree(ctx, tell, m.o.consent, present)
	if err != nil {
		return err
	}
	a.acting.Store(true)
	if m.begun == nil {
		if err := m.begin(ctx, former, approved); err != nil {
			return err
		}
	}
	ended := *m.begun
	ended.Status, ended.Finished = state.Succeeded, a.Now().UTC().Truncate(time.Microsecond)
	if !done {
		if err := m.write(ctx, present, ended); err != nil {
			return err
		}
	}
	if err := former.Commit(ctx, &state.Changes{Run: &ended}); err != nil {
		return err
	}
	return m.told(fmt.Sprintf("The state is in %s now. See that nothing changes by that: %s", m.to.Where(), a.invocation("plan")), &ended)
}

// stays words what is left where the state was: it is forgotten easily, and with it the people whom it names.
func (m *move) stays() string {
	how, remedy := "", "Remove it once the new one is in use"
	if m.p.Book.State.Settings["encrypt"].Exists() {
		how = ", unencrypted"
	}
	if m.o.from == "local" && len(m.o.settings) == 0 {
		where := m.from.Where()
		remedy += ": rm -r " + shellWord(where) + "* " + shellWord(filepath.Join(filepath.Dir(where), "backups"))
	}
	return "The old one stays where it is" + how + ", marked as moved, with its backups: nothing uses it any more, and forget reaches it only beside the playbook. " + remedy
}

// begin marks the old state as moved, by a run that has not ended.
func (m *move) begin(ctx context.Context, former state.Session, approved string) error {
	run := m.app.recordOf(ctx, m.p, state.OpMigrate, &amendment{message: m.message()}, approved, m.whole.Meta.Serial+1)
	run.Status, run.Finished = state.Running, time.Time{}
	to := m.to.Where()
	if err := former.Commit(ctx, &state.Changes{MovedTo: &to, Run: &run}); err != nil {
		return err
	}
	m.begun = &run
	return nil
}

// write puts the state into its new place and reads it back.
func (m *move) write(ctx context.Context, present state.Session, run state.Run) error {
	w := *m.whole
	w.Meta.Serial, w.Meta.MovedTo = run.Serial, ""
	w.Runs = append(slices.DeleteFunc(slices.Clone(w.Runs), func(r state.Run) bool { return r.ID == run.ID }), run)
	if err := present.Replace(ctx, &w); err != nil {
		return err
	}
	back, err := wholeIn(ctx, m.to, present)
	if err != nil {
		return err
	}
	if same, err := alike(ctx, back, &w); err != nil || !same {
		return errors.Join(err, fail(exitError, "the old one is as it was; try again", "what was read back from %s is not what was written there", m.to.Where()))
	}
	return nil
}

// told tells how it ended.
func (m *move) told(text string, run *state.Run) error {
	return m.app.showAmended(&amendment{done: text, result: map[string]any{"from": m.from.Where(), "to": m.to.Where()}}, run)
}
