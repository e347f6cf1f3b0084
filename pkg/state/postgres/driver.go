package postgres

import (
	"errors"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Driver keeps states in a Postgres database.
func Driver() state.Driver {
	return state.Driver{
		Name: "postgres", Title: "tables in a Postgres database",
		Settings: []state.Setting{
			{Name: "url", Required: true, Secret: true, Help: "where the database is: postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full; " +
				"what it leaves out comes from PGPASSWORD and its like, or ~/.pgpass. It must lead to the server itself or to a pooler that pools sessions, not transactions"},
			{Name: "schema", Help: "the schema of the tables, playctl unless said otherwise; an environment has one of its own, SCHEMA_ENVIRONMENT. It is made if need be"},
			{Name: "table_prefix", Help: "what the tables' names begin with, for those who may not make schemas: every environment then keeps its tables in the one schema, as PREFIXENVIRONMENT_"},
			{Name: "encrypt", Help: "refused: tables are not encrypted by playctl, but by the database's own means"},
		},
		Check: check,
		Open:  open,
	}
}

// check refuses a setting that there is only to be refused.
func check(name string, _ any) error {
	if name == "encrypt" {
		return errors.New(`a state in Postgres lies in tables, which playctl does not encrypt: let the database or its disk do it, or keep the state ` +
			`elsewhere (backend: s3, http or local); it has no addresses in any case`)
	}
	return nil
}

func open(o state.Options) (state.Store, error) {
	if o.Settings["encrypt"] != nil {
		return nil, fmt.Errorf("reading the setting %q: %w", "encrypt", check("encrypt", nil))
	}
	texts := map[string]string{}
	for name, value := range o.Settings {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("reading the setting %q: it must be a text", name)
		}
		texts[name] = text
	}
	s, err := Open(texts["url"], texts["schema"], texts["table_prefix"], o.Environment, o.Now)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Open gives the store of an environment in the database at url, which need not have a state yet; "" is the environment of a playbook that
// names none. An empty schema is "playctl". It makes no call: whatever is wrong there is an error of Read and Lock. The time of now goes
// into what others are told about the holder of the lock.
func Open(url, schema, prefix, environment string, now func() time.Time) (*Store, error) {
	p, err := placeOf(url, schema, prefix, environment)
	if err != nil {
		return nil, err
	}
	return &Store{place: p, now: now, askFor: askFor}, nil
}
