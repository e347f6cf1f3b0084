package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// beThePlugin is the plug-in of a kind: "relay ADDRESS", or one that fails in a way at a method: "dies at write".
func beThePlugin(how string) {
	if address, ok := strings.CutPrefix(how, "relay "); ok {
		relay(address)
		return
	}
	if how == "parent" {
		beTheParent()
	}
	way, method, _ := strings.Cut(how, " at ")
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var call incoming
		if err := json.Unmarshal(line, &call); err != nil {
			panic(err)
		}
		if call.Method == method {
			fail(way, call)
			continue
		}
		switch call.Method {
		case "describe":
			reply(call.ID, `{"protocol": 1, "methods": ["check", "members", "write"], "collections": [{"name": "list"}], "any_action": true, "any_retry": "key", "concurrency": 2}`)
		case "members":
			reply(call.ID, `{"ids": ["b", "a", "b"]}`)
		case "cancel":
		default:
			reply(call.ID, `{}`)
		}
	}
}

func reply(id int64, result string) {
	fmt.Printf(`{"jsonrpc": "2.0", "id": %d, "result": %s}`+"\n", id, result)
}

// fail is what plug-ins do that they ought not.
func fail(way string, call incoming) {
	switch way {
	case "dies":
		fmt.Fprintln(os.Stderr, "Traceback:\n\x1b[31m  KeyError: 'x'\x1b[0m, token s3cret-of-the-desk")
		os.Exit(3)
	case "dies once":
		if f, err := os.OpenFile("died", os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			f.Close()
			os.Exit(3)
		}
		reply(call.ID, `{"ids": ["a"]}`)
	case "hangs":
		time.Sleep(time.Hour)
	case "hangs with a child":
		c := exec.Command("sleep", "3600")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Start(); err != nil {
			panic(err)
		}
		if err := errors.Join(os.WriteFile("pid", []byte(strconv.Itoa(c.Process.Pid)), 0o600), os.Rename("pid", "child")); err != nil {
			panic(err)
		}
		time.Sleep(time.Hour)
	case "leaves a child":
		c := exec.Command("sleep", "3600")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := errors.Join(c.Start(), os.WriteFile("child", []byte(strconv.Itoa(c.Process.Pid)), 0o600)); err != nil {
			panic(err)
		}
		os.Exit(0)
	case "writes garbage":
		fmt.Println("INFO: connected to s3cret-of-the-desk")
	case "writes another's answer":
		reply(call.ID+7, `{}`)
	case "answers twice":
		reply(call.ID, `{"ids": [], "outcomes": [{"status": "done"}]}`[:10]+`}`)
		reply(call.ID, `{"ids": []}`)
	case "writes half a line":
		fmt.Print(`{"jsonrpc": "2.0", "id":`)
		os.Exit(0)
	case "writes a long line":
		piece := strings.Repeat("x", 1<<20)
		fmt.Print(`{"id": 2, "result": "`)
		for range 100 {
			fmt.Print(piece)
		}
		fmt.Println(`"}`)
	case "floods stderr":
		for i := range 200_000 {
			fmt.Fprintf(os.Stderr, "line %d of a log that nobody reads\n", i)
		}
		reply(call.ID, `{"ids": ["a"]}`)
	case "misspells":
		reply(call.ID, `{"idz": ["a"]}`)
	case "gives a page after itself":
		reply(call.ID, `{"ids": ["a"], "next": "1"}`)
	case "gives one outcome":
		reply(call.ID, `{"outcomes": [{"status": "done"}]}`)
	case "gives odd outcomes":
		reply(call.ID, `{"outcomes": [{"status": "fine"}, {"status": "rejected"}]}`)
	case "refuses":
		fmt.Printf(`{"jsonrpc": "2.0", "id": %d, "error": {"code": 2, "message": "not today,\nwith s3cret-of-the-desk"}}`+"\n", call.ID)
	case "fails":
		fmt.Printf(`{"jsonrpc": "2.0", "id": %d, "error": {"code": 500, "message": "boom", "data": "x"}}`+"\n", call.ID)
	case "speaks another protocol":
		reply(call.ID, `{"protocol": 2, "methods": []}`)
	case "stops listening":
		reply(call.ID, `{"protocol": 1, "methods": ["write"], "collections": [{"name": "list"}]}`)
		time.Sleep(time.Hour)
	default:
		panic(way)
	}
}

var list = connector.Collection{Kind: "list", Name: "A"}

// add writes two members.
func add(ctx context.Context, p *plugin) ([]connector.Outcome, error) {
	return p.Write(ctx, connector.Batch{Verb: connector.Add, Target: list, Items: []connector.Item{{ID: "a"}, {ID: "b"}}})
}

// patience is short for those that hang, and long enough for a busy machine; others have no reason to be late.
func patience(how string) map[string]any {
	if strings.HasPrefix(how, "hangs") || strings.HasPrefix(how, "stops") {
		return map[string]any{"timeout": "2s"}
	}
	return map[string]any{"timeout": "1m"}
}

// TestPlugin_failuresAreTold holds what is said of each way in which a plug-in fails, and of a write whether it may have been done.
func TestPlugin_failuresAreTold(t *testing.T) {
	for how, c := range map[string]struct {
		want string
		safe bool // of a write: nothing was done
	}{
		"dies at members":                      {want: "members: it ended (exit status 3); the last it said: Traceback: / [31m  KeyError: 'x' [0m, token •••"},
		"dies at describe":                     {want: "describe: it ended (exit status 3); the last it said: Traceback:", safe: true},
		"hangs at members":                     {want: "members: it gave no answer to members within 2s"},
		"hangs at describe":                    {want: "describe: it gave no answer to describe within 2s", safe: true},
		"writes garbage at members":            {want: `members: it wrote what is no answer: "INFO: connected to •••"`},
		"writes another's answer at members":   {want: "members: it answered call 9, which there was not"},
		"writes half a line at members":        {want: `members: it ended (exit status 0), in the middle of a line that begins with "{\"jsonrpc\": \"2.0\", \"id\":"`},
		"writes a long line at members":        {want: "members: it wrote a line of more than 16 MiB: long answers come in pages"},
		"misspells at members":                 {want: `members: its answer can't be read: json: unknown field "idz"`},
		"gives a page after itself at members": {want: `members: it gives the page "1" after itself`},
		"speaks another protocol at describe":  {want: "describe: it speaks protocol 2, and this playctl protocol 1", safe: true},
		"dies at write":                        {want: "write: it ended (exit status 3)"},
		"hangs at write":                       {want: "write: it gave no answer to write within 2s"},
		"writes garbage at write":              {want: "write: it wrote what is no answer"},
		"writes half a line at write":          {want: "write: it ended (exit status 0), in the middle of a line"},
		"gives one outcome at write":           {want: "write: it gives 1 outcomes for 2 items"},
		"fails at write":                       {want: "write: boom"},
		"refuses at write":                     {want: "write: not today, with •••", safe: true},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := plugged(t, how, patience(how))
			var err error
			if strings.HasSuffix(how, " at members") {
				_, err = p.Members(t.Context(), list)
			} else {
				var outcomes []connector.Outcome
				outcomes, err = add(t.Context(), p)
				if safe := errors.As(err, new(*connector.NotBegunError)); safe != c.safe || outcomes != nil {
					t.Errorf("outcomes %v, not begun %v", outcomes, safe)
				}
			}
			if err == nil {
				t.Fatal("nothing is wrong")
			}
			if want := "connector desk (" + p.command[0] + "): " + c.want; !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("it says\n%s\nwant\n%s", err, want)
			}
		})
	}
}

// TestPlugin_floodOnStandardErrorIsRead holds that a plug-in which says more than anybody wants to know goes on.
func TestPlugin_floodOnStandardErrorIsRead(t *testing.T) {
	if ids, err := plugged(t, "floods stderr at members").Members(t.Context(), list); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestPlugin_answersTwice: the first answer stands, and the plug-in is started anew for the next call.
func TestPlugin_answersTwice(t *testing.T) {
	p := plugged(t, "answers twice at members")
	if _, err := p.Members(t.Context(), list); err != nil {
		t.Error(err)
	}
	<-p.session.done
	if err := p.session.fault(); err == nil || !strings.HasPrefix(err.Error(), "it answered call 2 twice") {
		t.Errorf("it is %v", err)
	}
	if err := p.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWrite_oddOutcomesAreInDoubt: what is not understood may have been done, and who is rejected is told something.
func TestWrite_oddOutcomesAreInDoubt(t *testing.T) {
	got, err := add(t.Context(), plugged(t, "gives odd outcomes at write"))
	if err != nil || got[0].Status != connector.InDoubt || !strings.Contains(got[0].Reason, `"fine"`) || got[1].Status != connector.Rejected || got[1].Reason == "" {
		t.Errorf("%v, %v", got, err)
	}
}

// TestPlugin_isStartedAnewForTheNextCall, and the call in which it died is an error.
func TestPlugin_isStartedAnewForTheNextCall(t *testing.T) {
	p := plugged(t, "dies once at members")
	if err := p.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Members(t.Context(), list); err == nil {
		t.Error("it died and nobody was told")
	}
	if ids, err := p.Members(t.Context(), list); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestPlugin_uselessTwiceStaysDown: a plug-in that only dies is not started for ever.
func TestPlugin_uselessTwiceStaysDown(t *testing.T) {
	p := plugged(t, "dies at members")
	starts := 0
	start := p.start
	p.start = func() (connector.Process, error) { starts++; return start() }
	var err error
	for range 5 {
		_, err = p.Members(t.Context(), list)
	}
	if starts != 2 || err == nil || !strings.Contains(err.Error(), "it is not started again, since twice in a row it was of no use: it ended (exit status 3); the last it said: ") {
		t.Errorf("%d starts, %v", starts, err)
	}
}

// TestWrite_neverLeftIsNotBegun: a line too long for the pipe of one who does not read.
func TestWrite_neverLeftIsNotBegun(t *testing.T) {
	t.Parallel()
	p := plugged(t, "stops listening at describe", patience("stops"))
	items := make([]connector.Item, 1000)
	for i := range items {
		items[i] = connector.Item{ID: strings.Repeat("x", 1000) + strconv.Itoa(i)}
	}
	_, err := p.Write(t.Context(), connector.Batch{Verb: connector.Add, Target: list, Items: items})
	if !errors.As(err, new(*connector.NotBegunError)) || !strings.Contains(err.Error(), "it gave no answer to write within 2s") {
		t.Errorf("%v", err)
	}
}

// TestWrite_rejectsWhatCantBeSent: one bad item is no other's loss.
func TestWrite_rejectsWhatCantBeSent(t *testing.T) {
	for reason, it := range map[string]connector.Item{
		"the id is empty":                    {},
		"it has a text that is not in UTF-8": {ID: "\xff"},
		"it has a value that JSON can't hold: a number that is none, or a text that is not in UTF-8": {ID: "a", Fields: map[string]any{"x": []any{map[string]any{"\xff": 1}}}},
	} {
		if _, got := encode(connector.Add, it); got != reason {
			t.Errorf("%v is rejected for %q, want %q", it, got, reason)
		}
	}
	if _, got := encode(connector.Task, connector.Item{ID: "a"}); got != "the key is empty" {
		t.Errorf("a task without a key: %q", got)
	}
}

// TestPlugin_leavesNoOrphans holds that what a plug-in started ends with it: when it hangs, when it ends, when the context does.
func TestPlugin_leavesNoOrphans(t *testing.T) {
	for _, how := range []string{"hangs with a child at members", "leaves a child at members", "hangs with a child at check"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := plugged(t, how, patience(how))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			folder := folderOf(t, p)
			if strings.HasSuffix(how, "check") {
				p.timeout = time.Minute
				go func() {
					for len(child(folder)) == 0 {
						time.Sleep(time.Millisecond)
					}
					cancel()
				}()
				if err := p.Check(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			} else if _, err := p.Members(ctx, list); err == nil {
				t.Error("nothing is wrong")
			}
			<-p.session.done
			pid, err := strconv.Atoi(child(folder))
			if err != nil {
				t.Fatal(err)
			}
			if alive(pid) {
				t.Errorf("process %d is still there", pid)
			}
		})
	}
}

// folderOf has a plug-in run in a folder that is known.
func folderOf(t *testing.T, p *plugin) string {
	t.Helper()
	folder := t.TempDir()
	program := connector.Program{Command: p.command, Dir: folder, Env: p.env}
	p.start = func() (connector.Process, error) { return Spawn(os.Environ())(program) }
	return folder
}

func child(folder string) string {
	text, _ := os.ReadFile(filepath.Join(folder, "child"))
	return string(text)
}

// alive reports whether a process is there that does something: one that was killed may be waiting to be counted.
func alive(pid int) bool {
	for range 200 {
		if syscall.Kill(pid, 0) != nil {
			return false
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return false
		}
		time.Sleep(5 * time.Millisecond)
	}
	return true
}

// TestPlugin_diesWithPlayctl: on Linux not even kill -9 of playctl leaves the plug-in behind, though it does not read its input.
func TestPlugin_diesWithPlayctl(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Dir, c.Env = t.TempDir(), append(os.Environ(), mode+"=parent")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for child(c.Dir) == "" {
		time.Sleep(time.Millisecond)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	pid, err := strconv.Atoi(child(c.Dir))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" && alive(pid) {
		t.Errorf("process %d is still there", pid)
	}
}

// beTheParent starts a program that does not end by itself, and waits to be killed.
func beTheParent() {
	p, err := Spawn(os.Environ())(connector.Program{Command: []string{"sleep", "3600"}, Dir: "."})
	if err != nil {
		panic(err)
	}
	pid := strconv.Itoa(p.(*running).cmd.Process.Pid)
	if err := errors.Join(os.WriteFile("pid", []byte(pid), 0o600), os.Rename("pid", "child")); err != nil {
		panic(err)
	}
	time.Sleep(time.Hour)
}
