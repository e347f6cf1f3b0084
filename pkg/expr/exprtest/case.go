package exprtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Case is a world with questions about it that is kept in a file, because engines once disagreed there or because it is easily got wrong.
// The file is a txtar archive: why it is there, the playbook, the facts, each entity's records and the questions, one a line, with what is right.
type Case struct {
	Why   string
	Book  *Book
	World *World
	Asked []AskedQuestion
}

// AskedQuestion is a question with what is right: T, F or ? for each record in order of the table, or the rows of each between bars.
type AskedQuestion struct {
	Question
	Want string `json:"want"`
}

// Case makes a case of a disagreement; its answer is that of the engine that is right.
func (d *Disagreement) Case(ctx context.Context, right Engine) (*Case, error) {
	c, err := d.Question.compile(d.Book)
	if err != nil {
		return nil, err
	}
	data := d.World.Data(d.Book.Book)
	a := ask(ctx, right.Over(data, programsOf([]*Compiled{c})), c, data.Frame.Table(d.Question.Self).Rows, nil)
	return &Case{Why: fmt.Sprintf("%s said %s. %s.", d.Engine, d.Got, d.Found), Book: d.Book, World: d.World, Asked: []AskedQuestion{{d.Question, a.words()}}}, nil
}

// Format writes the case as a file.
func (c *Case) Format() ([]byte, error) {
	out := &txtar.Archive{Comment: []byte(c.Why + "\n"), Files: []txtar.File{{Name: "playbook.yaml", Data: []byte(c.Book.Text)}}}
	add := func(name string, lines ...any) error {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false) // signs of expressions are to be read
		for _, line := range lines {
			if err := encoder.Encode(line); err != nil {
				return fmt.Errorf("writing %s: %w", name, err)
			}
		}
		out.Files = append(out.Files, txtar.File{Name: name, Data: b.Bytes()})
		return nil
	}
	facts := c.World.Facts
	facts.Vars = written(facts.Vars)
	if err := add("facts.json", facts); err != nil {
		return nil, err
	}
	for _, e := range c.Book.Entities {
		var lines []any
		for _, r := range c.World.Records[e.Name] {
			lines = append(lines, &Record{r.Key, r.Parents, written(r.Values)})
		}
		if err := add(e.Name+".jsonl", lines...); err != nil {
			return nil, err
		}
	}
	var lines []any
	for _, q := range c.Asked {
		lines = append(lines, q)
	}
	if err := add("questions.jsonl", lines...); err != nil {
		return nil, err
	}
	return txtar.Format(out), nil
}

// ReadCase reads a case from its file.
func ReadCase(data []byte) (*Case, error) {
	archive := txtar.Parse(data)
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	b, err := ReadBook(string(files["playbook.yaml"]))
	if err != nil {
		return nil, err
	}
	out := &Case{Why: strings.TrimSpace(string(archive.Comment)), Book: b, World: &World{Records: map[string][]*Record{}}}
	if err := decode(files["facts.json"], &out.World.Facts); err != nil {
		return nil, fmt.Errorf("reading facts.json: %w", err)
	}
	for _, v := range b.Variables {
		if value, ok := out.World.Facts.Vars[v.Name]; ok {
			if out.World.Facts.Vars[v.Name], err = restored(fieldType(v.Type), value); err != nil {
				return nil, fmt.Errorf("reading variable %s: %w", v.Name, err)
			}
		}
	}
	for _, e := range b.Entities {
		if out.World.Records[e.Name], err = readRecords(e, files[e.Name+".jsonl"]); err != nil {
			return nil, fmt.Errorf("reading %s.jsonl: %w", e.Name, err)
		}
	}
	for line := range bytes.Lines(files["questions.jsonl"]) {
		var q AskedQuestion
		if err := decode(line, &q); err != nil {
			return nil, fmt.Errorf("reading questions.jsonl: %w", err)
		}
		out.Asked = append(out.Asked, q)
	}
	return out, nil
}

// Check puts the case's questions to engines. What any of them says otherwise than the file is an error.
func (c *Case) Check(ctx context.Context, engines ...Engine) error {
	data := c.World.Data(c.Book.Book)
	var problems []error
	var list []*Compiled
	for _, q := range c.Asked {
		x, err := q.compile(c.Book)
		if err != nil {
			return fmt.Errorf("%s: %w", q.Question, err)
		}
		list = append(list, x)
	}
	for _, e := range engines {
		session := e.Over(data, programsOf(list))
		for i, x := range list {
			a := ask(ctx, session, x, data.Frame.Table(x.Self).Rows, nil)
			if got := a.words(); !a.none && got != c.Asked[i].Want {
				problems = append(problems, fmt.Errorf("%s\n  %s says %s, and should say %s", x.Question, e.Name(), got, c.Asked[i].Want))
			}
		}
	}
	return errors.Join(problems...)
}

// CheckCases checks every case of a folder, and gives how many there are.
func CheckCases(ctx context.Context, dir fs.FS, engines ...Engine) (int, error) {
	names, err := fs.Glob(dir, "*.txtar")
	if err != nil {
		return 0, err
	}
	slices.Sort(names)
	var problems []error
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return 0, err
		}
		c, err := ReadCase(data)
		if err == nil {
			err = c.Check(ctx, engines...)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path.Base(name), err))
		}
	}
	return len(names), errors.Join(problems...)
}
