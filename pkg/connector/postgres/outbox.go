package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
)

// sending gives how events of an action are written.
func (d *desk) sending(action string) *writing {
	return &writing{prepare: d.ensure, reject: rejectSend, do: func(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error {
		return d.send(ctx, tx, action, items, outcomes)
	}}
}

// rejectSend says why an item can't be sent.
func rejectSend(item connector.Item) string {
	if item.Key == "" {
		return "the key is empty"
	}
	payload, err := json.Marshal(item.Fields)
	if err != nil {
		return "its payload can't be JSON: " + err.Error()
	}
	if strings.Contains(strings.ReplaceAll(string(payload), `\\`, ""), `\u0000`) {
		return "it has a text with a zero byte"
	}
	return notText(item.ID, item.Key, item.Source.Play, item.Source.Step, item.Source.Record)
}

// payloadOf gives an item's payload as JSON.
func payloadOf(item connector.Item) string {
	if item.Fields == nil {
		return "{}"
	}
	text, _ := json.Marshal(item.Fields) // rejectSend saw to it that it can be
	return string(text)
}

// send inserts a row for each key that has none yet, in order.
func (d *desk) send(ctx context.Context, tx pgx.Tx, action string, items []connector.Item, outcomes []connector.Outcome) error {
	made, err := numbers(ctx, tx, "INSERT INTO "+d.table(outboxTable)+` (action, key, at, play, step, record, id, payload)
SELECT $1, key, $2, play, step, record, id, payload::jsonb FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY
AS g (key, play, step, record, id, payload, n) ORDER BY n ON CONFLICT (action, key) DO NOTHING RETURNING key, seq`,
		action, d.now(), column(items, keyOf), column(items, playOf), column(items, stepOf), column(items, recordOf), column(items, idOf), column(items, payloadOf))
	if err != nil {
		return err
	}
	return receipts(ctx, tx, made, "SELECT key, seq FROM "+d.table(outboxTable)+" WHERE action = $1 AND key = ANY($2)", action, items, outcomes)
}

// receipts sets outcomes and receipts of items by their keys: numbers of the rows that were made, and of those that the query finds by key.
func receipts(ctx context.Context, q querier, made map[string]string, find, kind string, items []connector.Item, outcomes []connector.Outcome) error {
	claimed(items, keyOf, slices.Collect(maps.Keys(made)), outcomes)
	var others []string
	for _, item := range items {
		if made[item.Key] == "" {
			others = append(others, item.Key)
		}
	}
	found := map[string]string{}
	if len(others) > 0 {
		var err error
		if found, err = numbers(ctx, q, find, kind, others); err != nil {
			return err
		}
	}
	for i, item := range items {
		outcomes[i].Receipt = cmp.Or(made[item.Key], found[item.Key])
	}
	return nil
}

// numbers gives the numbers of rows by their keys, as text.
func numbers(ctx context.Context, q querier, sql string, arguments ...any) (map[string]string, error) {
	rows, err := q.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	var key string
	var number int64
	_, err = pgx.ForEachRow(rows, []any{&key, &number}, func() error {
		found[key] = strconv.FormatInt(number, 10)
		return nil
	})
	return found, err
}

// Lookup gives the receipts of those keys that were sent by an action, or made a task of a kind.
func (d *desk) Lookup(ctx context.Context, action string, keys []string) (found map[string]string, err error) {
	found, keys = map[string]string{}, holdable(keys)
	err = d.read(ctx, "looking up in", func(c *pgx.Conn) error {
		sent, err := numbers(ctx, c, "SELECT key, seq FROM "+d.table(outboxTable)+" WHERE action = $1 AND key = ANY($2)", action, keys)
		if err != nil || action != taskKind {
			found = sent
			return err
		}
		if found, err = numbers(ctx, c, "SELECT key, id FROM "+d.table(tasksTable)+" WHERE kind = $1 AND key = ANY($2)", action, keys); err != nil {
			return err
		}
		for key, receipt := range sent {
			if found[key] == "" {
				found[key] = receipt
			}
		}
		return nil
	})
	if found == nil {
		found = map[string]string{}
	}
	return found, err
}

// timeOf gives a payload's time, nil if it has none.
func timeOf(value any) *time.Time {
	if at, ok := value.(time.Time); ok && !at.IsZero() {
		return &at
	}
	return nil
}
