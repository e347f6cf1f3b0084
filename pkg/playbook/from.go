package playbook

import (
	"cmp"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// From says which object of a connector an entity's records are read from. The zero value: from a file.
type From struct {
	Connector string // crm
	Object    string // as `from:` has it: company, or table, which `table:` names
	Table     string // `table:`; "" where there is none
	At        document.Node
	TableAt   document.Node
}

// Reads gives the object that the connector is asked for.
func (f From) Reads() string { return cmp.Or(f.Table, f.Object) }

// Origin names in words where an entity's records come from: data/accounts.csv, crm.company, dwh.table analytics.accounts.
func (e *Entity) Origin() string {
	switch f := e.From; {
	case f.Connector == "":
		return e.File
	case f.Table != "":
		return f.Connector + "." + f.Object + " " + f.Table
	default:
		return f.Connector + "." + f.Object
	}
}

// tableObject is the object by which `from:` says that `table:` names it.
const tableObject = "table"

// from reads which object of a connector an entity is read from.
func (r *reader) from(e *Entity, n document.Node) {
	e.From.At = n
	parts := targetPattern.FindStringSubmatch(n.Text())
	if n.Kind() != document.Scalar || parts == nil {
		r.fail(n, "write from: "+r.anyConnector()+"."+cmp.Or(e.Name, "company"), "expected CONNECTOR.OBJECT, found %s", found(n))
		return
	}
	e.From.Connector, e.From.Object = parts[1], parts[2]
	if name := parts[1]; r.book.Connector(name) == nil && !r.lost("connectors", "connector", name) {
		r.failIn(n, 0, len(name), diag.Suggest(name, r.connectorNames()), "there is no connector %q", name)
	}
}

// checkOrigin holds that an entity says in one way where its records come from.
func (r *reader) checkOrigin(e *Entity, value document.Node) {
	file, from, table := r.get(value, "file"), r.get(value, "from"), r.get(value, "table")
	switch {
	case file.Exists() && from.Exists():
		r.fail(from, "keep one of them", "expected one of file and from in entity %s, found both", e.Name)
	case !file.Exists() && !from.Exists():
		r.fail(e.At, "write file: data/"+pluralOf(e.Name)+".csv, or from: "+r.anyConnector()+"."+e.Name, "entity %s does not say where its records come from", e.Name)
	case table.Exists() && (!from.Exists() || e.From.Object != "" && e.From.Object != tableObject):
		r.fail(table, "write from: "+cmp.Or(e.From.Connector, r.anyConnector())+".table", "a table is read with from: CONNECTOR.table")
	case table.Exists() && e.From.Table == "" && table.Kind() == document.Scalar:
		r.fail(table, "write table: analytics."+pluralOf(e.Name), "expected the name of a table, found nothing")
	}
	r.checkFresh(e, value)
}

// checkFresh holds that the age of records can be told: a file has one, what a connector has must have a field for it.
func (r *reader) checkFresh(e *Entity, value document.Node) {
	by, lost := e.Fresh.By, slices.Contains(r.maybes[e.Name], AnyName) || !r.get(value, "fields").Exists()
	switch f := e.Field(by); {
	case by == "" && e.From.Connector != "" && e.Fresh.Within > 0:
		r.warn(e.Fresh.At, "name the field with the time at which a record was written: fresh: {within: 24h, by: loaded_at}",
			"how old the records of %s are is not known, and so they are never too old", e.Origin())
	case by == "":
	case e.From.Connector == "":
		r.fail(e.Fresh.ByAt, "leave it out", "a file is as old as its last change, whatever its records say")
	case f == nil && !lost:
		r.fail(e.Fresh.ByAt, diag.Suggest(by, e.FieldNames()), "%s has no field %q by which it may be fresh", e.Name, by)
	case f != nil && !f.Unread && f.Type.Kind != frame.Time:
		r.fail(f.At, "declare it as timestamp", "expected the field by which %s is fresh to be timestamp, found %s", e.Name, f.Type)
	}
}
