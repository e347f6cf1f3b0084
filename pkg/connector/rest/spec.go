package rest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
)

// atOnce is how many requests of one write are under way at the same time at the most, where a vendor says no less.
const atOnce = 8

// specOf describes what a manifest offers.
func specOf(m *manifest.Manifest) connector.Spec {
	s := connector.Spec{Batch: 1000, Shared: true}
	for _, c := range m.Collections {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: c.Name, Fields: c.Fields, AnyField: c.AnyField, OpaqueIDs: c.OpaqueIDs, Settle: c.Settle, WriteOnly: c.Members == nil,
			KnownBy: knownBy(m, c.Of), PerRequest: perRequest(c.Add)})
	}
	for _, o := range m.Objects {
		if o.List != nil {
			s.Records = append(s.Records, o.Name)
		}
		for _, f := range o.Fields {
			s.Fields = append(s.Fields, connector.FieldKind{Object: o.Name, Name: f.Name, Type: f.Type, Help: f.Help, ReadOnly: f.ReadOnly || o.Update == nil})
		}
		if o.Update == nil {
			continue
		}
		kind := connector.ObjectKind{Name: o.Name, KnownBy: knownBy(m, o.Name), PerRequest: perRequest(o.Update)}
		for _, f := range o.Fields {
			if !f.ReadOnly && !o.AnyField {
				kind.Fields = append(kind.Fields, f.Name)
			}
		}
		s.Objects = append(s.Objects, kind)
	}
	for _, a := range m.Actions {
		s.Actions = append(s.Actions, connector.ActionKind{Name: a.Name, Retry: a.Send.Retry, Batch: batchOf(a.Send), Settle: a.Settle, KnownBy: knownBy(m, a.Of), PerRequest: perRequest(a.Send)})
	}
	for _, t := range m.Tasks {
		s.Tasks = append(s.Tasks, connector.ActionKind{Name: t.Name, Retry: t.Create.Retry, Batch: batchOf(t.Create), Settle: t.Settle, KnownBy: knownBy(m, t.Of), PerRequest: perRequest(t.Create)})
	}
	for _, l := range m.Limits {
		s.Limits = append(s.Limits, limitInWords(l))
	}
	return s
}

// knownBy names what an identity of an object's records may be, its own id last.
func knownBy(m *manifest.Manifest, object string) []string {
	o := m.Object(object)
	if o == nil {
		return nil
	}
	var out []string
	for _, i := range o.Identities {
		name := i.Field
		switch {
		case name != "":
		case i.When != nil && strings.Contains(i.When.String(), `"@"`):
			name = "email"
		default:
			continue // another spelling of its id
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return append(out, "id")
}

// perRequest gives how many items go into one request.
func perRequest(call *manifest.Call) int {
	if call == nil {
		return 0
	}
	return max(1, call.Batch)
}

// batchOf gives how many effects go into one write. What can't be asked for after a crash goes in as few as are under way at once.
func batchOf(call *manifest.Call) int {
	most := max(1, call.Batch)
	if call.Retry == connector.Never {
		return max(most, atOnce)
	}
	return max(most, 100)
}

func limitInWords(l manifest.Limit) string {
	var b strings.Builder
	if l.AtOut > 0 {
		fmt.Fprintf(&b, "%d requests at once", l.AtOut)
	} else {
		unit := "requests"
		if l.Cost != nil {
			unit = "points"
		}
		fmt.Fprintf(&b, "%d %s in %s", l.Rate, unit, short(l.Per))
	}
	if l.By != nil {
		fmt.Fprintf(&b, " for each %s", l.By)
	}
	if l.Match != nil {
		fmt.Fprintf(&b, ", where %s", l.Match)
	}
	return b.String()
}

// short writes a duration as manifests do.
func short(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%u.of == 0 {
			return fmt.Sprintf("%d%s", d/u.of, u.name)
		}
	}
	return d.String()
}
