package manifest

import (
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// checkObjects holds that the objects that others name are there.
func (r *reader) checkObjects(m *Manifest, n document.Node) {
	var known []string
	for _, o := range m.Objects {
		known = append(known, o.Name)
	}
	for _, kind := range []string{"collections", "actions", "tasks"} {
		for _, f := range n.Get(kind).Fields() {
			r.checkObject(m, f.Value.Get("of"), known)
			for _, person := range f.Value.Get("people").Fields() {
				r.checkObject(m, person.Value, known)
			}
		}
	}
}

func (r *reader) checkObject(m *Manifest, n document.Node, known []string) {
	if n.Kind() != document.Scalar || m.Object(n.Text()) != nil {
		return
	}
	hint := diag.Suggest(n.Text(), known)
	if hint == "" {
		hint = "write it below objects:"
	}
	r.fail(n, hint, "there is no object %q", n.Text())
}

// checkKey holds that a vendor who is to know a repeat by the effect's key, or to be asked for it by that, is given it.
func (r *reader) checkKey(c *Call) {
	if requestOf(c.At).of("key") {
		return
	}
	switch at := c.At.Get("retry"); {
	case c.Retry == connector.ByKey:
		r.fail(at, "send item.key with it, as in headers: {Idempotency-Key: '${item.key}'}, or write retry: never", "retry: key, and the request does not have the effect's key: what is repeated would be done twice")
	case c.Retry == connector.Lookup:
		r.fail(at, "send item.key with it, in a field by which lookup: finds it, or write retry: never", "retry: lookup, and the request does not have the effect's key: lookup: can't find what was made")
	}
}

// checkBatch holds that a request of many is not made of the first.
func (r *reader) checkBatch(c *Call) {
	if c.Batch > 1 && len(c.Prepare) == 0 && requestOf(c.At).names("item") {
		r.fail(c.At.Get("batch"), "write keys, or items.map(i, …) and i for item; or leave batch: out", "up to %d go into one request, which speaks of item: that is only the first of them", c.Batch)
	}
}

// checkAddress holds that what is done with a collection says which it is.
func (r *reader) checkAddress(c *Collection) {
	if c.Find == nil {
		return
	}
	for _, call := range []struct {
		what string
		of   *Call
	}{{"members of", c.Members}, {"add to", c.Add}, {"remove from", c.Remove}} {
		if call.of == nil || call.of.Method == "" {
			continue
		}
		if s := requestOf(call.of.At); !s.names("id") && !s.names("name") && !s.of("membership") {
			r.fail(call.of.At, "speak of id, which find: gives, as in /lists/${id}/members", "%s %s does not say which %s: its request has no id", call.what, c.Name, c.Name)
		}
	}
}
