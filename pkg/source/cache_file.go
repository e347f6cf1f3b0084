package source

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// cacheHead begins a file of the cache. Behind it stand the columns, as package frame encodes them, and then the rest as JSON. It is written
// with the lowest byte of each number first.
type cacheHead struct {
	Magic [16]byte
	Key   digestKey
	Seal  digestSum // of the columns, the rest, and what follows here
	cacheFacts
}

// cacheFacts are what tells whether a file of the cache is the one that is wanted.
type cacheFacts struct {
	Source  digestSum // of the file that was read
	Schema  digestSum
	Size    int64 // of the file that was read
	Stamp   stamp // of the file that was read, if it says that the file is still the same
	From    int64 // microseconds; see span
	Until   int64
	Columns int64 // bytes
	Rest    int64 // bytes
}

// cacheMagic tells a file of the cache from others. Which version it is, is a matter of the schema's digest.
const cacheMagic = "playctl columns\n"

// cacheRest is what a report says beside the columns.
type cacheRest struct {
	Bad      int            `json:"bad"`
	Future   int            `json:"future"` // events left out that are not among the columns
	Samples  []diag.Problem `json:"samples"`
	Warnings []diag.Problem `json:"warnings"`
	Places   string         `json:"places"` // where the playbook stood that the warnings point to
}

// newKey makes a key for a new file of the cache.
func newKey() (key digestKey) {
	rand.Read(key[:]) // never fails: it ends the process instead
	return key
}

// bytes gives a head as it is written.
func (h *cacheHead) bytes() []byte {
	b, _ := binary.Append(nil, binary.LittleEndian, h) // of numbers only, so that it can't fail
	return b
}

// seal gives the digest of a file of the cache, whose columns d has taken already.
func (h *cacheHead) seal(d *digest, rest []byte) digestSum {
	facts, _ := binary.Append(nil, binary.LittleEndian, h.cacheFacts)
	d.add(rest)
	d.add(facts)
	return d.sum()
}

// cacheFile is a file of the cache that may be the one that is wanted.
type cacheFile struct {
	file *os.File
	head cacheHead
}

// openCache opens the cache's file if there is one that was made of a file of the same size by the same schema.
func openCache(c *cache) *cacheFile {
	file, err := os.Open(c.path())
	if err != nil {
		return nil
	}
	f := &cacheFile{file: file}
	if f.begins(c) {
		return f
	}
	f.close()
	return nil
}

func (f *cacheFile) close() { _ = f.file.Close() } // only read from

// begins reads the head and reports whether the file may be the one that is wanted.
func (f *cacheFile) begins(c *cache) bool {
	info, err := f.file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	head := make([]byte, binary.Size(f.head))
	if _, err := f.file.ReadAt(head, 0); err != nil {
		return false
	}
	if _, err := binary.Decode(head, binary.LittleEndian, &f.head); err != nil {
		return false
	}
	h := &f.head
	left := info.Size() - int64(len(head))
	return string(h.Magic[:]) == cacheMagic && h.Schema == c.schema && h.Size == c.size &&
		h.Columns >= 0 && h.Rest >= 0 && h.Columns <= left && h.Rest == left-h.Columns
}

// errDamaged is why a file of the cache is not used.
var errDamaged = errors.New("a file of the cache is damaged")

// read checks everything and gives what it says. The bytes are read once, for their checksum, into memory that is used again and again; the
// columns are then where the system has the file.
func (f *cacheFile) read(ctx context.Context) (*frame.Builder, *cacheRest, error) {
	begin := int64(binary.Size(f.head))
	end := begin + f.head.Columns
	d := newChecksum()
	if err := d.addFile(ctx, f.file, begin, end); err != nil {
		return nil, nil, err
	}
	rest := make([]byte, f.head.Rest)
	if err := readAt(f.file, rest, end); err != nil {
		return nil, nil, err
	}
	if f.head.seal(d, rest) != f.head.Seal {
		return nil, nil, errDamaged
	}
	memory, err := memoryOf(f.file, end)
	if err != nil {
		return nil, nil, err
	}
	return decodeCache(memory[begin:], rest)
}

// decodeCache decodes what is sealed.
func decodeCache(columns, rest []byte) (*frame.Builder, *cacheRest, error) {
	r := &cacheRest{}
	if err := json.Unmarshal(rest, r); err != nil {
		return nil, nil, err
	}
	b, err := frame.Decode(columns)
	return b, r, err
}
