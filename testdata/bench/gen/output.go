package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// rowWriter writes one file's rows; close finishes the format but leaves the file open.
type rowWriter interface {
	write(row []value) error
	close() error
}

// formats are the file formats by extension.
var formats = map[string]func(io.Writer, table) (rowWriter, error){
	"csv": newCSV, "jsonl": newJSONL, "parquet": newParquet,
}

// output is one file that is being written. It has the suffix ".partial" until it is complete.
type output struct {
	path string
	file *os.File
	rows rowWriter
}

func createOutput(dir, format string, t table) (*output, error) {
	path := filepath.Join(dir, t.name+"."+format)
	file, err := os.Create(path + ".partial")
	if err != nil {
		return nil, err
	}
	rows, err := formats[format](file, t)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &output{path: path, file: file, rows: rows}, nil
}

// finish completes the file and gives it its name; the result is its size in bytes.
func (o *output) finish() (int64, error) {
	if err := o.rows.close(); err != nil {
		return 0, fmt.Errorf("writing %s: %w", o.path, err)
	}
	info, err := o.file.Stat()
	if err != nil {
		return 0, err
	}
	if err := o.file.Close(); err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(o.file.Name(), o.path)
}

// fileSet is one table in every wanted format.
type fileSet struct {
	table   table
	outputs []*output
	count   int
	buffer  []value
}

func createFiles(dir string, wanted []string, t table) (*fileSet, error) {
	s := &fileSet{table: t}
	for _, format := range wanted {
		o, err := createOutput(dir, format, t)
		if err != nil {
			return nil, err
		}
		s.outputs = append(s.outputs, o)
	}
	return s, nil
}

// record is anything that can be written as a row; shift is added to its times.
type record interface {
	row(row []value, shift int64) []value
}

func (s *fileSet) write(r record, shift int64) error {
	s.buffer = r.row(s.buffer[:0], shift)
	s.count++
	for _, o := range s.outputs {
		if err := o.rows.write(s.buffer); err != nil {
			return fmt.Errorf("writing %s: %w", o.path, err)
		}
	}
	return nil
}
