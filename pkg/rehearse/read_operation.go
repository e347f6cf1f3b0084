package rehearse

import (
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// operationVerbs are the words that operations begin with.
var operationVerbs = map[string]Operation{
	"keep": {Verb: connector.Add, Keep: true}, "add": {Verb: connector.Add}, "remove": {Verb: connector.Remove},
	"remove_any": {Verb: connector.Remove, Any: true}, "set": {Verb: connector.Set}, "send": {Verb: connector.Send},
	"task": {Verb: connector.Task}, "cancel": {Verb: connector.Cancel},
}

// payloadKeys are fields of a message or a task that may stand beside the verb.
var payloadKeys = []string{connector.TaskTitle, connector.TaskAssignee, connector.TaskRole, "to", "text"}

// operations reads what must be in a plan.
func (r *reader) operations(n document.Node, into *Expect) {
	if n.Kind() != document.List {
		r.fail(n, "write [{keep: ads.audience, key: a1}]", "expected a list of operations, found %s", found(n))
		return
	}
	for _, item := range n.Items() {
		into.Operations = append(into.Operations, r.operation(item)...)
	}
}

// operation reads one operation, one for each key of a list.
func (r *reader) operation(n document.Node) []Operation {
	var o Operation
	verbs := 0
	records := []Key{{}}
	known := keys{
		"name":   func(n document.Node) { r.text(&o.Name)(n) },
		"key":    func(n document.Node) { records = r.keys(n) },
		"play":   func(n document.Node) { r.text(&o.Play)(n); r.play(n) },
		"step":   func(n document.Node) { r.text(&o.Step)(n); r.stepName(n, 0) },
		"fields": func(n document.Node) { r.payload(n, &o) },
	}
	for _, name := range payloadKeys {
		known[name] = func(n document.Node) { o.field(name, n.Value()) }
	}
	for word, verb := range operationVerbs {
		known[word] = func(n document.Node) {
			verbs++
			o.Verb, o.Keep, o.Any = verb.Verb, verb.Keep, verb.Any
			o.Target, _ = r.target(n)
		}
	}
	before := len(r.problems)
	r.mapping(n, "an operation", known)
	if verbs != 1 && len(r.problems) == before && n.Kind() == document.Map {
		words := slices.Sorted(maps.Keys(operationVerbs))
		r.fail(n, diag.Suggest("", words), "expected one verb and its target, such as keep: ads.audience")
	}
	o.At = n
	out := make([]Operation, len(records))
	for i, k := range records {
		out[i] = o
		out[i].Record = k
	}
	return out
}

// payload reads fields that an operation must have.
func (r *reader) payload(n document.Node, o *Operation) {
	r.each(n, "fields and their values", func(name, value document.Node) { o.field(name.Text(), value.Value()) })
}

func (o *Operation) field(name string, value any) {
	if o.Fields == nil {
		o.Fields = map[string]any{}
	}
	o.Fields[name] = value
}
