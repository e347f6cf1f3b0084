package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// keptBackups is how many good copies are kept.
const keptBackups = 10

// What packs and unpacks backups costs megabytes to make, and may be used by several goroutines at once.
var (
	packer   = sync.OnceValues(func() (*zstd.Encoder, error) { return zstd.NewWriter(nil) })
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) { return zstd.NewReader(nil, zstd.WithDecoderMaxMemory(8<<30)) })
)

// pack gives a whole state as a backup has it.
func pack(w *state.Whole) ([]byte, error) {
	text, err := state.Encode(w)
	if err != nil {
		return nil, err
	}
	z, err := packer()
	if err != nil {
		return nil, err
	}
	return z.EncodeAll(text, nil), nil
}

// unpack reads what pack gave, and checks all of it.
func unpack(packed []byte) (*state.Whole, error) {
	z, err := unpacker()
	if err != nil {
		return nil, err
	}
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	return state.Decode(text)
}

// backup keeps a copy of what is there, read and checked anew. Only with it, in the same transaction, go the oldest ones, and of those that
// are kept ten are good: a backup that was damaged since is none.
func (s *session) backup(ctx context.Context) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	w, m, err := s.store.place.read(ctx, s.conn, true)
	if err != nil {
		return s.broken(ctx, err)
	}
	packed, err := pack(w)
	if err != nil {
		return fmt.Errorf("backing up %s: %w", s.store.Where(), err)
	}
	digest, table := sha256.Sum256(packed), s.store.place.table("backups")
	err = pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "INSERT INTO "+table+" (at, lineage, serial, commits, digest, packed) SELECT $1, $2, $3, $4, $5, $6 WHERE "+s.fenced(7),
			s.store.now(), storable(m.Lineage), m.Serial, m.commits, digest[:], packed, s.fence)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return errChanged
		}
		_, err = tx.Exec(ctx, "DELETE FROM "+table+" WHERE seq < (SELECT min(seq) FROM (SELECT seq FROM "+table+" WHERE sha256(packed) = digest ORDER BY seq DESC LIMIT $1) AS good)", keptBackups)
		return err
	})
	return s.broken(ctx, err)
}

// hasBackup reports whether the newest backup is of just this, but for the records of runs that changed nothing else.
func (p *place) hasBackup(ctx context.Context, c *pgx.Conn, m meta) (bool, error) {
	var lineage string
	var commits int64
	err := c.QueryRow(ctx, "SELECT lineage, commits FROM "+p.table("backups")+" ORDER BY seq DESC LIMIT 1").Scan(&lineage, &commits)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return lineage == storable(m.Lineage) && commits == m.commits, err
}

// backupName begins the name of a backup: its number follows.
const backupName = "backup-"

func (p *place) listBackups(ctx context.Context, c *pgx.Conn) ([]state.Backup, error) {
	rows, err := c.Query(ctx, "SELECT seq, at, serial, octet_length(packed) FROM "+p.table("backups")+" ORDER BY seq DESC")
	if pg.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []state.Backup
	var b state.Backup
	var seq int64
	_, err = pgx.ForEachRow(rows, []any{&seq, &b.At, &b.Serial, &b.Size}, func() error {
		b.Name, b.At = backupName+strconv.FormatInt(seq, 10), b.At.UTC()
		b.Where = p.where() + ", " + b.Name
		list = append(list, b)
		return nil
	})
	return list, err
}

// packedBackup reads a backup by its name.
func (p *place) packedBackup(ctx context.Context, c *pgx.Conn, name string) (packed []byte, err error) {
	seq, err := backupNumber(name)
	if err != nil {
		return nil, err
	}
	err = c.QueryRow(ctx, "SELECT packed FROM "+p.table("backups")+" WHERE seq = $1", seq).Scan(&packed)
	if errors.Is(err, pgx.ErrNoRows) || pg.IsNone(err) {
		return nil, fmt.Errorf("%q: %w", name, errNoBackup)
	}
	return packed, err
}

// backupNumber reads the name of a backup.
func backupNumber(name string) (int64, error) {
	digits, _ := strings.CutPrefix(name, backupName)
	seq, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || name != backupName+strconv.FormatInt(seq, 10) {
		return 0, fmt.Errorf("%q: %w", name, errNoBackup)
	}
	return seq, nil
}
