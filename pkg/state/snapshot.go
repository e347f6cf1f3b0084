package state

// Snapshot is everything a plan needs of a state, as of one moment. Slices are sorted by identity.
type Snapshot struct {
	Meta    Meta     `json:"meta"`
	Plays   []Play   `json:"plays"`
	Members []Member `json:"members"`
	Truths  []Truth  `json:"truths"`
	Held    []Held   `json:"held"`
	Effects []Effect `json:"effects"`
	Tasks   []Task   `json:"tasks"`
	Seen    []Seen   `json:"seen"`
	Changes []Change `json:"changes"`
	Runs    []Run    `json:"runs"` // oldest first
	// Failures are by key, Erased by mark.
	Failures []Failure `json:"failures"`
	Erased   []Erasure `json:"erased"`
}

// Changes is one transaction: everything in it is kept, durably, or nothing is. First what is gone is taken out, and only that: a play
// takes nothing with it, nor does a member. Then values are inserted or replace those of the same identity.
type Changes struct {
	Plays        []Play
	PlaysGone    []string
	Members      []Member
	MembersGone  []string // by Key
	Truths       []Truth
	TruthsGone   []Truth
	Held         []Held
	HeldGone     []Held // only the identity matters
	Effects      []Effect
	EffectsGone  []string // by Key
	Tasks        []Task
	TasksGone    []string // by Key
	Seen         []Seen
	SeenGone     []Seen // only Record and Field matter
	Changes      []Change
	ChangesGone  []Change // only Record, Field and At matter
	Failures     []Failure
	FailuresGone []string // by Key
	Erased       []Erasure
	ErasedGone   []string // by Mark
	Pages        []Page   // added to the journal; a page that is there already, by Run and Seq, is replaced
	MovedTo      *string  // sets Meta.MovedTo
	Run          *Run     // also moves Meta.Serial to Run.Serial
}

// Empty reports whether there is nothing to commit.
func (c *Changes) Empty() bool { return c.RunOnly() && c.Run == nil }

// RunOnly reports whether there is nothing to commit but the record of a run, or not even that.
func (c *Changes) RunOnly() bool {
	return len(c.Plays)+len(c.PlaysGone)+len(c.Members)+len(c.MembersGone)+len(c.Truths)+len(c.TruthsGone)+len(c.Held)+len(c.HeldGone)+
		len(c.Effects)+len(c.EffectsGone)+len(c.Tasks)+len(c.TasksGone)+len(c.Seen)+len(c.SeenGone)+len(c.Changes)+len(c.ChangesGone)+
		len(c.Failures)+len(c.FailuresGone)+len(c.Erased)+len(c.ErasedGone)+len(c.Pages) == 0 && c.MovedTo == nil
}

// Whole is a state with its journal: what moves from one place to another.
type Whole struct {
	Snapshot
	Journal []Page `json:"journal"` // by Run, then Seq
}
