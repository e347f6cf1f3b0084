package source

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	pq "github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// unpackers append the size bytes that were compressed, or fewer, or fail: never more, and they make no more room than that, whatever the
// bytes say of themselves.
var unpackers = map[pq.CompressionCodec]func(to, data []byte, size int) ([]byte, error){
	pq.Snappy: unpackSnappy,
	pq.Lz4Raw: unpackLz4,
	pq.Zstd:   unpackZstd,
	pq.Gzip: func(to, data []byte, size int) ([]byte, error) {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return to, err
		}
		return readAtMost(to, r, size)
	},
	pq.Brotli: func(to, data []byte, size int) ([]byte, error) {
		return readAtMost(to, brotli.NewReader(bytes.NewReader(data)), size)
	},
}

var errLongPage = errors.New("it is longer than it says")

// mostPacked is how many bytes one byte may stand for in the formats that say beforehand how long the result is; of a damaged size that is
// larger no room is made.
const mostPacked = 256

func unpackSnappy(to, data []byte, size int) ([]byte, error) {
	n, err := snappy.DecodedLen(data)
	if err != nil || n != size || size > mostPacked*len(data) {
		return to, cmp.Or(err, errLongPage)
	}
	return snappy.Decode(slices.Grow(to, size)[:size], data)
}

func unpackLz4(to, data []byte, size int) ([]byte, error) {
	if size > mostPacked*len(data) {
		return to, errLongPage
	}
	to = slices.Grow(to, size)[:size]
	n, err := lz4.UncompressBlock(data, to)
	return to[:max(n, 0)], err
}

// zstdDecoder decodes several pages at the same time.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecodeAllCapLimit(true))
})

func unpackZstd(to, data []byte, size int) ([]byte, error) {
	d, err := zstdDecoder()
	if err != nil {
		return to, err
	}
	return d.DecodeAll(data, slices.Grow(to, size)[:0:size])
}

// readAtMost appends size bytes of a reader, which must not have more.
func readAtMost(to []byte, r io.Reader, size int) ([]byte, error) {
	out := bytes.NewBuffer(to)
	if _, err := io.CopyN(out, r, int64(size)); err != nil && !errors.Is(err, io.EOF) {
		return out.Bytes(), err
	}
	if n, err := io.CopyN(io.Discard, r, 1); n > 0 {
		return out.Bytes(), errLongPage
	} else if !errors.Is(err, io.EOF) {
		return out.Bytes(), err
	}
	return out.Bytes(), nil
}
