package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
)

// protocol is the version of README.md.
const protocol = 1

// The methods, beside describe and cancel, with the powers that they are.
var methods = map[string]any{
	"check": nil, "check_collection": (*connector.CollectionChecker)(nil), "members": (*connector.MemberReader)(nil), "collections": (*connector.Lister)(nil),
	"memberships_of": (*connector.MembershipReader)(nil), "fields": (*connector.FieldReader)(nil), "membership_fields": (*connector.MembershipFieldReader)(nil),
	"resolve": (*connector.Resolver)(nil), "records": (*connector.RecordReader)(nil), "write": (*connector.Writer)(nil), "tasks": (*connector.TaskReader)(nil),
	"lookup": (*connector.Looker)(nil), "create": (*connector.Creator)(nil), "normalize": (*connector.Normalizer)(nil),
}

// description is what a plug-in says of itself.
type description struct {
	Protocol    int       `json:"protocol"`
	Title       string    `json:"title"`
	Docs        string    `json:"docs"`
	Version     string    `json:"version"`
	Methods     []string  `json:"methods"`
	Concurrency int       `json:"concurrency"`
	Settings    []setting `json:"settings"` // nil: any

	Collections []collectionKind `json:"collections"`
	Objects     []objectKind     `json:"objects"`
	AnyObject   bool             `json:"any_object"`
	Records     []string         `json:"records"`
	Actions     []actionKind     `json:"actions"`
	AnyAction   bool             `json:"any_action"`
	AnyRetry    retry            `json:"any_retry"`
	Tasks       []actionKind     `json:"tasks"`
	Batch       int              `json:"batch"`
	Limits      []string         `json:"limits"`
}

type (
	setting struct {
		Name     string `json:"name"`
		Help     string `json:"help"`
		Required bool   `json:"required"`
		Secret   bool   `json:"secret"`
	}
	collectionKind struct {
		Name      string   `json:"name"`
		Fields    []string `json:"fields"`
		AnyField  bool     `json:"any_field"`
		WriteOnly bool     `json:"write_only"`
		OpaqueIDs bool     `json:"opaque_ids"`
	}
	objectKind struct {
		Name   string   `json:"name"`
		Fields []string `json:"fields"`
	}
	actionKind struct {
		Name  string `json:"name"`
		Retry retry  `json:"retry"`
	}
)

// retry is a retry class as it is written.
type retry struct{ connector.Retry }

var retries = map[string]connector.Retry{"": connector.Never, "never": connector.Never, "lookup": connector.Lookup, "key": connector.ByKey, "safe": connector.Safe}

// UnmarshalJSON reads the word.
func (r *retry) UnmarshalJSON(raw []byte) error {
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return err
	}
	class, ok := retries[word]
	if !ok {
		return fmt.Errorf("the retry class %q is none of never, lookup, key and safe", word)
	}
	r.Retry = class
	return nil
}

// readDescription reads what a plug-in says of itself, and holds the settings against it.
func readDescription(raw json.RawMessage, given map[string]any) (*description, error) {
	d := &description{}
	if err := strictly(raw, d); err != nil {
		return nil, fmt.Errorf("its answer can't be read: %w", err)
	}
	if d.Protocol != protocol {
		return nil, fmt.Errorf("it speaks protocol %d, and this playctl protocol %d", d.Protocol, protocol)
	}
	if d.Concurrency == 0 {
		d.Concurrency = 1
	}
	if d.Batch == 0 {
		d.Batch = defaultBatch
	}
	return d, errors.Join(d.checkNumbers(), d.checkMethods(), d.checkKinds(), d.checkSettings(given))
}

func (d *description) checkNumbers() error {
	if d.Batch < 0 || d.Concurrency < 0 || d.Concurrency > 64 {
		return fmt.Errorf("it describes batches of %d and %d calls at once: batch is above 0, concurrency 1 to 64", d.Batch, d.Concurrency)
	}
	return nil
}

func (d *description) checkMethods() error {
	for _, m := range d.Methods {
		if _, ok := methods[m]; !ok && m != "describe" {
			return fmt.Errorf("it describes a method %q that there is not%s", m, near(m, slices.Collect(maps.Keys(methods))))
		}
	}
	lookups := d.AnyAction && d.AnyRetry.Retry == connector.Lookup
	for _, a := range slices.Concat(d.Actions, d.Tasks) {
		lookups = lookups || a.Retry.Retry == connector.Lookup
	}
	if lookups && !d.can("lookup") {
		return errors.New("it describes the retry class lookup and has no method lookup")
	}
	return nil
}

// checkKinds refuses kinds without a name, and those that come twice.
func (d *description) checkKinds() error {
	for of, names := range map[string][]string{"collection": named(d.Collections), "object": named(d.Objects), "action": named(d.Actions), "task": named(d.Tasks)} {
		slices.Sort(names)
		for i, name := range names {
			if name == "" || i > 0 && names[i-1] == name {
				return fmt.Errorf("it describes a kind of %s that has no name, or one that comes twice: %q", of, name)
			}
		}
	}
	return nil
}

func (k collectionKind) name() string { return k.Name }
func (k objectKind) name() string     { return k.Name }
func (k actionKind) name() string     { return k.Name }

func named[K interface{ name() string }](kinds []K) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name())
	}
	return names
}

// checkSettings holds the settings against those that the plug-in knows, if it says which.
func (d *description) checkSettings(given map[string]any) error {
	if d.Settings == nil {
		return nil
	}
	var known []string
	for _, s := range d.Settings {
		known = append(known, s.Name)
		if given[s.Name] == nil && s.Required {
			return fmt.Errorf("it needs the setting %q: %s", s.Name, s.Help)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("it has no setting %q%s", name, near(name, known))
		}
	}
	return nil
}

func near(name string, known []string) string {
	if n := diag.Nearest(name, known); n != "" {
		return fmt.Sprintf(" (did you mean %q?)", n)
	}
	return ""
}

// can reports whether the plug-in has a method.
func (d *description) can(method string) bool { return slices.Contains(d.Methods, method) }

// has reports whether the plug-in has a power: by its methods, of those powers that are methods.
func (d *description) has(power any) bool {
	if power == (*connector.Introducer)(nil) {
		return true
	}
	for method, is := range methods {
		if is == power {
			return d.can(method)
		}
	}
	return false
}

// spec gives the description in the words of the contract.
func (d *description) spec() connector.Spec {
	s := connector.Spec{Shared: true, AnyObject: d.AnyObject, Records: d.Records, AnyRecord: d.can("records") && d.Records == nil, AnyAction: d.AnyAction, AnyRetry: d.AnyRetry.Retry, Batch: d.Batch, Limits: d.Limits}
	for _, k := range d.Collections {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: k.Name, Fields: k.Fields, AnyField: k.AnyField, WriteOnly: k.WriteOnly, OpaqueIDs: k.OpaqueIDs})
	}
	for _, k := range d.Objects {
		s.Objects = append(s.Objects, connector.ObjectKind{Name: k.Name, Fields: k.Fields})
	}
	for _, k := range d.Actions {
		s.Actions = append(s.Actions, connector.ActionKind{Name: k.Name, Retry: k.Retry.Retry})
	}
	for _, k := range d.Tasks {
		s.Tasks = append(s.Tasks, connector.ActionKind{Name: k.Name, Retry: k.Retry.Retry})
	}
	return s
}
