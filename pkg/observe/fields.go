package observe

import (
	"context"
	"errors"

	"github.com/playctl/playctl/pkg/connector"
)

// fields reads what stands in the fields of records, or of memberships where the place has a name. That a connector can't read back the
// fields of memberships says nothing of who is in the collection, and is not noted as blind: there are no Fields then.
func (r *reader) fields(ctx context.Context, p connector.Place, q *question) {
	c := r.open[p.Connector]
	var values map[string]map[string]string
	var err error
	if p.Name == "" {
		source, ok := connector.As[connector.FieldReader](c)
		if !ok {
			r.cannot(p, c)
			return
		}
		values, err = source.Fields(ctx, p.Kind, q.ids, q.fields)
	} else {
		source, ok := connector.As[connector.MembershipFieldReader](c)
		if !ok {
			return
		}
		values, err = source.MembershipFields(ctx, p.Collection, q.ids, q.fields)
	}
	byID := make(map[string]map[string]string, len(values))
	for id, v := range values {
		byID[connector.Normalize(c, p.Kind, id)] = v
	}
	r.set(func(f *connector.Facts) {
		switch {
		case errors.Is(err, connector.ErrNoCollection): // which its members tell, or which is yet to be made
			f.Fields[p] = map[string]map[string]string{}
		case err != nil:
			f.Failed[p] = err
		default:
			f.Fields[p] = byID
		}
	})
}
