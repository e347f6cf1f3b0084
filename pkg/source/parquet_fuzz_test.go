package source

import (
	"math"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// scrap is a record of everything, in a file that is small.
type scrap struct {
	K  *string          `parquet:"k,dict"`
	B  *bool            `parquet:"b"`
	I  int64            `parquet:"i,delta"`
	D  float64          `parquet:"d,split"`
	S  string           `parquet:"s,delta"`
	At *int64           `parquet:"at,timestamp(millisecond)"`
	LS []*string        `parquet:"ls,list,optional"`
	LI *string          `parquet:"li,dict"`
	M  map[string]int32 `parquet:"m,optional"`
	P  int32            `parquet:"p"`
}

func scraps() []scrap {
	return []scrap{
		{K: pointer("a"), B: pointer(true), I: 7, D: 1.5, S: "text", At: pointer(now.UnixMilli() - 5), LS: []*string{pointer("x"), pointer("")}, LI: pointer("[1]"), M: map[string]int32{"a": 1}},
		{K: pointer("b"), S: "text and text", At: pointer(now.UnixMilli() + 5), LS: []*string{nil}, LI: pointer("1;2"), P: 3},
		{K: pointer("c"), I: -1 << 50, S: "tex", LS: []*string{}, M: map[string]int32{"a": 1, "b": 2}},
		{K: pointer("c"), S: "\xff"}, {S: "t"},
	}
}

func FuzzParquet(f *testing.F) {
	for i, options := range [][]parquet.WriterOption{
		{parquet.Compression(&parquet.Uncompressed)},
		{parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1)},
		{parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(8)},
		{parquet.Compression(&parquet.Gzip), parquet.DataPageVersion(1)}, {parquet.Compression(&parquet.Lz4Raw)}, {parquet.Compression(&parquet.Brotli)},
	} {
		all := scraps()
		data := parquetOf(f, [][]scrap{all[:3], all[3:]}, append(options, parquet.CreatedBy("", "", ""), parquet.DataPageStatistics(false))...)
		f.Add(data)
		f.Add(data[:len(data)*(i+1)/8])
		damaged := append([]byte(nil), data...)
		for at := 10 + i; at < len(damaged); at += 97 {
			damaged[at] ^= byte(1 << i)
		}
		f.Add(damaged)
		f.Add(append(damaged[:len(data)/2:len(data)/2], data[len(data)/2:]...))
	}
	f.Add([]byte("PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x0a\x00\x00\x00PAR1"))
	f.Add(ofRows(f, 1, math.MaxInt64))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return // a page of a mebibyte teaches no more
		}
		readDamaged(t, everything(), data)
	})
}
