package main

import (
	"fmt"
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// rowGroup is how many rows the Parquet writer collects in memory before it writes them.
const rowGroup = 200_000

// dictionary is the size in bytes from which a column of texts is written plainly, as other writers do.
const dictionary = 1 << 20

// parquetWriter writes Snappy-compressed Parquet. Every column is optional; moments are UTC timestamps in microseconds.
// Lists and maps are, for now, columns of JSON text, and not Parquet's nested types.
type parquetWriter struct {
	out    *parquet.Writer
	values parquet.Row
	group  []parquet.Row
}

func newParquet(out io.Writer, t table) (rowWriter, error) {
	schema := parquet.SchemaOf(reflect.New(structOf(t)).Interface())
	return &parquetWriter{out: parquet.NewWriter(out, schema, parquet.Compression(&parquet.Snappy),
		parquet.MaxRowsPerRowGroup(rowGroup), parquet.DictionaryMaxBytes(dictionary))}, nil
}

// structOf is a struct type with a tagged field for each column, because only fields keep their order in a schema.
func structOf(t table) reflect.Type {
	var fields []reflect.StructField
	for i, c := range t.columns {
		tag, goType := "optional", reflect.TypeFor[string]()
		switch c.kind {
		case wholeKind:
			goType = reflect.TypeFor[int64]()
		case realKind:
			goType = reflect.TypeFor[float64]()
		case truthKind:
			goType = reflect.TypeFor[bool]()
		case momentKind:
			tag, goType = "optional,timestamp(microsecond)", reflect.TypeFor[int64]()
		default:
			tag = "optional,dict"
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: goType,
			Tag: reflect.StructTag(fmt.Sprintf(`parquet:"%s,%s"`, c.name, tag))})
	}
	return reflect.StructOf(fields)
}

func (w *parquetWriter) write(row []value) error {
	w.values = w.values[:0]
	for i := range row {
		w.values = append(w.values, parquetValue(&row[i], i))
	}
	w.group = append(w.group[:0], w.values)
	_, err := w.out.WriteRows(w.group)
	return err
}

func (w *parquetWriter) close() error { return w.out.Close() }

func parquetValue(v *value, column int) parquet.Value {
	var p parquet.Value
	switch v.kind {
	case 0:
		return parquet.NullValue().Level(0, 0, column)
	case wholeKind:
		p = parquet.Int64Value(v.whole)
	case realKind:
		p = parquet.DoubleValue(v.real)
	case truthKind:
		p = parquet.BooleanValue(v.whole == 1)
	case momentKind:
		p = parquet.Int64Value(v.whole * 1_000_000)
	case textKind:
		p = parquet.ByteArrayValue([]byte(v.text))
	default:
		p = parquet.ByteArrayValue(appendJSON(nil, v))
	}
	return p.Level(0, 1, column)
}
