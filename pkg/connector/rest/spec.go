package rest

import (
	"fmt"
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
		s.Collections = append(s.Collections, connector.CollectionKind{Name: c.Name, Fields: c.Fields, AnyField: c.AnyField, OpaqueIDs: c.OpaqueIDs, Settle: c.Settle, WriteOnly: c.Members == nil})
	}
	for _, o := range m.Objects {
		if o.List != nil {
			s.Records = append(s.Records, o.Name)
		}
		if o.Update == nil {
			continue
		}
		kind := connector.ObjectKind{Name: o.Name}
		for _, f := range o.Fields {
			if !f.ReadOnly && !o.AnyField {
				kind.Fields = append(kind.Fields, f.Name)
			}
		}
		s.Objects = append(s.Objects, kind)
	}
	for _, a := range m.Actions {
		s.Actions = append(s.Actions, connector.ActionKind{Name: a.Name, Retry: a.Send.Retry, Batch: batchOf(a.Send), Settle: a.Settle})
	}
	for _, t := range m.Tasks {
		s.Tasks = append(s.Tasks, connector.ActionKind{Name: t.Name, Retry: t.Create.Retry, Batch: batchOf(t.Create), Settle: t.Settle})
	}
	for _, l := range m.Limits {
		s.Limits = append(s.Limits, limitInWords(l))
	}
	return s
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
