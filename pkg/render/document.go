package render

import (
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// Head begins every document: the version of its form.
type Head struct {
	FormatVersion string `json:"format_version"`
}

// Begin gives the head of a document as this playctl writes them.
func Begin() Head { return Head{formatVersion} }

// The documents that commands print with --json and that are what they were asked for, as it is. Lists are never null.
type (
	// MadeDocument is what init made.
	MadeDocument struct {
		Head
		Directory string   `json:"directory"`
		Files     []string `json:"files"`
		Next      string   `json:"next"` // the command to go on with
	}

	// ExplainedDocument is why a record is in something, or what it comes to: one of the last three.
	ExplainedDocument struct {
		Head
		Name        string                  `json:"name"`
		Entity      string                  `json:"entity"`
		Key         string                  `json:"key"`
		Explanation *expr.Explained         `json:"explanation,omitempty"`
		Score       *segment.ScoreExplained `json:"score,omitempty"`
		Stages      *segment.StageExplained `json:"stages,omitempty"`
	}

	// SketchDocument is the YAML for a collection that no play keeps: as it would be written, or where it was.
	SketchDocument struct {
		Head
		Play    string   `json:"play"`
		YAML    string   `json:"yaml,omitempty"`
		Files   []string `json:"files,omitempty"`
		Keys    any      `json:"keys"`    // of those in it, or, written to a file, how many
		Unknown int      `json:"unknown"` // members of whom the playbook has no record
		Others  int      `json:"others"`  // records of other entities
	}

	// LockDocument is who has the lock.
	LockDocument struct {
		Head
		Locked bool          `json:"locked"`
		Where  string        `json:"where"`
		Holder *state.Holder `json:"holder"` // null: nobody
	}

	// UnlockedDocument is whose lock was broken; nobody's for "".
	UnlockedDocument struct {
		Head
		Broken bool   `json:"broken"`
		ID     string `json:"id"`
	}

	// BackupsDocument is the copies of a state.
	BackupsDocument struct {
		Head
		Where   string          `json:"where"`
		Backups []BackupChecked `json:"backups"`
	}

	// MembersDocument is who is in plays.
	MembersDocument struct {
		Head
		Serial  int64          `json:"serial"`
		Members []state.Member `json:"members"`
	}

	// FailuresDocument is what failed, and what could not be asked.
	FailuresDocument struct {
		Head
		Serial   int64             `json:"serial"`
		Failures []state.Failure   `json:"failures"`
		Unasked  []audit.Operation `json:"unasked"`
	}

	// DoubtsDocument is what is in doubt.
	DoubtsDocument struct {
		Head
		Serial  int64          `json:"serial"`
		Effects []state.Effect `json:"effects"`
	}

	// RunsDocument is the runs, oldest first.
	RunsDocument struct {
		Head
		Serial int64       `json:"serial"`
		Runs   []state.Run `json:"runs"`
	}

	// KnownDocument is everything that is known by a key.
	KnownDocument struct {
		Head
		Serial   int64           `json:"serial"`
		Key      string          `json:"key"`
		Members  []state.Member  `json:"members"`
		Held     []state.Held    `json:"held"`
		Effects  []state.Effect  `json:"effects"`
		Failures []state.Failure `json:"failures"`
		Runs     []state.Run     `json:"runs"`
	}

	// RunDocument is one run with its journal.
	RunDocument struct {
		Head
		Serial     int64             `json:"serial"`
		Key        string            `json:"key"`
		Runs       []state.Run       `json:"runs"` // the one
		Operations []audit.Operation `json:"operations"`
	}

	// StateCheckedDocument is whether a state is whole, with its backups.
	StateCheckedDocument struct {
		Head
		Serial   int64           `json:"serial"`
		Holds    bool            `json:"holds"`
		Findings []audit.Finding `json:"findings"`
		Backups  []BackupChecked `json:"backups"`
	}

	// RunCheckedDocument is whether what a run did was planned, and what was planned is accounted for.
	RunCheckedDocument struct {
		Head
		Run   string `json:"run"`
		Holds bool   `json:"holds"`
		*audit.Report
	}

	// RunLine is a run in the audit's export, OperationLine an operation of one. Each is one line.
	RunLine struct {
		Head
		Type string `json:"type"` // run
		state.Run
	}

	// OperationLine is a line of the audit's export.
	OperationLine struct {
		Head
		Type string `json:"type"` // operation
		Run  string `json:"run"`
		audit.Operation
	}

	// VersionDocument is what version tells.
	VersionDocument struct {
		Head
		Version  string `json:"version"`
		Language string `json:"language"`
		State    int    `json:"state"` // the form of the state that is written
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}
)
