package source

import (
	"context"
	"encoding/binary"
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
//
// They are written under another name and then given their own, so that nobody ever sees a part of them. They need not be durable: what a
// crash leaves is checked like any other.
func (x *reading) keep(t *frame.Table) {
	c := &x.cache
	if os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(c.dir, c.name()+"-*") // for its owner alone
	if err != nil {
		return
	}
	kept := x.write(file, t)
	kept = file.Close() == nil && kept && os.Rename(file.Name(), c.path()) == nil
	if !kept {
		_ = os.Remove(file.Name())
		return
	}
	c.sweep()
}

// write writes a file of the cache and reports whether it is whole.
func (x *reading) write(file *os.File, t *frame.Table) bool {
	facts, ok := x.facts(file)
	rest, fit := x.rest()
	if !ok || !fit {
		return false
	}
	h := cacheHead{Key: x.cache.key, cacheFacts: facts}
	copy(h.Magic[:], cacheMagic)
	return writeCache(x.in.ctx, file, h, t, rest) == nil
}

// facts tells what was read. It was, if the file has the same bytes before and after; now is when the cache's file is made.
func (x *reading) facts(made *os.File) (f cacheFacts, ok bool) {
	began := stampOf(made)
	after, err := digestOf(x.in, x.cache.size, x.cache.key)
	if err != nil || after != x.cache.source || x.in.changed() {
		return f, false
	}
	x.table.narrow()
	f = cacheFacts{Source: after, Schema: x.cache.schema, Size: x.cache.size, From: x.table.span.from, Until: x.table.span.until}
	if s := stampOf(x.in.file); s.before(began) {
		f.Stamp = s
	}
	return f, true
}

// rest tells what the report says. It is not fit to be kept if a problem says something that JSON can't.
func (x *reading) rest() (text []byte, fit bool) {
	rest, again := cacheRest{
		Bad: x.table.report.Bad, Future: x.table.report.Future, Places: placesOf(x.table),
		Samples: x.table.report.BadSamples, Warnings: x.table.report.Warnings,
	}, cacheRest{}
	text, err := json.Marshal(rest)
	return text, err == nil && json.Unmarshal(text, &again) == nil && reflect.DeepEqual(rest, again)
}

// writeCache writes the columns, the rest and then the head, which is known last.
func writeCache(ctx context.Context, file *os.File, h cacheHead, t *frame.Table, rest []byte) error {
	d := newChecksum()
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
	h.Columns, h.Rest = end-begin, int64(len(rest))
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
