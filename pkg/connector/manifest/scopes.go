package manifest

import (
	"slices"

	"github.com/playctl/playctl/pkg/expr/mapping"
)

// What the expressions of an operation may speak of, beside settings, api, now and auth: see README.md, which a test holds against this.
var (
	// requested is what an answer's expressions know of the request.
	answered = mapping.Scope{{Name: "status", Type: mapping.Int}, {Name: "headers", Type: mapping.Object}, {Name: "json", Type: mapping.Any}, {Name: "text", Type: mapping.Text}}
	prepared = mapping.Variable{Name: "prepared", Type: mapping.Object}
	jobs     = mapping.Scope{{Name: "job", Type: mapping.Any}, {Name: "job_headers", Type: mapping.Object}}
	ended    = mapping.Variable{Name: "ended", Type: mapping.Any}
	entry    = mapping.Scope{{Name: "it", Type: mapping.Any}, {Name: "index", Type: mapping.Int}}
	paged    = mapping.Scope{{Name: "cursor", Type: mapping.Any}, {Name: "from", Type: mapping.Any}, {Name: "seen", Type: mapping.Any}, {Name: "page", Type: mapping.Any}} // numbers; so that one of them or null can be a cursor
	asked    = mapping.Scope{{Name: "request.method", Type: mapping.Text}, {Name: "request.path", Type: mapping.Text}, {Name: "request.url", Type: mapping.Text},
		{Name: "request.query", Type: mapping.Object}, {Name: "request.body", Type: mapping.Any}, {Name: "request.text", Type: mapping.Text}, {Name: "request.items", Type: mapping.Int}}
)

// The scopes of operations.
var (
	ofRecords    = mapping.Scope{{Name: "object", Type: mapping.Text}, {Name: "fields", Type: mapping.Texts}}
	ofSince      = ofRecords.With(mapping.Variable{Name: "since", Type: mapping.Any})
	ofKeys       = ofRecords.With(mapping.Variable{Name: "keys", Type: mapping.Texts})
	ofFinding    = ofRecords.With(mapping.Variable{Name: "field", Type: mapping.Text}, mapping.Variable{Name: "values", Type: mapping.Texts})
	ofItems      = mapping.Scope{{Name: "items", Type: mapping.List}, {Name: "item", Type: mapping.Any}, {Name: "keys", Type: mapping.Texts}}
	ofUpdates    = ofItems.With(mapping.Variable{Name: "object", Type: mapping.Text})
	ofNaming     = mapping.Scope{{Name: "kind", Type: mapping.Text}, {Name: "name", Type: mapping.Text}}
	ofKind       = mapping.Scope{{Name: "kind", Type: mapping.Text}}
	ofCollection = ofNaming.With(mapping.Variable{Name: "id", Type: mapping.Any})
	ofMembers    = ofCollection.With(mapping.Variable{Name: "fields", Type: mapping.Texts})
	ofMembership = ofCollection.With(mapping.Variable{Name: "keys", Type: mapping.Texts})
	ofWriting    = slices.Concat(ofCollection, ofItems)
	ofEffects    = mapping.Scope{{Name: "keys", Type: mapping.Texts}}
	ofNothing    = mapping.Scope{}
)
