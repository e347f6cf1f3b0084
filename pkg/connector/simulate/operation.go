package simulate

import (
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// verb is what an operation does.
type verb string

// The verbs.
const (
	checks          verb = "check"
	issuesToken     verb = "token"
	listsRecords    verb = "list"
	readsRecords    verb = "read"
	findsRecords    verb = "find"
	updatesRecords  verb = "set"
	findsCollection verb = "find collection"
	namesThem       verb = "names"
	createsOne      verb = "create"
	listsMembers    verb = "members"
	looksUpMembers  verb = "look up members"
	adds            verb = "add"
	removes         verb = "remove"
	updatesMembers  verb = "set members"
	sends           verb = "send"
	looksUpSent     verb = "look up sent"
	createsTask     verb = "task"
	cancelsTask     verb = "cancel"
	pollsTasks      verb = "poll"
	looksUpTasks    verb = "look up tasks"
	prepares        verb = "prepare" // a request before a write
	goesOn          verb = "job"     // a request of a job
)

// operation is one call of a manifest, and what it does here.
type operation struct {
	does   verb
	kind   string // of object, collection, action or task
	shelf  string // the kind under which the collections are kept: of several that the vendor does not tell apart the first
	of     string // the object whose keys are written; "": any
	call   *manifest.Call
	shapes []*shape
	fold   bool       // names of collections have no case
	then   *operation // what it goes before, or after; nil: it stands alone
}

// writes reports whether it is about items.
func (o *operation) writes() bool {
	switch o.does {
	case updatesRecords, adds, removes, updatesMembers, sends, createsTask, cancelsTask:
		return true
	}
	return false
}

// name tells which operation it is, for logs and problems.
func (o *operation) name() string {
	if o.kind == "" {
		return string(o.does)
	}
	return string(o.does) + " " + o.kind
}

// operations gives those of a manifest, in its order.
func operations(m *manifest.Manifest) []*operation {
	var out []*operation
	add := func(does verb, kind, of string, call *manifest.Call) *operation {
		o := &operation{does: does, kind: kind, of: of, call: call}
		if call != nil {
			out = append(append(out, o), beside(o)...)
		}
		return o
	}
	if m.Auth.Token != nil {
		add(issuesToken, "", "", &m.Auth.Token.Call)
	}
	add(checks, "", "", m.Check)
	for _, x := range m.Objects {
		add(listsRecords, x.Name, x.Name, x.List)
		add(readsRecords, x.Name, x.Name, x.Read)
		add(findsRecords, x.Name, x.Name, x.Find)
		add(updatesRecords, x.Name, x.Name, x.Update)
	}
	for _, x := range m.Collections {
		begin := len(out)
		add(findsCollection, x.Name, x.Of, x.Find).fold = x.FoldNames
		add(namesThem, x.Name, x.Of, x.Names)
		add(createsOne, x.Name, x.Of, x.Create).fold = x.FoldNames
		add(listsMembers, x.Name, x.Of, x.Members)
		add(looksUpMembers, x.Name, x.Of, x.Lookup)
		add(adds, x.Name, x.Of, x.Add)
		add(removes, x.Name, x.Of, x.Remove)
		add(updatesMembers, x.Name, x.Of, x.Update)
		for _, o := range out[begin:] {
			o.shelf = shelfOf(m, x.Name)
		}
	}
	for _, x := range m.Actions {
		add(sends, x.Name, x.Of, x.Send)
		add(looksUpSent, x.Name, "", x.Lookup)
	}
	for _, x := range m.Tasks {
		add(createsTask, x.Name, x.Of, x.Create)
		add(cancelsTask, x.Name, "", x.Cancel)
		add(pollsTasks, x.Name, "", x.Poll)
		add(looksUpTasks, x.Name, "", x.Lookup)
	}
	return out
}

// beside gives the operations that are requests before and after that of one.
func beside(o *operation) []*operation {
	var out []*operation
	for _, p := range o.call.Prepare {
		out = append(out, &operation{does: prepares, kind: o.kind, of: o.of, call: &p.Call, then: o})
	}
	if j := o.call.Job; j != nil {
		calls := append([]*manifest.Call{}, j.Steps...)
		if j.Poll != nil {
			calls = append(calls, j.Poll)
		}
		for _, c := range append(calls, j.Results...) {
			out = append(out, &operation{does: goesOn, kind: o.kind, of: o.of, call: c, then: o})
		}
	}
	return out
}

// takes gives what is taken of the answer to a request before a write.
func (o *operation) takes() []manifest.Take {
	if o.does != prepares {
		return nil
	}
	for _, p := range o.then.call.Prepare {
		if &p.Call == o.call {
			return p.Take
		}
	}
	return nil
}

// shelfOf gives the first kind of collection whose collections are found by the same request and answer as those of another.
func shelfOf(m *manifest.Manifest, kind string) string {
	c := m.Collection(kind)
	for _, other := range m.Collections {
		if other == c || c.Find != nil && other.Find != nil && finding(c) == finding(other) {
			return other.Name
		}
	}
	return kind
}

// finding tells how a collection is found.
func finding(c *manifest.Collection) string {
	text := c.Find.Method + " " + c.Find.URL.String()
	for _, p := range c.Find.Query {
		text += " " + p.Name + "=" + p.Value.String()
	}
	for _, p := range []*mapping.Program{c.Find.Body, c.Find.Records, c.Find.ID} {
		if p != nil {
			text += " " + p.String()
		}
	}
	return text
}
