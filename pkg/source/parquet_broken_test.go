package source

import (
	"fmt"
	"math"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go/format"
)

// ofRows gives a file whose footer says how many rows each of its row groups has.
func ofRows(t testing.TB, rows ...int64) []byte {
	t.Helper()
	return withFooter(t, parquetOf(t, [][]scrap{scraps()[:1]}), func(m *pq.FileMetaData) {
		one := m.RowGroups[0]
		m.RowGroups = nil
		for _, n := range rows {
			one.NumRows = n
			m.RowGroups = append(m.RowGroups, one)
		}
	})
}

func TestParquet_moreRecordsThanThereCanBeAreDamage(t *testing.T) {
	for _, rows := range [][]int64{{1, math.MaxInt64}, {math.MaxInt64, 1}, {math.MaxInt64, math.MaxInt64, 3}, {-1, 2}, {1, math.MinInt64}, {1 << 31}, {1 << 30, 1 << 30}} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			got := readParquet(t, everything(), ofRows(t, rows...), 1000, false)
			if text := lines(got.Problems); len(got.Problems) != 1 || !strings.Contains(text, "the file is not Parquet, or damaged: ") || !strings.Contains(text, "row group ") {
				t.Errorf("problems:\n%s", text)
			}
		})
	}
}
