package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// spec is an official spec of a vendor's API.
type spec struct{ router routers.Router }

// readSpec reads testdata/specs/NAME.json. Its paths are those below prefix: "/api" for Slack.
func readSpec(t *testing.T, name, prefix string) spec {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "specs", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parseSpec(data)
	if err != nil {
		t.Fatalf("reading the spec of %s: %v", name, err)
	}
	doc.Servers = nil
	if prefix != "" {
		doc.Servers = openapi3.Servers{{URL: prefix}}
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatalf("reading the spec of %s: %v", name, err)
	}
	return spec{router}
}

// parseSpec reads OpenAPI 3, and Swagger 2.0, which it converts.
func parseSpec(data []byte) (*openapi3.T, error) {
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err == nil && old.Swagger == "2.0" {
		doc, err := openapi2conv.ToV3(&old)
		if err != nil {
			return nil, err
		}
		return doc, openapi3.NewLoader().ResolveRefsIn(doc, nil)
	}
	return openapi3.NewLoader().LoadFromData(data)
}

// sent is a request as it was sent.
type sent struct {
	op      string // for what
	request *http.Request
	body    []byte
}

// operation gives the spec's name of a request, and what the specs have against it.
func (s sent) check(specs []spec) (operation string, against []string) {
	for _, sp := range specs {
		r := s.clone()
		route, params, err := sp.router.FindRoute(r)
		if err != nil {
			continue
		}
		operation = r.Method + " " + route.Path
		input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, QueryParams: r.URL.Query(), Options: &openapi3filter.Options{
			MultiError: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true, AuthenticationFunc: hasAuthorization}}
		against = reasons(openapi3filter.ValidateRequest(context.Background(), input))
		return operation, append(against, s.undeclared(route.PathItem, route.Operation)...)
	}
	return s.request.Method + " " + s.request.URL.Path, []string{"there is no such operation"}
}

func (s sent) clone() *http.Request {
	r := s.request.Clone(context.Background())
	r.URL.Scheme, r.URL.Host = "", "" // wherever it is served
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(s.body)), int64(len(s.body))
	return r
}

func hasAuthorization(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if in.RequestValidationInput.Request.Header.Get("Authorization") == "" {
		return errors.New("no Authorization")
	}
	return nil
}

// reasons gives what kin-openapi says, a line each, without the schemas and values that it adds.
func reasons(err error) []string {
	var many openapi3.MultiError
	if err == nil {
		return nil
	}
	if list, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // one that wraps a list is one reason, or says more than it
		many = list
	}
	if many == nil {
		var request *openapi3filter.RequestError
		if errors.As(err, &request) && request.RequestBody != nil {
			var inner openapi3.MultiError
			if errors.As(request.Err, &inner) {
				return reasons(inner)
			}
		}
		var schema *openapi3.SchemaError
		if errors.As(err, &schema) && (request == nil || request.Parameter == nil) {
			return []string{fmt.Sprintf("body /%s: %s", strings.Join(schema.JSONPointer(), "/"), schema.Reason)}
		}
		line, _, _ := strings.Cut(err.Error(), "\n")
		return []string{line}
	}
	var out []string
	for _, e := range many {
		out = append(out, reasons(e)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// undeclared gives what a request has that the spec does not name: kin-openapi lets that pass, and vendors ignore it, or misspelt it is ours.
func (s sent) undeclared(item *openapi3.PathItem, op *openapi3.Operation) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.request.URL.Query())) {
		if op.Parameters.GetByInAndName("query", name) == nil && item.Parameters.GetByInAndName("query", name) == nil && !declaredDeep(op, name) {
			out = append(out, fmt.Sprintf("query %q is not in the spec", name))
		}
	}
	if op.RequestBody == nil || len(s.body) == 0 {
		return out
	}
	kind, _, _ := strings.Cut(s.request.Header.Get("Content-Type"), ";")
	media := op.RequestBody.Value.Content.Get(kind)
	if media == nil || media.Schema == nil {
		return out
	}
	for _, path := range undeclaredIn(media.Schema.Value, s.value(kind), "") {
		out = append(out, "body "+path+" is not in the spec")
	}
	return out
}

// declaredDeep reports whether name, as a[b], is a property of a parameter a that is an object.
func declaredDeep(op *openapi3.Operation, name string) bool {
	object, _, deep := strings.Cut(name, "[")
	return deep && op.Parameters.GetByInAndName("query", object) != nil
}

// value gives the body as JSON has it.
func (s sent) value(kind string) any {
	if strings.Contains(kind, "json") {
		var v any
		_ = json.Unmarshal(s.body, &v)
		return v
	}
	form, _ := url.ParseQuery(string(s.body))
	out := map[string]any{}
	for name := range form {
		out[name] = form.Get(name)
	}
	return out
}

// undeclaredIn gives the paths of the properties of a value that a schema does not name.
func undeclaredIn(schema *openapi3.Schema, value any, path string) []string {
	switch v := value.(type) {
	case []any:
		var out []string
		for _, x := range v {
			if schema.Items != nil {
				out = append(out, undeclaredIn(schema.Items.Value, x, path+"/*")...)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	case map[string]any:
		var out []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(out, undeclaredAt(schema, name, v[name], path+"/"+name)...)
		}
		return out
	}
	return nil
}

// undeclaredAt looks for a property in a schema and in those that it is made of; with several that may be meant, the one that says least against it counts.
func undeclaredAt(schema *openapi3.Schema, name string, value any, path string) []string {
	if p := schema.Properties[name]; p != nil {
		return undeclaredIn(p.Value, value, path)
	}
	parts := slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf)
	extra := schema.AdditionalProperties
	switch {
	case extra.Schema != nil:
		return undeclaredIn(extra.Schema.Value, value, path)
	case extra.Has != nil && *extra.Has, len(schema.Properties) == 0 && len(parts) == 0:
		return nil
	}
	least := []string{path}
	for _, part := range parts {
		if got := undeclaredAt(part.Value, name, value, path); len(got) == 0 {
			return nil
		}
	}
	return least
}
