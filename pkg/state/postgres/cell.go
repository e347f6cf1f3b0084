package postgres

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

// A value's cells are given as pointers to its fields, which are read to write a row and written to read one:
//
//	*string                text, never NULL
//	*int *int64 *Duration  bigint
//	*bool                  boolean
//	*time.Time             timestamptz, NULL for a zero one
//	*instant               timestamptz of a key, where a zero one is a time like any other
//	anything else          json, NULL for an empty list or map; see json.go

// instant is a time that is never NULL.
type instant time.Time

// sqlType gives the type of a cell's column.
func sqlType(cell any) string {
	switch cell.(type) {
	case *string:
		return `text COLLATE "C" NOT NULL`
	case *int, *int64, *time.Duration:
		return "bigint NOT NULL"
	case *bool:
		return "boolean NOT NULL"
	case *time.Time:
		return "timestamptz"
	case *instant:
		return "timestamptz NOT NULL"
	}
	return "json"
}

// column is a column of many rows, as an array that one statement takes.
type column struct {
	texts   []string
	numbers []int64
	flags   []bool
	times   pgtype.FlatArray[pgtype.Timestamptz]
	lists   pgtype.FlatArray[pgtype.Text]
}

// add adds a cell, and appends to sum what it adds to its row's checksum: no two different rows append the same bytes.
func (c *column) add(cell any, sum []byte) ([]byte, error) {
	switch v := cell.(type) {
	case *string:
		text := storable(*v)
		c.texts = append(c.texts, text)
		return appendText(sum, text), nil
	case *int:
		c.numbers = append(c.numbers, int64(*v))
		return appendNumber(sum, int64(*v)), nil
	case *int64:
		c.numbers = append(c.numbers, *v)
		return appendNumber(sum, *v), nil
	case *time.Duration:
		c.numbers = append(c.numbers, int64(*v))
		return appendNumber(sum, int64(*v)), nil
	case *bool:
		c.flags = append(c.flags, *v)
		return appendFlag(sum, *v), nil
	case *time.Time:
		if v.IsZero() {
			c.times = append(c.times, pgtype.Timestamptz{})
			return append(sum, '-'), nil
		}
		return c.addTime(*v, sum), nil
	case *instant:
		return c.addTime(time.Time(*v), sum), nil
	}
	text, err := encodeList(cell)
	if err != nil || text == nil {
		c.lists = append(c.lists, pgtype.Text{})
		return append(sum, '-'), err
	}
	c.lists = append(c.lists, pgtype.Text{String: string(text), Valid: true})
	return appendText(sum, string(text)), nil
}

// addTime adds a time at microseconds, rounded as everywhere: toward the past.
func (c *column) addTime(t time.Time, sum []byte) []byte {
	t = time.UnixMicro(t.UnixMicro()).UTC()
	c.times = append(c.times, pgtype.Timestamptz{Time: t, Valid: true})
	return appendNumber(sum, t.UnixMicro())
}

// argument gives the column as the argument of a statement, and the argument's type.
func (c *column) argument(cell any) (argument any, sqlType string) {
	switch cell.(type) {
	case *string:
		return c.texts, "text[]"
	case *int, *int64, *time.Duration:
		return c.numbers, "bigint[]"
	case *bool:
		return c.flags, "boolean[]"
	case *time.Time, *instant:
		return c.times, "timestamptz[]"
	}
	return c.lists, "text[]"
}

var errCell = errors.New("a cell is not what its column holds")

// fill sets a field from a cell as Postgres sends it in binary form; nil is NULL. It appends to sum as add does.
func fill(cell any, raw, sum []byte) ([]byte, error) {
	switch v := cell.(type) {
	case *string:
		if raw == nil {
			return sum, errCell
		}
		text := string(raw)
		sum = appendText(sum, text)
		var err error
		*v, err = stored(text)
		return sum, err
	case *time.Time:
		if raw == nil {
			*v = time.Time{}
			return append(sum, '-'), nil
		}
	}
	switch v := cell.(type) {
	case *int, *int64, *time.Duration, *time.Time, *instant:
		return fillNumber(v, raw, sum)
	case *bool:
		if len(raw) != 1 {
			return sum, errCell
		}
		*v = raw[0] != 0
		return appendFlag(sum, *v), nil
	}
	if raw == nil {
		return append(sum, '-'), nil
	}
	return appendText(sum, string(raw)), decodeList(cell, raw)
}

// since2000 is how many microseconds after 1970 Postgres begins to count.
const since2000 = 946_684_800_000_000

func fillNumber(cell any, raw, sum []byte) ([]byte, error) {
	if len(raw) != 8 {
		return sum, errCell
	}
	n := int64(binary.BigEndian.Uint64(raw))
	switch v := cell.(type) {
	case *int:
		*v = int(n)
	case *int64:
		*v = n
	case *time.Duration:
		*v = time.Duration(n)
	case *time.Time:
		n += since2000
		*v = time.UnixMicro(n).UTC()
	case *instant:
		n += since2000
		*v = instant(time.UnixMicro(n).UTC())
	}
	return appendNumber(sum, n), nil
}

// marked begins a text that Postgres could not keep as it is: with a zero byte, or not in UTF-8. The rest is base64.
const marked = "\x01"

// storable gives a text as it is kept. No two texts are kept alike.
func storable(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 && !strings.HasPrefix(text, marked) {
		return text
	}
	return marked + base64.RawStdEncoding.EncodeToString([]byte(text))
}

// stored gives back what storable kept.
func stored(text string) (string, error) {
	coded, isMarked := strings.CutPrefix(text, marked)
	if !isMarked {
		return text, nil
	}
	plain, err := base64.RawStdEncoding.DecodeString(coded)
	if err != nil {
		return "", fmt.Errorf("a text is not what playctl keeps: %w", err)
	}
	return string(plain), nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(sum []byte) int64 { return int64(crc32.Checksum(sum, castagnoli)) }

func appendText(sum []byte, text string) []byte {
	return append(binary.AppendUvarint(append(sum, 't'), uint64(len(text))), text...)
}

func appendNumber(sum []byte, n int64) []byte {
	return binary.LittleEndian.AppendUint64(append(sum, 'i'), uint64(n))
}

func appendFlag(sum []byte, flag bool) []byte {
	if flag {
		return append(sum, '+')
	}
	return append(sum, '0')
}
