// Duck answers questions in SQL by DuckDB, in memory, and tells the processor time that each took. It reads a line of JSON for each
// question and writes one for each answer: the words are those of testdata/bench/run, which starts it.
package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

type ask struct {
	SQL   string `json:"sql"`
	Loops int    `json:"loops"`
}

type told struct {
	CPU   time.Duration    `json:"cpu"`
	Wall  time.Duration    `json:"wall"`
	Peak  int64            `json:"peak"`
	Rows  map[string]int64 `json:"rows"`
	Text  string           `json:"text"`
	Error string           `json:"error"`
}

func main() {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		fmt.Fprintln(os.Stderr, "opening duckdb:", err)
		os.Exit(1)
	}
	db.SetMaxOpenConns(1)
	os.Exit(serve(db, os.Stdin, os.Stdout))
}

func serve(db *sql.DB, in io.Reader, out io.Writer) int {
	lines, answers := bufio.NewReader(in), json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return 0
		}
		var a ask
		t := &told{}
		if err = json.Unmarshal(line, &a); err == nil {
			t, err = do(db, a)
		}
		if err != nil {
			t = &told{Error: err.Error()}
		}
		if err := answers.Encode(t); err != nil {
			return 1
		}
	}
}

// do asks so many times and gives what one time took.
func do(db *sql.DB, a ask) (*told, error) {
	loops := time.Duration(max(a.Loops, 1))
	t := &told{}
	cpu, begin := used().cpu, time.Now()
	for range loops {
		var err error
		if t.Rows, t.Text, err = query(db, a.SQL); err != nil {
			return nil, err
		}
	}
	after := used()
	t.CPU, t.Wall, t.Peak = (after.cpu-cpu)/loops, time.Since(begin)/loops, after.peak
	return t, nil
}

// query gives the numbers of the first row by column, and the first other value as text.
func query(db *sql.DB, text string) (map[string]int64, string, error) {
	rows, err := db.Query(text)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, "", err
	}
	values, places := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		places[i] = &values[i]
	}
	numbers, said := map[string]int64{}, ""
	if rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, "", err
		}
		for i, v := range values {
			if n, ok := v.(int64); ok {
				numbers[names[i]] = n
			} else if said == "" {
				said = fmt.Sprint(v)
			}
		}
	}
	return numbers, said, rows.Err()
}

type usage struct {
	cpu  time.Duration
	peak int64
}

// used is the processor time of this process so far, DuckDB's threads included, and the most memory it held.
func used() usage {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are right
	}
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10}
}
