package state

import (
	"maps"
	"slices"
)

// Operation is what a run did: the command that made it, as it is typed.
type Operation string

// The commands whose runs are recorded. Runs from before form 3 have none, and were applies.
const (
	OpApply   Operation = "apply"
	OpRun     Operation = "run"
	OpDestroy Operation = "destroy"
	OpRevert  Operation = "revert"
	OpForget  Operation = "forget"
	OpRefresh Operation = "refresh"
	OpImport  Operation = "import"
	OpResolve Operation = "resolve"
	OpRetry   Operation = "retry"
	OpUnlock  Operation = "unlock"
	OpMv      Operation = "state mv"
	OpRm      Operation = "state rm"
	OpPush    Operation = "state push"
	OpRestore Operation = "state restore"
	OpMigrate Operation = "init --migrate-state"
)

// manner is what the runs of an operation are to others.
type manner struct{ keeps, amends, plays bool }

// manners says of every operation what its runs are to others. A new command is a line here.
var manners = map[Operation]manner{
	"":        {plays: true},
	OpApply:   {plays: true},
	OpRun:     {plays: true},
	OpDestroy: {},
	OpRevert:  {},
	OpForget:  {amends: true},
	OpRefresh: {},
	OpImport:  {},
	OpResolve: {keeps: true},
	OpRetry:   {keeps: true},
	OpUnlock:  {keeps: true},
	OpMv:      {keeps: true, amends: true},
	OpRm:      {keeps: true, amends: true},
	OpPush:    {keeps: true, amends: true},
	OpRestore: {keeps: true, amends: true},
	OpMigrate: {keeps: true},
}

// Operations gives all that there are, sorted.
func Operations() []Operation {
	all := slices.Sorted(maps.Keys(manners))
	return all[1:] // but for those of runs that do not say
}

// Keeps reports whether it only keeps the state in order: whether what went before it came to its end is then still to be told.
func (o Operation) Keeps() bool { return manners[o].keeps }

// Amends reports whether it may take out of the state, or rename, what earlier runs put there, so that those need not be found any more as they say.
func (o Operation) Amends() bool { return manners[o].amends }

// Plays reports whether it carries out what the plays want, rather than one thing that somebody asked for.
func (o Operation) Plays() bool { return manners[o].plays }

// Reverts reports whether its runs can be undone, as far as what they did can be.
func (o Operation) Reverts() bool { return manners[o].plays }

// String names it; a run that does not say was an apply.
func (o Operation) String() string {
	if o == "" {
		return string(OpApply)
	}
	return string(o)
}
