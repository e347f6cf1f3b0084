//go:build unix

package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	_ "modernc.org/sqlite" // to look into states
)

// changeAccounts gives a playbook's folder accounts of which one in a hundred is not as in the world: other intent, other health, more
// employees. The other files stay the world's.
func changeAccounts(world, dir string) (err error) {
	from, err := os.Open(filepath.Join(world, "accounts.csv"))
	if err != nil {
		return err
	}
	defer from.Close()
	path := filepath.Join(dir, "data", "accounts.csv")
	if err := os.Remove(path); err != nil { // the link
		return err
	}
	to, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	out := bufio.NewWriterSize(to, 1<<20)
	if err := rewrite(csv.NewReader(from), csv.NewWriter(out)); err != nil {
		return fmt.Errorf("changing one account of a hundred: %w", err)
	}
	return out.Flush()
}

// rewrite copies accounts and changes every hundredth.
func rewrite(in *csv.Reader, out *csv.Writer) error {
	in.ReuseRecord = true
	var place map[string]int
	for n := 0; ; n++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			out.Flush()
			return out.Error()
		}
		if err != nil {
			return err
		}
		switch {
		case n == 0:
			place = places(record)
		case n%100 == 0:
			changeAccount(record, place)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
}

// changeAccount lets an account that surged calm down and another one surge, and turns a customer's health.
func changeAccount(record []string, place map[string]int) {
	if len(record[place["intent"]]) > 40 {
		record[place["intent"]] = "{}"
	} else {
		record[place["intent"]] = `{"data platform":95}`
	}
	switch record[place["health"]] {
	case "green":
		record[place["health"]] = "red"
	case "red":
		record[place["health"]] = "green"
	}
	record[place["employees"]] = "1234"
}

func places(head []string) map[string]int {
	out := map[string]int{}
	for i, name := range head {
		out[name] = i
	}
	return out
}

// countRows counts the rows of a table of a state.
func countRows(path, table string) (n int64, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRow("SELECT count(*) FROM " + table).Scan(&n)
	return n, err
}

// selfCommand starts this programme in a folder, as something else than the measurement.
func selfCommand(ctx context.Context, dir, word string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return newChild(ctx, dir, self, append([]string{word}, args...)...), nil
}
