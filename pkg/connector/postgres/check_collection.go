package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
)

// CheckCollection proves that a collection is there, and that the user may change who is in it.
func (d *desk) CheckCollection(ctx context.Context, c connector.Collection) error {
	if err := checkKind(c.Kind); err != nil {
		return fmt.Errorf("checking %s: %w", c, err)
	}
	err := d.pool.with(ctx, func(conn *pgx.Conn) error {
		if err := d.exists(ctx, conn, c, "checking"); err != nil {
			return err
		}
		if d.readOnly {
			return errReadOnly
		}
		lacking, err := lackingRights(ctx, conn, d.table(membersTable))
		if err == nil && len(lacking) > 0 {
			err = fmt.Errorf("the user lacks rights: GRANT %s ON %s TO %s", strings.Join(lacking, ", "), d.table(membersTable), quoted(d.pool.config.User))
		}
		return err
	})
	return d.pool.explain(ctx, "checking "+c.String()+" in", err)
}
