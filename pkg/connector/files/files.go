// Package files is the embedded default connector (`uses: files`): a folder of CSV and JSON Lines files that people may read and
// edit. The folder is the setting `dir`, relative to the playbook.
//
//	desk/lists/Early intent.csv          who is in a collection: list, audience, campaign, sequence, program or experience,
//	desk/audiences/Q3%3A renewals.csv    each kind in a folder of its own
//	desk/company.csv                     fields that were set on records of an object of any name but task
//	desk/task.csv                        what people were given to do, and what they did
//	desk/message.jsonl                   what was sent, by an action of any name
//
// A collection is a CSV file with a header whose first column is `id`. It exists if its file exists. New members are added at the
// end; the fields of their memberships are further columns, made when they are needed; columns that people add are kept. Adding who is
// a member already leaves its row as it is. An object's file has a header `id,<fields…>` and a row a record; it and its columns are
// made when they are needed. An action's file has one JSON object a line: key, at, play, step, record, id, payload.
//
// # Editing by hand
//
// Files may be edited whenever no apply runs, with any editor or spreadsheet program: quoted cells, CRLF, a byte order mark, a
// missing final line break and blank rows are all understood, and what is not touched keeps its bytes. Rows whose number of cells
// is not the header's are errors that name the line. Of an id that stands in several rows all rows count as one: they are removed
// together and set together.
//
// # What is durable, and when
//
// A write is on the disk (fsync) before Write returns. New members and new records are appended; see [appendFile] for how a crash
// in the middle leaves either all of a batch or nothing of it. Removing and changing replace the whole file at once by renaming, so
// they cost as much as the file is long: batches should be large. Every write holds an exclusive lock on the hidden file `.lock` in
// the folder, because an append that falls between another process's reading and renaming would be lost; reading takes no lock and
// works in a read-only folder. The file `.lock` stays; its content means nothing.
//
// What a file holds is remembered between calls and read again when its size, its time of modification or the file itself (inode) is
// another one. An edit that keeps the size within the same clock tick of the file system (some milliseconds) is not noticed.
//
// # Sends
//
// A key that an action's file already holds is never written again: the outcome is Already with the first receipt. The retry class
// is therefore [connector.ByKey]: after a crash the same send may simply be made again. A receipt is file and line: `message.jsonl:17`.
// A line that a crash cut short is not whole JSON: it counts as not sent, and the next send begins on a line of its own. A whole
// line without its line break counts as sent.
//
// # Tasks
//
// A task is a row of task.csv, new ones at the end:
//
//	id              status  outcome  outcomes                  title      assignee  role  due                   record     asks       answer.next_step  done_at  …
//	t-nk47d24ppuzy  open             meeting booked | not now  Call Acme  ann@…     sdr   2026-03-04T09:00:00Z  account/1  next_step                             …
//
// After those come touched_at, play, step, record_id (the record's id here), created_at and key (the effect's). What else the payload
// holds has columns of its own before done_at, under its own name, or as `payload.status` where that is taken. Columns may be put into
// another order, and added; no row that stands in the file is changed by a new task, except that it gets the new columns.
//
// To finish a task, write `done` into status (or closed, complete, completed, finished, x), one of outcomes into outcome, and what is
// asked into the columns answer.…; capitals and white space do not matter for the first two. An outcome that is not on the list is told
// as it stands. done_at may stay empty: then the run that sees it takes its own time. To call it off write `cancelled` or `canceled`, or
// delete the row. Every other word leaves a task open and says that somebody took it up: at touched_at, or, if that is empty, when the
// file last changed. Times are RFC 3339, or `2026-03-04 15:30` or `2026-03-04` in the zone of the run's clock; a date is the end of its
// day, what can't be read is no time, and nothing is later than the run.
//
// The id, which is the receipt, is made from the effect's key and nothing else. So a key that comes again is Already as long as its row
// stands ([connector.ByKey]), whatever became of the other columns, and no id is used twice. A file that is missing as a whole, or that
// is empty, is an error and not the deletion of every task in it. Cancelling writes `cancelled` into the status of a task that is still
// open.
//
// # Bounds
//
// Symbolic links are not followed out of the folder, and a file that is itself a link is refused. On a file system that ignores
// case, names that differ only by case are one file.
package files

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// batchSize is how many items one Write takes. Removals and changes rewrite a file a batch, and the state writes what it knows of a batch in
// about as many pages for many items as for few, so it is large: so that what is written grows as the number of operations does.
const batchSize = 50_000

// Driver gives the driver for `uses: files`.
func Driver() connector.Driver {
	return connector.Driver{
		Name:  "files",
		Title: "CSV and JSON Lines files in a folder",
		Settings: []connector.Setting{
			{Name: "dir", Help: "the folder, relative to the playbook; made when first written to", Required: true},
		},
		Spec: spec(),
		Open: open,
	}
}

// kinds are the kinds of collections and the folder of each, in the order in which they are listed.
var kinds = []struct{ name, folder string }{
	{"list", "lists"},
	{"audience", "audiences"},
	{"campaign", "campaigns"},
	{"sequence", "sequences"},
	{"program", "programs"},
	{"experience", "experiences"},
}

func spec() connector.Spec {
	s := connector.Spec{
		AnyObject: true, AnyAction: true, AnyRetry: connector.ByKey, Batch: batchSize,
		Tasks: []connector.ActionKind{{Name: taskKind, Retry: connector.ByKey}},
	}
	for _, k := range kinds {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: k.name, AnyField: true})
	}
	return s
}

// desk is one folder. Its methods may be called from several goroutines; they take turns.
type desk struct {
	folder folder
	now    func() time.Time

	turn   chan struct{} // holds one element while a call works
	tables map[string]stored
	boxes  map[string]*outbox
}

func open(o connector.Options) (connector.Connector, error) {
	dir, _ := o.Settings["dir"].(string)
	switch {
	case strings.TrimSpace(dir) == "":
		return nil, errors.New("opening files connector: the setting dir is not the path of a folder")
	case o.Now == nil:
		return nil, errors.New("opening files connector: the options have no clock")
	}
	onDisk := dir
	if !filepath.IsAbs(dir) {
		onDisk = filepath.Join(o.Dir, dir)
	}
	return &desk{
		folder: folder{path: filepath.Clean(onDisk), shown: path.Clean(filepath.ToSlash(dir))},
		now:    o.Now,
		turn:   make(chan struct{}, 1),
		tables: map[string]stored{},
		boxes:  map[string]*outbox{},
	}, nil
}

// Describe tells that six kinds of collections, every object and every action can be written, and that all of it can be read back.
func (d *desk) Describe() connector.Spec { return spec() }

// Normalize trims white space and puts what looks like an e-mail address in lower case.
func (d *desk) Normalize(_, id string) string { return normalize(id) }

func normalize(id string) string {
	id = strings.TrimSpace(id)
	local, domain, ok := strings.Cut(id, "@")
	if !ok || local == "" || strings.Contains(domain, "@") || strings.ContainsFunc(id, notInAddress) {
		return id
	}
	if dot := strings.LastIndexByte(domain, '.'); dot < 1 || dot == len(domain)-1 {
		return id
	}
	return strings.ToLower(id)
}

func notInAddress(r rune) bool { return r <= ' ' || strings.ContainsRune(`,;:/\"<>()`, r) }

// begin waits for the connector's turn. The caller calls the function it gets when the work is done.
func (d *desk) begin(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
