package source

import (
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Empty gives the frame of entities without any records, for checks that need no data.
func Empty(entities []*playbook.Entity) *frame.Frame {
	builders := make([]*frame.Builder, len(entities))
	for i, e := range entities {
		builders[i] = newTable(e, Request{}).builder
	}
	return frame.Link(builders)
}
