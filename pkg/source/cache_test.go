package source

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// caching makes a request keep the columns of files of any size, in a folder of its own.
func caching(t testing.TB, r Request) Request {
	r.CacheDir, r.cacheFrom = filepath.Join(t.TempDir(), ".playctl", "cache"), 1
	return r
}

// uncached gives what a request reads without the cache.
func uncached(t testing.TB, r Request) string {
	t.Helper()
	r.CacheDir = ""
	return told(mustRead(t, r))
}

// told writes everything that a result says, but whether it is from the cache.
func told(r *Result) string {
	var out strings.Builder
	for _, table := range r.Frame.Tables {
		fmt.Fprintf(&out, "%s: %v\n", table.Entity, rows(table))
		for row := range table.Rows {
			if table.HasKey() {
				fmt.Fprintf(&out, "%q ", table.Key(row))
			}
		}
		for _, p := range table.Parents() {
			fmt.Fprintf(&out, "%s %v %v %v %d:", p.Plural, p.Up, p.Start, p.Down, p.Orphans)
			for row := range table.Rows {
				fmt.Fprintf(&out, " %v", get(p.Keys, row))
			}
		}
	}
	for _, report := range r.Reports {
		report.FromCache = false
		fmt.Fprintf(&out, "\n%#v", report)
	}
	return out.String()
}

// cached gives which entities of a result are from the cache.
func cached(r *Result) []string {
	var names []string
	for _, report := range r.Reports {
		if report.FromCache {
			names = append(names, report.Entity)
		}
	}
	return names
}

// cacheFiles gives the names of the cache's files.
func cacheFiles(t testing.TB, r Request) []string {
	t.Helper()
	entries, err := os.ReadDir(r.CacheDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// world is accounts and their activities, which the cache may keep.
func world(t testing.TB) Request {
	return caching(t, request(folder(t, "a.csv", accountsText, "e.csv", eventsText), account("a.csv"), activity("e.csv")))
}

func TestCache_isUsedTheSecondTime(t *testing.T) {
	r := world(t)
	var last []Progress
	r.Progress = func(p Progress) { last = append(last, p) }
	first := mustRead(t, r)
	if len(cached(first)) > 0 {
		t.Error("the first read is from the cache")
	}
	last = nil
	second := mustRead(t, r)
	r.Progress = nil
	diff(t, cached(second), []string{"account", "activity"})
	diff(t, told(second), told(first))
	diff(t, told(second), uncached(t, r))
	size := int64(len(accountsText))
	diff(t, last, []Progress{
		{Entity: "account", Rows: 2, Bytes: size, Total: size},
		{Entity: "activity", Rows: 3, Bytes: int64(len(eventsText)), Total: int64(len(eventsText))},
	})
}

func TestCache_isForItsOwnerAlone(t *testing.T) {
	r := world(t)
	mustRead(t, r)
	for _, dir := range []string{r.CacheDir, filepath.Dir(r.CacheDir)} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
	names := cacheFiles(t, r)
	if len(names) != 2 || !strings.HasPrefix(names[0], "account-") || !strings.HasPrefix(names[1], "activity-") {
		t.Errorf("files %v", names)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(r.CacheDir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestCache_keepsNothingOfSmallFilesOrWhenItIsOff(t *testing.T) {
	r := world(t)
	r.cacheFrom = int64(len(accountsText)) + 1
	mustRead(t, r)
	diff(t, len(cacheFiles(t, r)), 1) // the activities are longer
	r = world(t)
	r.CacheDir, r.cacheFrom = "", 1
	mustRead(t, r)
	diff(t, cached(mustRead(t, r)), []string(nil))
	r = world(t)
	r.cacheFrom = 0
	mustRead(t, r)
	if _, err := os.Stat(r.CacheDir); !os.IsNotExist(err) {
		t.Error("a folder was made for nothing")
	}
}

// TestCache_sameSizeAndTimeIsNotTheSame holds that bytes count: a file that was exchanged for one of the same size, its time set back, is read.
func TestCache_sameSizeAndTimeIsNotTheSame(t *testing.T) {
	r := world(t)
	path := filepath.Join(r.Dir, "a.csv")
	mustRead(t, r)
	for _, replace := range []func(text string) error{
		func(text string) error { return os.WriteFile(path, []byte(text), 0o644) },
		func(text string) error {
			if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
	} {
		for _, name := range []string{"X", "Y"} {
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := replace(strings.Replace(accountsText, "A", name, 1)); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, now, before.ModTime()); err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, r)
			diff(t, cached(got), []string{"activity"})
			diff(t, rows(got.Frame.Table("account"))[0][0], any(name))
			diff(t, cached(mustRead(t, r)), []string{"account", "activity"})
		}
	}
}

// TestCache_sameBytesAreTheSame holds that a file written anew with the same bytes is not read again.
func TestCache_sameBytesAreTheSame(t *testing.T) {
	r := world(t)
	mustRead(t, r)
	if err := os.WriteFile(filepath.Join(r.Dir, "a.csv"), []byte(accountsText), 0o644); err != nil {
		t.Fatal(err)
	}
	diff(t, cached(mustRead(t, r)), []string{"account", "activity"})
}

// TestCache_damagedIsReadAnew flips bits all over the files, cuts them and puts others in their place.
func TestCache_damagedIsReadAnew(t *testing.T) {
	r := world(t)
	want := told(mustRead(t, r))
	for _, name := range cacheFiles(t, r) {
		path := filepath.Join(r.CacheDir, name)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		try := func(what string, data []byte) {
			t.Helper()
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, r)
			if len(cached(got)) != 1 {
				t.Errorf("%s: %v from the cache", what, cached(got))
			}
			if told(got) != want {
				t.Fatalf("%s: other records", what)
			}
			if len(cached(mustRead(t, r))) != 2 {
				t.Fatalf("%s: not written anew", what)
			}
		}
		for at := 0; at < len(good); at += 7 {
			if key := len(cacheMagic) <= at && at < len(cacheMagic)+len(digestKey{}); key {
				continue // the stamp says that the file is the same, and the key is not asked
			}
			damaged := slices.Clone(good)
			damaged[at] ^= 1 << (at % 8)
			try(fmt.Sprintf("a bit of byte %d of %d", at, len(good)), damaged)
		}
		for _, n := range []int{0, 1, binary.Size(cacheHead{}) - 1, binary.Size(cacheHead{}), len(good) / 2, len(good) - 1} {
			try(fmt.Sprintf("cut to %d bytes", n), good[:n])
		}
		try("longer", append(slices.Clone(good), 0))
		try("text", []byte(accountsText))
	}
}

func TestCache_whatCannotBeWrittenIsNotKept(t *testing.T) {
	r := world(t)
	want := uncached(t, r)
	if err := os.WriteFile(filepath.Join(r.Dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.CacheDir = filepath.Join(r.Dir, "file", "cache")
	diff(t, told(mustRead(t, r)), want)
	r = world(t)
	mustRead(t, r)
	for _, name := range cacheFiles(t, r) {
		path := filepath.Join(r.CacheDir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	before := cacheFiles(t, r)
	got := mustRead(t, r)
	diff(t, told(got), want)
	diff(t, cached(got), []string(nil))
	diff(t, cacheFiles(t, r), before)
}

// TestCache_isOfOneSchema holds that everything that decides what is read makes other columns, and that those before are removed; and that
// nothing else does.
func TestCache_isOfOneSchema(t *testing.T) {
	changes := map[string]func(r *Request, e *playbook.Entity){
		"field":         func(_ *Request, e *playbook.Entity) { e.Fields = e.Fields[:2] },
		"type":          func(_ *Request, e *playbook.Entity) { e.Fields[1].Type = scalar(frame.Double) },
		"order":         func(_ *Request, e *playbook.Entity) { slices.Reverse(e.Fields) },
		"key":           func(_ *Request, e *playbook.Entity) { e.Key = "name" },
		"bad records":   func(_ *Request, e *playbook.Entity) { e.BadStop = true },
		"zone":          func(r *Request, _ *playbook.Entity) { r.Zone = time.FixedZone("", 3600) },
		"zone's rules":  func(r *Request, _ *playbook.Entity) { r.Zone = time.FixedZone("UTC", 3600) },
		"file's name":   func(_ *Request, e *playbook.Entity) { e.File = "b.csv" },
		"playctl":       func(r *Request, _ *playbook.Entity) { r.Version = "1.1" },
		"plural's name": func(_ *Request, e *playbook.Entity) { e.Plural = "accounts" },
	}
	for name, change := range changes {
		r := caching(t, request(folder(t, "a.csv", accountsText, "b.csv", accountsText), account("a.csv")))
		mustRead(t, r)
		before := cacheFiles(t, r)
		change(&r, r.Entities[0])
		got := mustRead(t, r)
		if after := cacheFiles(t, r); len(cached(got)) > 0 || len(after) != 1 || after[0] == before[0] {
			t.Errorf("another %s: %v from the cache, files %v and then %v", name, cached(got), before, after)
		}
		diff(t, cached(mustRead(t, r)), []string{"account"})
	}
	r := world(t)
	mustRead(t, r)
	r.Now = now.Add(time.Hour)
	r.Entities[0].At, r.Entities[0].Fresh = nodeAt(3), playbook.Fresh{Within: time.Minute}
	got := mustRead(t, r)
	if !got.Reports[0].FromCache || !got.Reports[0].Stale || got.Reports[0].Age != 2*time.Hour {
		t.Errorf("report %+v", got.Reports[0])
	}
}

// TestCache_isSwept holds what is removed when a file is written: other files of the entity, and of those that are being written only what
// nobody will finish.
func TestCache_isSwept(t *testing.T) {
	r := world(t)
	mustRead(t, r)
	mine := cacheFiles(t, r)
	put := func(name string, old time.Duration) {
		path := filepath.Join(r.CacheDir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, info.ModTime().Add(-old)); err != nil {
			t.Fatal(err)
		}
	}
	kept := []string{"account-0123456789abcdef.columns-77", "account-b-0123456789abcdef.columns", "account-notes.txt", "accounts-0123456789abcdef.columns"}
	for _, name := range kept {
		put(name, 0)
	}
	put("account-0123456789abcdef.columns", 0)
	put("account-0123456789abcdef.columns-78", 2*time.Hour)
	if err := os.Remove(filepath.Join(r.CacheDir, mine[0])); err != nil {
		t.Fatal(err)
	}
	mustRead(t, r)
	diff(t, cacheFiles(t, r), slices.Sorted(slices.Values(append(kept, mine...))))
}

// TestCache_whatWasFutureHappens holds that later runs see what was later than now, and earlier ones don't see what has happened.
func TestCache_whatWasFutureHappens(t *testing.T) {
	text := "account_id,type,at\na1,web,2026-11-22T08:00:00Z\na1,web,2026-11-22T10:00:00Z\na2,\xff,2026-11-22T11:00:00Z\na2,mail,2026-11-22T12:00:00Z\na2,mail,\n"
	r := caching(t, request(folder(t, "a.csv", accountsText, "e.csv", text), account("a.csv"), activity("e.csv")))
	for i, x := range []struct {
		now               string
		rows, future, bad int
		cached            bool
	}{
		{"09:00", 2, 3, 0, false}, {"09:00", 2, 3, 0, true}, {"10:00", 3, 2, 0, true}, {"07:00", 1, 4, 0, true},
		{"11:00", 3, 1, 1, false}, {"12:00", 4, 0, 1, true}, {"11:30", 3, 1, 1, true}, {"10:59", 3, 2, 0, false},
	} {
		at, err := time.Parse(time.RFC3339, "2026-11-22T"+x.now+":00Z")
		if err != nil {
			t.Fatal(err)
		}
		r.Now = at
		got := mustRead(t, r)
		if report := got.Reports[1]; report.Rows != x.rows || report.Future != x.future || report.Bad != x.bad || report.FromCache != x.cached {
			t.Errorf("run %d: %+v, want %+v", i, report, x)
		}
		diff(t, told(got), uncached(t, r))
	}
}

// nodeAt gives a node of a playbook at a line.
func nodeAt(line int) document.Node {
	file, _ := document.Parse("playbook.yaml", []byte(strings.Repeat("\n", line-1)+"name: string\n"))
	return file.Root()
}

// TestCache_warningsPointToThePlaybookAsItIs holds that a warning names its place in the playbook of this run.
func TestCache_warningsPointToThePlaybookAsItIs(t *testing.T) {
	e := account("a.jsonl")
	e.Fields[0].At = nodeAt(3)
	r := caching(t, request(folder(t, "a.jsonl", `{"id": "a", "employees": 1, "intent": {}}`+"\n"), e))
	if first := mustRead(t, r); len(first.Reports[0].Warnings) != 1 {
		t.Fatalf("report %+v", first.Reports[0])
	}
	diff(t, cached(mustRead(t, r)), []string{"account"})
	e.Fields[0].At = nodeAt(4)
	got := mustRead(t, r)
	diff(t, cached(got), []string(nil))
	diff(t, got.Reports[0].Warnings[0].At.Line, 4)
	diff(t, told(got), uncached(t, r))
}

// TestCache_badRecordsAreToldAgain holds that what is wrong with a file is told from the cache as from the file.
func TestCache_badRecordsAreToldAgain(t *testing.T) {
	text := accountsText + "a1,again,3,\na3,\xff,1,\na4,<é>,x,\"{\"\"a\"\":1}\"\n"
	for i := range 20 {
		text += fmt.Sprintf("b%d,B,%d,\nc%d,C,many,\n", i, i, i)
	}
	for i := range 20 {
		text += fmt.Sprintf("d%d,D,%d,\n", i, i)
	}
	r := caching(t, request(folder(t, "a.csv", text), account("a.csv")))
	first, second := mustRead(t, r), mustRead(t, r)
	if report := second.Reports[0]; !report.FromCache || report.Bad != 23 || len(report.BadSamples) != maxSamples {
		t.Errorf("report %+v", report)
	}
	diff(t, told(second), told(first))
	diff(t, second.Reports[0].BadSamples, first.Reports[0].BadSamples)
	r.Entities[0].BadStop = true
	failRead(t, r)
	failRead(t, r) // nothing is kept of what stops the run
}

func TestCache_twoRunsAtOnce(t *testing.T) {
	r := world(t)
	want := uncached(t, r)
	var runs sync.WaitGroup
	for range 4 {
		runs.Go(func() {
			for range 5 {
				if got, err := Read(context.Background(), r); err != nil || told(got) != want {
					t.Errorf("other records, or %v", err)
				}
			}
		})
	}
	runs.Wait()
	diff(t, len(cacheFiles(t, r)), 2)
}

func TestCache_isInterruptedLikeReading(t *testing.T) {
	r := world(t)
	mustRead(t, r)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, r); err == nil {
		t.Error("read on")
	}
	diff(t, len(cacheFiles(t, r)), 2)
}

func TestStamp_isOfTheTimeBefore(t *testing.T) {
	s := stamp{Modified: 10, Changed: 10, Inode: 1, Device: 1}
	for _, x := range []struct {
		name  string
		s     stamp
		other stamp
		want  bool
	}{
		{"older", s, stamp{11, 11, 2, 1}, true},
		{"as old", s, stamp{10, 10, 2, 1}, false},
		{"newer", s, stamp{9, 9, 2, 1}, false},
		{"set back, but changed since", stamp{5, 12, 1, 1}, stamp{11, 11, 2, 1}, false},
		{"on another file system", s, stamp{11, 11, 2, 2}, false},
		{"without a stamp", stamp{}, stamp{11, 11, 2, 1}, false},
		{"of nothing known", s, stamp{}, false},
	} {
		if got := x.s.before(x.other); got != x.want {
			t.Errorf("%s: %t", x.name, got)
		}
	}
}

func TestDigest_isOfTheBytesAndNotOfTheirParts(t *testing.T) {
	data := make([]byte, 3*blockSize+5)
	for i := range data {
		data[i] = byte(i * 7 >> (i / blockSize))
	}
	sum := func(d *digest, parts ...[]byte) digestSum {
		for _, p := range parts {
			d.add(p)
		}
		return d.sum()
	}
	keyed := func(k byte) *digest {
		d, err := newDigest(digestKey{k})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for name, d := range map[string]func() *digest{"key": func() *digest { return keyed(1) }, "checksum": newChecksum} {
		want := sum(d(), data)
		for _, cut := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, len(data)} {
			if sum(d(), data[:cut], data[cut:]) != want {
				t.Errorf("%s: cut at %d it has another digest", name, cut)
			}
		}
		for _, at := range []int{0, blockSize, len(data) - 1} {
			other := slices.Clone(data)
			other[at] ^= 1
			if sum(d(), other) == want || sum(d(), data[:at]) == want {
				t.Errorf("%s: the same digest without byte %d", name, at)
			}
		}
		swapped := append(slices.Clone(data[blockSize:2*blockSize]), data[:blockSize]...)
		if sum(d(), swapped, data[2*blockSize:]) == want {
			t.Errorf("%s: the same digest with two blocks exchanged", name)
		}
	}
	if sum(keyed(1), data) == sum(keyed(2), data) {
		t.Error("the key makes no difference")
	}
}

// TestCache_givesWhatAFreshReadGives draws files, and then runs at several times between which files change, and holds every run against one
// without a cache.
func TestCache_givesWhatAFreshReadGives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := folder(t)
		r := caching(t, Request{Dir: dir, Zone: time.UTC, Entities: drawEntities(rt)})
		for range rapid.IntRange(2, 4).Draw(rt, "runs") {
			for _, e := range r.Entities {
				if rapid.IntRange(0, 2).Draw(rt, "write") == 0 || !exists(filepath.Join(dir, e.File)) {
					if err := os.WriteFile(filepath.Join(dir, e.File), drawFile(rt, e), 0o600); err != nil {
						rt.Fatal(err)
					}
				}
			}
			r.Now = time.Date(2026, 11, rapid.IntRange(0, 9).Draw(rt, "now"), 0, 0, 0, 0, time.UTC)
			plain := r
			plain.CacheDir = ""
			want, wrong := Read(context.Background(), plain)
			for range 2 {
				got, err := Read(context.Background(), r)
				switch {
				case fmt.Sprint(err) != fmt.Sprint(wrong):
					rt.Fatalf("error %v, without a cache %v", err, wrong)
				case err == nil && told(got) != told(want):
					rt.Fatalf("from the cache %v:\n%s", cached(got), cmp.Diff(told(want), told(got)))
				case err == nil && !slices.Equal(reportsOf(want), reportsOf(got)):
					rt.Fatalf("reports %v, without a cache %v", reportsOf(got), reportsOf(want))
				}
			}
		}
	})
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// reportsOf writes every report with all that its problems say.
func reportsOf(r *Result) []string {
	var out []string
	for _, report := range r.Reports {
		report.FromCache = false
		out = append(out, fmt.Sprintf("%#v", report))
	}
	return out
}

// drawEntities draws accounts and two kinds of events of theirs, one with a key, as CSV or JSON Lines.
func drawEntities(t *rapid.T) []*playbook.Entity {
	extension := func(name string) string { return rapid.SampledFrom([]string{".csv", ".jsonl"}).Draw(t, name) }
	visits, calls := activity("visits"+extension("visits")), activity("calls"+extension("calls"))
	calls.Name, calls.Plural, calls.Key = "call", "calls", "id"
	return []*playbook.Entity{account("a" + extension("accounts")), visits, calls}
}

// drawFile draws a file of an entity, with values that are missing and some that are wrong.
func drawFile(t *rapid.T, e *playbook.Entity) []byte {
	names := []string{}
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	for _, p := range e.Parents {
		names = append(names, p.Column)
	}
	if e.Key != "" && !slices.Contains(names, e.Key) {
		names = append(names, e.Key)
	}
	csv := strings.HasSuffix(e.File, ".csv")
	var out strings.Builder
	if csv {
		out.WriteString(strings.Join(names, ",") + "\n")
	}
	wrong := rapid.IntRange(0, 8).Draw(t, "wrong") // of 20 values
	for range rapid.IntRange(0, 12).Draw(t, "records") {
		var cells []string
		for _, name := range names {
			if value := drawCell(t, name, wrong, csv); csv {
				cells = append(cells, value)
			} else if value != "" {
				cells = append(cells, fmt.Sprintf("%q: %s", name, value))
			}
		}
		if line := strings.Join(cells, ","); csv {
			out.WriteString(line + "\n")
		} else {
			out.WriteString("{" + line + "}\n")
		}
	}
	return []byte(out.String())
}

// drawCell draws a value of a name, "" where it is missing.
func drawCell(t *rapid.T, name string, wrong int, csv bool) string {
	quoted := func(s string) string {
		if csv {
			return s
		}
		return fmt.Sprintf("%q", s)
	}
	if rapid.IntRange(0, 19).Draw(t, "is wrong") < wrong && rapid.IntRange(0, 3).Draw(t, "is really wrong") == 0 {
		return quoted(rapid.SampledFrom([]string{"\xff", "wrong", "x@example.com"}).Draw(t, "what is wrong"))
	}
	n := rapid.IntRange(0, 9).Draw(t, name)
	if n == 0 {
		return ""
	}
	switch name {
	case "employees":
		return fmt.Sprint(n)
	case "at":
		return quoted(fmt.Sprintf("2026-11-%02d", n))
	case "intent":
		if csv {
			return fmt.Sprintf(`"{""b"":%d,""a"":1}"`, n)
		}
		return fmt.Sprintf(`{"b":%d,"a":1}`, n)
	}
	return quoted(rapid.SampledFrom([]string{"a", "b", "Zürich", "a1", "a2"}).Draw(t, "text") + fmt.Sprint(n%4))
}

// TestSchema_ofEveryZone holds that every zone's rules are told, and told apart.
func TestSchema_ofEveryZone(t *testing.T) {
	seen := map[digestSum]string{}
	for _, name := range []string{
		"UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		schema := schemaOf(account("a.csv"), Request{Zone: zone})
		if other := seen[schema]; other != "" || schema != schemaOf(account("a.csv"), Request{Zone: zone}) {
			t.Errorf("%s has the schema of %q, or not always the same", name, other)
		}
		seen[schema] = name
	}
}

// zoneOf makes a zone of two offsets, in seconds, that changes from the first to the second at some times and back at the others.
func zoneOf(t testing.TB, first, second int32, changes ...int32) *time.Location {
	t.Helper()
	data := append([]byte("TZif"), make([]byte, 16+3*4)...)
	for _, n := range []int{len(changes), 2, 4} { // what follows: changes, offsets, letters
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	for _, at := range changes {
		data = binary.BigEndian.AppendUint32(data, uint32(at))
	}
	for i := range changes {
		data = append(data, byte(1-i%2))
	}
	for i, offset := range []int32{first, second} {
		data = append(binary.BigEndian.AppendUint32(data, uint32(offset)), byte(i), 0)
	}
	zone, err := time.LoadLocationFromTZData("Europe/Nowhere", append(data, "XXX\x00"...))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestSchema_ofEveryChangeOfAZone holds that zones of the same name that differ for some hours, or long ago, have other schemas.
func TestSchema_ofEveryChangeOfAZone(t *testing.T) {
	const hour, day, from = 3600, 86400, 1_600_000_000 - 1_600_000_000%86400
	seen := map[digestSum]string{}
	for name, zone := range map[string]*time.Location{
		"at two":        zoneOf(t, 0, hour, from+2*hour, from+90*day),
		"at four":       zoneOf(t, 0, hour, from+4*hour, from+90*day),
		"for two hours": zoneOf(t, 0, hour, from+2*hour, from+4*hour),
		"never":         zoneOf(t, 0, hour),
		"before 1970":   zoneOf(t, 0, hour, -400*day, -300*day, from+2*hour, from+90*day),
	} {
		schema := schemaOf(account("a.csv"), Request{Zone: zone})
		if other := seen[schema]; other != "" {
			t.Errorf("a zone that changes %s has the schema of one that does %s", name, other)
		}
		seen[schema] = name
	}
}

// TestWriteZone_tellsEveryHour holds what is written against the zone, at random times.
func TestWriteZone_tellsEveryHour(t *testing.T) {
	for _, name := range []string{"UTC", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		writeZone(&text, zone)
		var offsets, begins []int64
		for line := range strings.Lines(text.String()) {
			var offset, begin int64
			if n, _ := fmt.Sscanf(line, "%d from %d", &offset, &begin); n == 2 {
				offsets, begins = append(offsets, offset), append(begins, begin)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			at := rapid.Int64Range(begins[0], time.Date(2041, 12, 31, 0, 0, 0, 0, time.UTC).Unix()).Draw(t, "at")
			i, found := slices.BinarySearch(begins, at)
			if !found {
				i--
			}
			if _, want := time.Unix(at, 0).In(zone).Zone(); offsets[i] != int64(want) {
				t.Fatalf("%s at %d is told to be %d, and is %d", name, at, offsets[i], want)
			}
		})
	}
}
