// Package postgres is the connector to a Postgres database (`uses: postgres`), of version 13 or later: its tables are objects, and beside them it keeps collections,
// tasks and what was sent, for other programs to read and for people to work on with SQL.
//
//	company, account, …      objects: any table of the schema, a row a record, known by the column `key`; its columns are the fields
//	playctl_collections      (kind, name): the collections that there are: list, audience, campaign, sequence, program, experience
//	playctl_members          (kind, name, id, fields …): who is in them, with the fields of the membership as a JSON object of texts
//	playctl_outbox           (seq, action, key, id, payload …): what was sent, by an action of any name, in order
//	playctl_tasks            (id, kind, key, status, outcome, answers …): what people were given to do, and what they did
//
// The four tables of playctl are made by the first write that needs them, if the user may; else its error has the statements for somebody who
// may. Tables of objects are never made or changed: a field that has no column is refused.
//
// # Writing
//
// A batch is one transaction. If the database refuses it because of an item (a value that a column does not take, a constraint, a trigger),
// its halves are tried alone, and so on: in the end only the bad items are rejected. A connection that breaks before COMMIT has done nothing;
// after it the items are in doubt.
//
// Ids, keys and names are compared as they are, byte by byte. A text that Postgres can't hold, with a zero byte or not in UTF-8, is rejected.
// An empty text is no value: NULL in a column, unless that is a text that must not be NULL.
//
// # Reading
//
// Any table or view can be read as an entity, also of another schema: `from: dwh.table` with `table: analytics.accounts`. All that is read in
// one run is of one moment, over several connections. A number is a number, an array a list, JSON what it says, bytes the text that they are,
// or else \x00ff; a time without a zone and a date are of the playbook's zone; everything else is text. Where it is only read from,
// `read_only: true` says so: then nothing is asked of the user's rights to write, nor for a primary server.
//
// # Sends and tasks
//
// A key stands once for each action, which a unique index holds: one that comes again is Already, with the first receipt. The retry class is
// therefore [connector.ByKey]. A reader takes rows of playctl_outbox by their seq.
//
// To finish a task, set status to done (or closed, complete, completed, finished, x), outcome to one of outcomes, and answers to a JSON object
// of what is asked; done_at and touched_at may stay NULL. To call it off set status to cancelled, or delete the row. Every other status leaves
// it open.
package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
)

// batchSize is how many items one Write takes: a transaction of that many is quick, and one that is refused is tried in halves. They go as arrays:
// to COPY them into a temporary table first takes 20 times as long for a hundred, a fifth longer for a thousand, and as long for ten thousand.
const batchSize = 10_000

// Driver gives the driver for `uses: postgres`.
func Driver() connector.Driver {
	return connector.Driver{
		Name:  "postgres",
		Title: "tables in a Postgres database",
		Settings: []connector.Setting{
			{Name: "url", Required: true, Secret: true, Help: "where the database is: postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full; what it leaves out " +
				"comes from PGPASSWORD and its like, or ~/.pgpass"},
			{Name: "schema", Help: "the schema of the tables, public unless said otherwise"},
			{Name: "read_only", Help: "true: it is only read from; nothing else is asked of the user's rights then, or of the server"},
			{Name: "key", Help: "the column that tables of objects are known by, id unless said otherwise; it needs a unique index"},
			{Name: "known_by", Help: "by which columns records are known that identity: has no keys of: {company: domain, audience: analytics.people.email}"},
		},
		Spec: spec(),
		Open: open,
	}
}

// taskKind is the kind of task that there is.
const taskKind = "task"

func spec() connector.Spec {
	s := connector.Spec{
		AnyObject: true, AnyRecord: true, Tables: true, AnyAction: true, AnyRetry: connector.ByKey, Batch: batchSize,
		Tasks: []connector.ActionKind{{Name: taskKind, Retry: connector.ByKey}},
	}
	for _, kind := range []string{"list", "audience", "campaign", "sequence", "program", "experience"} {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: kind, AnyField: true})
	}
	return s
}

// desk is one database. Its methods may be called from several goroutines, each of which has a connection of its own.
type desk struct {
	pool   *pool
	schema string
	key    string
	// readOnly: it is only read from.
	readOnly bool
	now      func() time.Time
	own      tables
	kinds    objects
}

func open(o connector.Options) (connector.Connector, error) {
	texts, by := map[string]string{}, map[string]identity(nil)
	for name, value := range o.Settings {
		if name == "known_by" {
			var err error
			if by, err = knownBy(value); err != nil {
				return nil, fmt.Errorf("opening postgres connector: the setting %q: %w", name, err)
			}
			continue
		}
		if b, is := value.(bool); is && name == "read_only" {
			value = strconv.FormatBool(b)
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("opening postgres connector: the setting %q must be a text", name)
		}
		texts[name] = text
	}
	config, err := pg.Config(texts["url"])
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening postgres connector: reading the setting %q: %w", "url", err)
	case o.Now == nil:
		return nil, errors.New("opening postgres connector: the options have no clock")
	}
	for _, name := range []string{"schema", "key"} {
		if len(texts[name]) > 63 || strings.ContainsRune(texts[name], 0) {
			return nil, fmt.Errorf("opening postgres connector: the setting %q is too long for a name of Postgres, of at most 63 bytes", name)
		}
	}
	if only := texts["read_only"]; only != "" && only != "true" && only != "false" {
		return nil, fmt.Errorf("opening postgres connector: the setting %q is %q: write true or false", "read_only", only)
	}
	d := &desk{pool: newPool(config), readOnly: texts["read_only"] == "true", schema: cmp.Or(texts["schema"], "public"), key: cmp.Or(texts["key"], "id"), now: o.Now}
	if len(by) > 0 {
		return &resolving{d, by}, nil
	}
	return d, nil
}

// Describe tells that six kinds of collections, every object and every action can be written, and that all of it can be read back.
func (d *desk) Describe() connector.Spec { return spec() }
