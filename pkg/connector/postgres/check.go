package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
)

// Check proves that the database can be reached and takes writes, that the schema exists, and that the user may use the tables of playctl, or
// make them. It changes nothing.
func (d *desk) Check(ctx context.Context) error {
	err := d.pool.with(ctx, func(c *pgx.Conn) error {
		var recovering, there bool
		err := c.QueryRow(ctx, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean, to_regnamespace($1) IS NOT NULL",
			quoted(d.schema)).Scan(&recovering, &there)
		if err != nil {
			return err
		}
		if recovering && !d.readOnly {
			return errors.New(pg.ReadOnly + ", or say read_only: true where it is only read from")
		}
		if !there {
			return fmt.Errorf("there is no schema %q: CREATE SCHEMA %s, or mend the setting `schema`", d.schema, quoted(d.schema))
		}
		if d.readOnly {
			return d.checkReading(ctx, c)
		}
		missing, err := d.missing(ctx, c)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			if err := d.checkMaking(ctx, c, missing); err != nil {
				return err
			}
		}
		return d.checkRights(ctx, c)
	})
	return d.pool.explain(ctx, "checking", err)
}

// checkMaking proves that the tables that are missing can be made.
func (d *desk) checkMaking(ctx context.Context, c *pgx.Conn, missing []string) error {
	var may bool
	if err := c.QueryRow(ctx, "SELECT has_schema_privilege($1, 'CREATE') AND has_schema_privilege($1, 'USAGE')", d.schema).Scan(&may); err != nil {
		return err
	}
	if may {
		return nil
	}
	return fmt.Errorf("%s do not exist, and the user may make no tables in schema %q; say read_only: true where it is only read from, or let somebody who may run:%s", strings.Join(missing, ", "), d.schema, d.ddl())
}

// checkReading proves that the user may read something of the schema.
func (d *desk) checkReading(ctx context.Context, c *pgx.Conn) error {
	var tables, readable int
	err := c.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE has_schema_privilege(relnamespace, 'USAGE') AND (has_table_privilege(oid, 'SELECT') OR has_any_column_privilege(oid, 'SELECT')))
FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'v', 'm', 'p', 'f')`, quoted(d.schema)).Scan(&tables, &readable)
	if err == nil && tables > 0 && readable == 0 {
		user := quoted(d.pool.config.User)
		return fmt.Errorf("the user may read none of the %d tables of schema %q: GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON ALL TABLES IN SCHEMA %[3]s TO %[4]s", tables, d.schema, quoted(d.schema), user)
	}
	return err
}

// checkRights proves that the user may read and write those of playctl's tables that exist.
func (d *desk) checkRights(ctx context.Context, c *pgx.Conn) error {
	for _, name := range ownTables {
		lacking, err := lackingRights(ctx, c, d.table(name))
		if err != nil {
			return err
		}
		if len(lacking) > 0 {
			return fmt.Errorf("the user lacks rights: GRANT %s ON %s TO %s", strings.Join(lacking, ", "), d.table(name), quoted(d.pool.config.User))
		}
	}
	return nil
}

// lackingRights gives the rights to read and write a table that the user has not; none of a table that is not there.
func lackingRights(ctx context.Context, c *pgx.Conn, table string) (lacking []string, err error) {
	err = c.QueryRow(ctx, `SELECT coalesce(array_agg(p), '{}') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
WHERE to_regclass($1) IS NOT NULL AND NOT has_table_privilege(to_regclass($1), p)`, table).Scan(&lacking)
	return lacking, err
}
