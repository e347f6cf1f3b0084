package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// want checks the number of a command's arguments.
func want(ts *testscript.TestScript, args []string, usage string) {
	if len(args) != strings.Count(usage, " ") {
		ts.Fatalf("usage: %s", usage)
	}
}

// edit changes a file, and fails if that changes nothing.
func edit(ts *testscript.TestScript, file string, change func(text string) string) {
	before := ts.ReadFile(file)
	after := change(before)
	if after == before {
		ts.Fatalf("nothing in %s changes", file)
	}
	ts.Check(os.WriteFile(ts.MkAbs(file), []byte(after), 0o644))
}

func sub(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "sub FILE OLD NEW")
	edit(ts, args[0], func(text string) string { return strings.Replace(text, args[1], args[2], 1) })
}

func drop(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "drop FILE REGEXP")
	pattern := regexp.MustCompile(`(?m)^.*` + args[1] + `.*\r?\n`)
	edit(ts, args[0], func(text string) string { return pattern.ReplaceAllString(text, "") })
}

func add(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "add FILE LINE")
	edit(ts, args[0], func(text string) string { return text + args[1] + "\n" })
}

func cut(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "cut FILE N")
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// poke puts one byte into a file.
func poke(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "poke FILE AT BYTE")
	at, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	value, err := strconv.ParseUint(args[2], 10, 8)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte{byte(value)}, at)
	ts.Check(err)
	ts.Check(f.Close())
}

// old dates a file back.
func old(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "old FILE TIME")
	at, err := time.Parse(time.RFC3339, args[1])
	ts.Check(err)
	ts.Check(os.Chtimes(ts.MkAbs(args[0]), at, at))
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "mode FILE OCTAL")
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}

// modes checks every file below a folder, and every folder.
func modes(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "modes DIR FILES FOLDERS")
	n := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		wanted := args[1]
		if d.IsDir() {
			wanted = args[2]
		}
		if got := fmt.Sprintf("%o", info.Mode().Perm()); got != wanted {
			return fmt.Errorf("%s has mode %s, want %s", path, got, wanted)
		}
		n++
		return nil
	}))
	if n < 2 {
		ts.Fatalf("there is nothing in %s", args[0])
	}
}

// hold takes a playbook's lock as another apply would.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	d := standOf(ts)
	since, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	store := sqlite.Open(ts.MkAbs(args[0]), "", func() time.Time { return since })
	d.holding, err = store.Lock(context.Background(), state.Holder{ID: "r1", Operation: "apply", Who: "grace@laptop", PID: 4242, Since: since})
	ts.Check(err)
	d.holding.Progress("3 of 9 operations")
	if len(args) == 2 {
		after, err := time.ParseDuration(args[1])
		ts.Check(err)
		held := d.holding
		d.holding, d.freed = nil, make(chan error, 1)
		go func() {
			time.Sleep(after)
			d.freed <- held.Unlock()
		}()
	}
}

func free(ts *testscript.TestScript, _ bool, _ []string) {
	d := standOf(ts)
	if d.holding == nil {
		ts.Check(<-d.freed)
		return
	}
	ts.Check(d.holding.Unlock())
	d.holding = nil
}

// checkJSON holds the last output against being one document, and against a text in it.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	decoder.UseNumber()
	var document any
	ts.Check(decoder.Decode(&document))
	if rest, err := decoder.Token(); err == nil {
		ts.Fatalf("something stands behind the document: %v", rest)
	}
	if len(args) == 0 {
		return
	}
	got := at(document, strings.Split(args[0], "."))
	if (len(args) > 1 && got != args[1] || len(args) == 1 && got == "nothing") != neg {
		ts.Fatalf("%s is %s", args[0], got)
	}
}

// at gives what stands at a path as text; len is the length of a list.
func at(value any, path []string) string {
	if len(path) == 0 {
		if text, ok := value.(string); ok {
			return text
		}
		var b bytes.Buffer
		_ = json.NewEncoder(&b).Encode(value)
		return strings.TrimSpace(b.String())
	}
	switch v := value.(type) {
	case map[string]any:
		return at(v[path[0]], path[1:])
	case []any:
		if path[0] == "len" {
			return strconv.Itoa(len(v))
		}
		if n, err := strconv.Atoi(path[0]); err == nil && n < len(v) {
			return at(v[n], path[1:])
		}
	}
	return "nothing"
}
