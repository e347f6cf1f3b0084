package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Schema gives the JSON Schema of manifests, for editors. It is made of the tables by which manifests are read: a reader that is asked for it (sketch)
// walks through all of them once, and each of its functions notes what it would have read. What goes together, and what expressions may speak of, only
// reading tells.
func Schema() ([]byte, error) {
	env, err := mapping.NewEnv()
	if err != nil {
		return nil, err
	}
	r := &reader{env: env, sketch: &sketch{}}
	r.root(&Manifest{}, document.Node{})
	root := r.sketch.is
	d := &definitions{seen: map[string]int{}, names: map[string]string{}, all: map[string]any{}}
	d.count(root)
	for name, property := range root["properties"].(map[string]any) {
		root["properties"].(map[string]any)[name] = d.named(property)
	}
	root["$schema"], root["$id"], root["title"] = "https://json-schema.org/draft/2020-12/schema", "https://playctl.dev/schemas/manifest.schema.json", "A manifest of playctl: how a vendor's API is spoken"
	root["required"], root["$defs"] = []string{"connector", "base"}, d.all
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

// sketch is what a reader notes in place of reading: the schema of what it was asked for last.
type sketch struct{ is map[string]any }

// sketched notes a schema, if that is what the reader is for.
func (r *reader) sketched(schema map[string]any) bool {
	if r.sketch != nil {
		r.sketch.is = schema
	}
	return r.sketch != nil
}

// of has a function note what it reads.
func (s *sketch) of(read func(document.Node)) map[string]any {
	s.is = map[string]any{}
	read(document.Node{})
	return s.is
}

// object notes a mapping whose keys are all known.
func (s *sketch) object(what string, known keys) {
	properties := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		properties[name] = s.of(known[name])
	}
	s.is = map[string]any{"type": "object", "title": strings.TrimSuffix(what, " NAME"), "properties": properties, "additionalProperties": false}
}

// The schemas of what is no mapping.
func scalar(words string) map[string]any {
	return map[string]any{"type": []string{"string", "number", "boolean"}, "description": words}
}

func whole() map[string]any { return map[string]any{"type": "integer", "minimum": 1} }

func truth() map[string]any { return map[string]any{"type": "boolean"} }

func length() map[string]any {
	return map[string]any{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^[0-9]+d$`, "description": "500ms, 10s, 1m, 24h or 7d"}
}

func oneOf(words []string) map[string]any { return map[string]any{"enum": words} }

func listOf(item map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": item}
}

func namesOf(value map[string]any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": value}
}

// definitions takes the schemas that stand in several places out to one.
type definitions struct {
	seen  map[string]int
	names map[string]string
	all   map[string]any
}

func key(schema any) string {
	text, err := json.Marshal(schema)
	if err != nil {
		panic(err) // it is made of maps and texts
	}
	return string(text)
}

// count counts objects.
func (d *definitions) count(schema any) {
	switch x := schema.(type) {
	case map[string]any:
		if x["type"] == "object" {
			d.seen[key(x)]++
		}
		for _, v := range x {
			d.count(v)
		}
	case []any:
		for _, v := range x {
			d.count(v)
		}
	}
}

// named gives a schema with references for the parts that others have too.
func (d *definitions) named(schema any) any {
	x, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	own := key(x)
	out := map[string]any{}
	for name, v := range x {
		if name == "properties" {
			properties := map[string]any{}
			for p, of := range v.(map[string]any) {
				properties[p] = d.named(of)
			}
			v = properties
		} else {
			v = d.named(v)
		}
		out[name] = v
	}
	if x["type"] != "object" || d.seen[own] < 2 || len(own) < 200 {
		return out
	}
	if d.names[own] == "" {
		d.names[own] = d.free(fmt.Sprint(x["title"]))
		d.all[d.names[own]] = out
	}
	return map[string]any{"$ref": "#/$defs/" + d.names[own]}
}

// free gives a name for a definition.
func (d *definitions) free(title string) string {
	title = strings.ReplaceAll(title, " ", "_")
	name := title
	for n := 2; d.all[name] != nil; n++ {
		name = fmt.Sprintf("%s_%d", title, n)
	}
	return name
}
