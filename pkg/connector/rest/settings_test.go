package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

const keyed = `
connector: desk
title: Desk
settings:
  token: {secret: true, required: true, help: a token}
  private_key: {secret: true, help: in PEM}
  note: {default: hello, help: any text}
base: https://desk.example
auth: {bearer: settings.token}
objects:
  person: {fields: {name: string}, identities: [{field: email, when: 'id.contains("@")'}, {when: 'id.startsWith("x")', key: id}], update: {put: '/people/${item.id}', body: item.fields, retry: safe},
    find: {get: /people, query: {email: '${values[0]}'}, records: json, key: it.id, value: 'it[field]'}}
`

// TestOpen_aSecretWithALineEndIsRefusedByItsName: no header takes one; a key in PEM has lines.
func TestOpen_aSecretWithALineEndIsRefusedByItsName(t *testing.T) {
	d, problems := rest.Load("desk.yaml", []byte(keyed))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	open := func(settings map[string]any) error {
		_, err := d.Open(connector.Options{Name: "desk", Settings: settings, Now: time.Now, Transport: &http.Transport{}})
		return err
	}
	err := open(map[string]any{"token": "planted-token\n"})
	if err == nil || !strings.HasPrefix(err.Error(), "token holds a line end") || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
	if err := open(map[string]any{"token": "t", "private_key": "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n", "note": "two\nlines"}); err != nil {
		t.Error(err)
	}
}

// TestDriver_tellsDefaultsAndByWhatRecordsAreKnown holds what describe shows.
func TestDriver_tellsDefaultsAndByWhatRecordsAreKnown(t *testing.T) {
	d, problems := rest.Load("desk.yaml", []byte(keyed))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	if o := d.Spec.Objects[0]; !slices.Equal(o.KnownBy, []string{"email", "id"}) || o.PerRequest != 1 {
		t.Errorf("%+v", o)
	}
	if s := d.Settings[2]; s.Default != "hello" || d.Settings[0].Default != "" {
		t.Errorf("%+v", d.Settings)
	}
}
