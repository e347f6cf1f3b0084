package simulate

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Seed reads what the system holds from a folder: OBJECT.csv or OBJECT.json with the records of an object, each with an id, and KIND/NAME.csv or
// KIND/NAME.json with the members of a collection, in a folder named after its kind.
func (s *Server) Seed(folder fs.FS) error {
	return fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := s.seedFile(folder, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func (s *Server) seedFile(folder fs.FS, name string) error {
	rows, err := rowsOf(folder, name)
	if err != nil {
		return err
	}
	in, what := path.Dir(name), strings.TrimSuffix(path.Base(name), path.Ext(name))
	s.mu.Lock()
	defer s.mu.Unlock()
	if in != "." {
		return s.fill(in, what, rows)
	}
	for _, row := range rows {
		of, ok := row.(map[string]any)
		if !ok {
			return fmt.Errorf("expected records, found %q", textOf(row))
		}
		if err := s.record(what, of); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf reads a file of records.
func rowsOf(folder fs.FS, name string) ([]any, error) {
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	switch path.Ext(name) {
	case ".json":
		value, err := mapping.Decode(data)
		rows, ok := value.([]any)
		if err == nil && !ok {
			err = fmt.Errorf("expected a list of records")
		}
		return rows, err
	case ".csv":
		return csvRows(strings.NewReader(string(data)))
	}
	return nil, fmt.Errorf("expected .csv or .json")
}

func csvRows(r io.Reader) ([]any, error) {
	all, err := csv.NewReader(r).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var rows []any
	for _, line := range all[1:] {
		row := map[string]any{}
		for i, cell := range line {
			row[strings.TrimSpace(all[0][i])] = cell
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// record puts one in. Its key is its id; every other value is a field's.
func (s *Server) record(object string, of map[string]any) error {
	if s.manifest.Object(object) == nil {
		var known []string
		for _, o := range s.manifest.Objects {
			known = append(known, o.Name)
		}
		return fmt.Errorf("%s has no object %q: it has %s", s.manifest.Name, object, strings.Join(known, ", "))
	}
	key, ok := keyOf(of)
	if !ok {
		return fmt.Errorf("a %s has no id", object)
	}
	r, _ := s.store.table(object).put(key, s.options.Now())
	for name, value := range of {
		r.Fields[name] = value
	}
	delete(r.Fields, "id")
	return nil
}

// keyOf gives the id of a record.
func keyOf(of map[string]any) (string, bool) {
	for _, name := range []string{"id", "Id"} {
		if value, ok := of[name]; ok && value != nil && textOf(value) != "" {
			return connector.Text(value), true
		}
	}
	return "", false
}

// fill puts members into a collection, which is made if it is not there.
func (s *Server) fill(kind, name string, members []any) error {
	if s.manifest.Collection(kind) == nil {
		var known []string
		for _, c := range s.manifest.Collections {
			known = append(known, c.Name)
		}
		slices.Sort(known)
		return fmt.Errorf("%s has no %q: its collections are %s", s.manifest.Name, kind, strings.Join(known, ", "))
	}
	shelf := shelfOf(s.manifest, kind)
	c := s.store.collection(shelf, "", name, s.manifest.Collection(kind).FoldNames)
	if c == nil {
		c = s.store.create(shelf, name)
	}
	for _, m := range members {
		id, fields := textOf(m), map[string]any{}
		if of, ok := m.(map[string]any); ok {
			if id, ok = keyOf(of); !ok {
				return fmt.Errorf("a member of %s %q has no id", kind, name)
			}
			fields = of
			delete(fields, "id")
		}
		r, made := c.members(kind).put(id, s.options.Now())
		if made {
			r.ID = s.store.id()
		}
		r.Fields = fields
	}
	return nil
}

// Members tells who is in which collection, by kind and name, in the order in which they came.
func (s *Server) Members() map[string]map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.everybody()
}

// Did tells what the system did since it was made.
func (s *Server) Did() *Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.report()
}

// Requests tells which requests were answered.
func (s *Server) Requests() []Logged {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}
