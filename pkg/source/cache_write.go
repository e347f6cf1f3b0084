package source

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"time"

	"github.com/playctl/playctl/pkg/frame"
)

// keep writes the columns of a table that was read from its file to the cache. Where that can't be done, nothing is kept and nothing is said:
// the next run reads the file again.
func (x *reading) keep(t *frame.Table) {
	after, err := digestOf(x.in, x.cache.size, x.cache.key)
	if err != nil || after != x.cache.source || x.in.changed() {
		return // what was read may be neither what was there before nor after
	}
	x.table.narrow()
	rest := cacheRest{
		Bad: x.table.report.Bad, Future: x.table.report.Future, Places: placesOf(x.table),
		Samples: cachedProblems(x.table.report.BadSamples), Warnings: cachedProblems(x.table.report.Warnings),
	}
	text, err := json.Marshal(rest)
	var again cacheRest
	if err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(rest, again) {
		return // a problem that says something JSON can't
	}
	h := cacheHead{Key: x.cache.key, cacheFacts: cacheFacts{
		Source: after, Size: x.cache.size, From: x.table.span.from, Until: x.table.span.until, Rest: int64(len(text)),
	}}
	copy(h.Magic[:], cacheMagic)
	if _, err := hex.Decode(h.Schema[:], []byte(x.cache.schema)); err == nil {
		x.cache.write(x.in.ctx, h, t, text)
	}
}

// write writes a file under another name and then gives it its own, so that nobody ever sees a part of it. It need not be durable: what a
// crash leaves is checked like any other.
func (c *cache) write(ctx context.Context, h cacheHead, t *frame.Table, rest []byte) {
	if os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(c.dir, c.name()+"-*") // for its owner alone
	if err != nil {
		return
	}
	err = writeCache(ctx, file, h, t, rest)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), c.path())
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return
	}
	c.sweep()
}

// writeCache writes the columns, the rest and then the head, which is known last.
func writeCache(ctx context.Context, file *os.File, h cacheHead, t *frame.Table, rest []byte) error {
	d, err := newDigest(h.Key)
	if err != nil {
		return err
	}
	begin := int64(binary.Size(h))
	if _, err := file.Seek(begin, io.SeekStart); err != nil {
		return err
	}
	if err := frame.Encode(io.MultiWriter(interrupted{ctx}, file, d), t); err != nil {
		return err
	}
	end, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := file.Write(rest); err != nil {
		return err
	}
	h.Columns = end - begin
	h.Seal = h.seal(d, rest)
	_, err = file.WriteAt(h.bytes(), 0)
	return err
}

// interrupted is a writer that only fails, when its context ends.
type interrupted struct{ ctx context.Context }

// Write implements io.Writer.
func (w interrupted) Write(p []byte) (int, error) { return len(p), w.ctx.Err() }

// leftOver is after how long a file that is being written is one that nobody will finish.
const leftOver = time.Hour

// sweep removes what the cache's new file replaces: files of the same entity for other schemas, and those that nobody finished.
func (c *cache) sweep() {
	mine, err := os.Stat(c.path())
	if err != nil {
		return
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	old := regexp.MustCompile("^" + regexp.QuoteMeta(c.entity) + "-[0-9a-f]{16}" + regexp.QuoteMeta(cacheSuffix) + "(-[0-9]+)?$")
	for _, e := range entries {
		match := old.FindStringSubmatch(e.Name())
		if match == nil || e.Name() == c.name() {
			continue
		}
		info, err := e.Info()
		if err == nil && (match[1] == "" || mine.ModTime().Sub(info.ModTime()) > leftOver) {
			_ = os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
}
