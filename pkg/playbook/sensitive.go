package playbook

import (
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// checkSensitive holds that sensitive fields are there, that their values can be told from others, and that no record is named by one.
func (r *reader) checkSensitive(e *Entity, value document.Node) {
	at := items(r.get(value, "sensitive"))
	for i, name := range e.Sensitive {
		switch f := e.Field(name); {
		case name == "" || f == nil && e.MayHave(name) || f != nil && f.Unread:
		case f == nil:
			r.fail(at[i], diag.Suggest(name, e.FieldNames()), "%s has no field %q to be sensitive", e.Name, name)
		case name == e.Key:
			r.fail(at[i], "give records a key of their own, that says nothing of them", "%s is the key of %s, by which plans and the state name its records: it can't be sensitive", name, e.Name)
		case !isText(f.Type):
			r.fail(at[i], "leave it out: only text can be told from what else is shown", "%s is %s, and only string and list(string) can be sensitive", name, f.Type)
		case slices.Index(e.Sensitive, name) < i:
			r.fail(at[i], "leave one out", "%s is there twice", name)
		}
	}
}

// isText reports whether a field holds text.
func isText(t frame.Type) bool {
	return t.Kind == frame.String || t.Kind == frame.List && t.Elem.Kind == frame.String
}

// IsSensitive reports whether a field's values are taken out of whatever is shown.
func (e *Entity) IsSensitive(field string) bool { return slices.Contains(e.Sensitive, field) }
