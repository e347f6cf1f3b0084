package render

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
)

// Named is a connector of a playbook with its driver, or a driver alone.
type Named struct {
	Name   string // in the playbook; "" for a driver alone
	Uses   string
	Driver connector.Driver
}

// Connectors writes which connectors the playbook has, and which drivers there are for others.
func (p *Printer) Connectors(w io.Writer, own, drivers []Named) error {
	s := p.sheet()
	if len(own) > 0 {
		s.put(0, s.paint(strong, "Connectors of this playbook"))
		t := &table{}
		for _, name := range []string{"name", "uses", "what it is", "what it takes"} {
			t.column(name)
		}
		for _, n := range own {
			t.add(clean(n.Name), clean(n.Uses), clean(n.Driver.Title), clean(offers(n.Driver.Spec)))
		}
		if err := s.table(2, t); err != nil {
			return err
		}
		s.gap()
	}
	s.put(0, s.paint(strong, "To use"))
	t := &table{}
	for _, name := range []string{"uses", "what it is", "what it takes"} {
		t.column(name)
	}
	for _, n := range drivers {
		t.add(clean(n.Uses), clean(n.Driver.Title), clean(offers(n.Driver.Spec)))
	}
	if err := s.table(2, t); err != nil {
		return err
	}
	s.gap()
	s.say(0, 0, "A manifest of your own is used by its path, as ./connectors/acme.yaml; playctl connectors describe NAME tells all of one.")
	return s.writeTo(w)
}

// offers names the kinds of things of a system, in one line.
func offers(s connector.Spec) string {
	if s.Unknown {
		return "what the program says when it runs"
	}
	return points(kindsOf("", s.Collections, func(k connector.CollectionKind) string { return k.Name }, false),
		kindsOf("set ", s.Objects, func(k connector.ObjectKind) string { return k.Name }, s.AnyObject),
		kindsOf("send ", s.Actions, func(k connector.ActionKind) string { return k.Name }, s.AnyAction),
		kindsOf("", s.Tasks, func(k connector.ActionKind) string { return k.Name }, false),
		kindsOf("read ", s.Records, func(name string) string { return name }, s.AnyRecord))
}

func kindsOf[K any](before string, kinds []K, name func(K) string, any bool) string {
	var names []string
	for _, k := range kinds {
		names = append(names, name(k))
	}
	switch {
	case any && len(names) == 0:
		return before + "anything"
	case any:
		names = append(names, "anything else")
	case len(names) == 0:
		return ""
	}
	return before + strings.Join(names, ", ")
}

// Describe writes all that a connector offers.
func (p *Printer) Describe(w io.Writer, n Named) error {
	s, d := p.sheet(), n.Driver
	s.put(0, s.paint(strong, points(clean(cmp.Or(n.Name, n.Uses)), clean(d.Title))))
	for _, fact := range [][2]string{{"uses", n.Uses}, {"docs", d.Docs}, {"version", versionOf(d)}, {"batch", batchOf(d.Spec)}} {
		if fact[1] != "" {
			s.detail(fact[0], clean(fact[1]))
		}
	}
	for _, limit := range d.Spec.Limits {
		s.detail("limit", clean(limit))
	}
	if err := s.settings(d); err != nil {
		return err
	}
	if d.Spec.Unknown {
		s.gap()
		s.say(0, 0, "What there is a program says when it runs: playctl connectors describe takes the name of a connector of the playbook, too.")
		return s.writeTo(w)
	}
	for _, part := range []func(connector.Spec) error{s.collectionKinds, s.objectKinds, s.actionKinds} {
		if err := part(d.Spec); err != nil {
			return err
		}
	}
	return s.writeTo(w)
}

func versionOf(d connector.Driver) string {
	if d.Sunset == "" {
		return d.Version
	}
	return d.Version + ", which the vendor ends on " + d.Sunset
}

func batchOf(s connector.Spec) string {
	told := func(n int) bool { return n > 0 } // then each kind says how many go into a request
	if s.Batch == 0 || slices.ContainsFunc(s.Collections, func(k connector.CollectionKind) bool { return told(k.PerRequest) }) ||
		slices.ContainsFunc(s.Objects, func(k connector.ObjectKind) bool { return told(k.PerRequest) }) ||
		slices.ContainsFunc(slices.Concat(s.Actions, s.Tasks), func(k connector.ActionKind) bool { return told(k.PerRequest) }) {
		return ""
	}
	return counted(s.Batch, "item") + " a write"
}

func (s *sheet) settings(d connector.Driver) error {
	if len(d.Settings) == 0 {
		return nil
	}
	s.gap()
	s.put(0, s.paint(strong, "Settings"))
	t := &table{}
	for _, name := range []string{"name", "", "default", "what it is"} {
		t.column(name)
	}
	for _, k := range d.Settings {
		kind := ""
		if k.Required {
			kind = "needed"
		}
		if k.Secret {
			kind = strings.TrimPrefix(kind+", secret", ", ")
		}
		t.add(clean(k.Name), kind, clean(k.Default), clean(k.Help))
	}
	if d.AnySetting {
		t.add("…", "", "", "whatever else the program takes")
	}
	return s.table(2, t)
}

func (s *sheet) collectionKinds(spec connector.Spec) error {
	if len(spec.Collections) == 0 {
		return nil
	}
	s.gap()
	s.put(0, s.paint(strong, "Collections: keep, add, remove"))
	t := &table{}
	for _, name := range []string{"kind", "who is in it", "known by", "in a request", "fields of a membership"} {
		t.column(name)
	}
	for _, k := range spec.Collections {
		t.add(clean(k.Name), membersOf(k), clean(knownBy(k.KnownBy)), inRequest(k.PerRequest), clean(fieldsOf(k.Fields, k.AnyField, "none")))
	}
	return s.table(2, t)
}

func membersOf(k connector.CollectionKind) string {
	if k.WriteOnly {
		return "write-only: plans say assumed"
	}
	return "can be read"
}

// knownBy words what an identity may be, of whose names the last is the system's own id.
func knownBy(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return strings.Join(append(slices.Clone(names[:len(names)-1]), "the vendor's id"), ", else ")
}

// inRequest words how many items go into one request.
func inRequest(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// fieldsOf lists fields.
func fieldsOf(names []string, any bool, none string) string {
	switch {
	case any:
		return "any"
	case len(names) == 0:
		return none
	}
	return strings.Join(names, ", ")
}

func (s *sheet) objectKinds(spec connector.Spec) error {
	records := kindsOf("", spec.Records, func(name string) string { return name }, spec.AnyRecord)
	if len(spec.Objects) == 0 && !spec.AnyObject && records == "" {
		return nil
	}
	s.gap()
	s.put(0, s.paint(strong, "Objects: set, from"))
	t := &table{}
	for _, name := range []string{"object", "known by", "in a request", "fields to set"} {
		t.column(name)
	}
	for _, k := range spec.Objects {
		t.add(clean(k.Name), clean(knownBy(k.KnownBy)), inRequest(k.PerRequest), clean(fieldsOf(k.Fields, false, "any")))
	}
	if spec.AnyObject {
		t.add("any", "", "", "any")
	}
	if len(t.rows) > 0 {
		if err := s.table(2, t); err != nil {
			return err
		}
	}
	if records != "" {
		s.say(2, 0, "Records of these can be read (from:): "+clean(records))
	}
	return s.fieldKinds(spec)
}

// fieldKinds lists the fields that are known.
func (s *sheet) fieldKinds(spec connector.Spec) error {
	if len(spec.Fields) == 0 {
		return nil
	}
	t := &table{}
	for _, name := range []string{"field", "type", "", "what it is"} {
		t.column(name)
	}
	for _, f := range spec.Fields {
		can := ""
		if f.ReadOnly {
			can = "read only"
		}
		t.add(clean(f.Object+"."+f.Name), clean(f.Type), can, clean(f.Help))
	}
	s.gap()
	s.put(0, s.paint(strong, "Fields that are known"))
	return s.table(2, t)
}

func (s *sheet) actionKinds(spec connector.Spec) error {
	t := &table{}
	for _, name := range []string{"kind", "step", "known by", "in a request", "when an answer is lost"} {
		t.column(name)
	}
	for _, k := range spec.Actions {
		t.add(clean(k.Name), "send", clean(knownBy(k.KnownBy)), inRequest(k.PerRequest), doubtful(k.Retry))
	}
	if spec.AnyAction {
		t.add("any", "send", "", "", doubtful(spec.AnyRetry))
	}
	for _, k := range spec.Tasks {
		t.add(clean(k.Name), "task", clean(knownBy(k.KnownBy)), inRequest(k.PerRequest), doubtful(k.Retry))
	}
	if len(t.rows) == 0 {
		return nil
	}
	s.gap()
	s.put(0, s.paint(strong, "Actions and tasks"))
	return s.table(2, t)
}

// retryWords are the retry classes as manifests and documents write them.
var retryWords = map[connector.Retry]string{connector.Never: "never", connector.Lookup: "lookup", connector.ByKey: "key", connector.Safe: "safe"}

// doubtful words what is done about a write whose outcome is not known.
func doubtful(r connector.Retry) string {
	words := map[connector.Retry]string{connector.Never: "a person decides: it is never sent again", connector.Lookup: "it is looked up, and sent again if it is not there",
		connector.ByKey: "it is sent again: the system drops repeats", connector.Safe: "it is sent again, which changes nothing"}
	return retryWords[r] + ": " + words[r]
}
