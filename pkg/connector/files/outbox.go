package files

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// outbox is a JSON Lines file of what was sent by one action, as it was last read or written.
type outbox struct {
	info  fs.FileInfo    // nil if there is no file
	lines map[string]int // where each key stands first, counted from 1
	count int            // how many lines the file has
	cut   bool           // the last line has no line break
}

// sent is one line of an outbox.
type sent struct {
	Key     string         `json:"key"`
	At      string         `json:"at"`
	Play    string         `json:"play"`
	Step    string         `json:"step"`
	Record  string         `json:"record"`
	ID      string         `json:"id"`
	Payload map[string]any `json:"payload"`
}

// outboxPath gives the file of an action inside the folder.
func outboxPath(action string) (string, error) { return filePath("", action, ".jsonl") }

// Lookup gives the receipts of those keys that were sent, or that have a task: those whose line is whole.
func (d *desk) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	rel, err := outboxPath(action)
	if err != nil {
		return nil, err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	receipts := map[string]string{}
	root, err := d.folder.open()
	if errors.Is(err, fs.ErrNotExist) {
		return receipts, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	box, err := d.outbox(root, rel)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if line, ok := box.lines[key]; ok {
			receipts[key] = receipt(rel, line)
		}
	}
	if action == taskKind {
		return receipts, d.lookupTasks(root, keys, receipts)
	}
	return receipts, nil
}

func receipt(rel string, line int) string { return fmt.Sprintf("%s:%d", rel, line) }

// send appends a line for each item whose key the outbox does not hold.
func (d *desk) send(root *os.Root, rel string, items []connector.Item) ([]connector.Outcome, error) {
	box, err := d.outbox(root, rel)
	if err != nil {
		return nil, err
	}
	outcomes, lines, keys := box.draft(items, d.now())
	if len(keys) > 0 {
		if box, err = d.post(root, rel, box, lines, keys); err != nil {
			return nil, fmt.Errorf("writing %s: %w", d.folder.show(rel), err)
		}
	}
	for i, item := range items {
		if outcomes[i].Status != connector.Rejected {
			outcomes[i].Receipt = receipt(rel, box.lines[item.Key])
		}
	}
	return outcomes, nil
}

// draft gives the items' outcomes, without receipts, and the lines that make them so, with their keys.
func (b *outbox) draft(items []connector.Item, now time.Time) (outcomes []connector.Outcome, lines []byte, keys []string) {
	outcomes = make([]connector.Outcome, len(items))
	at := now.UTC().Format(time.RFC3339Nano)
	drafted := map[string]bool{}
	for i, item := range items {
		if reason := rejectSend(item); reason != "" {
			outcomes[i] = rejected(reason)
			continue
		}
		if _, ok := b.lines[item.Key]; ok || drafted[item.Key] {
			outcomes[i].Status = connector.Already
			continue
		}
		line, err := encodeSent(item, at)
		if err != nil {
			outcomes[i] = rejected("the payload is no JSON: " + err.Error())
			continue
		}
		outcomes[i].Status = connector.Done
		drafted[item.Key] = true
		lines, keys = append(lines, line...), append(keys, item.Key)
	}
	return outcomes, lines, keys
}

// rejectSend says why an item can't be sent; "" if it can. The id may be empty: the key is what an event is known by.
func rejectSend(item connector.Item) string {
	switch {
	case item.Key == "":
		return "the key is empty"
	case notText(item.Key):
		return "the key is not UTF-8 text"
	}
	return ""
}

func encodeSent(item connector.Item, at string) ([]byte, error) {
	s := sent{item.Key, at, item.Source.Play, item.Source.Step, item.Source.Record, item.ID, item.Fields}
	if s.Payload == nil {
		s.Payload = map[string]any{}
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(s)
	return line.Bytes(), err
}

// post appends lines and gives the outbox as it then is.
func (d *desk) post(root *os.Root, rel string, box *outbox, lines []byte, keys []string) (*outbox, error) {
	delete(d.boxes, rel)
	if box.cut {
		lines = append([]byte("\n"), lines...)
	}
	info, err := appendSent(root, rel, box, lines)
	if err != nil {
		return nil, err
	}
	if info.Size() != box.size()+int64(len(lines)) { // someone added a line at the same time
		return d.outbox(root, rel)
	}
	for i, key := range keys {
		box.lines[key] = box.count + i + 1
	}
	box.count += len(keys)
	box.info, box.cut = info, false
	d.boxes[rel] = box
	return box, nil
}

func (b *outbox) size() int64 {
	if b.info == nil {
		return 0
	}
	return b.info.Size()
}

// appendSent appends lines, durably, and gives what the file then looks like.
func appendSent(root *os.Root, rel string, box *outbox, lines []byte) (info fs.FileInfo, err error) {
	a, err := openAppend(root, rel, os.O_CREATE)
	if err != nil {
		return nil, err
	}
	defer a.close()
	if err := a.add(lines); err != nil {
		return nil, err
	}
	if box.info == nil {
		if err := syncDir(root, "."); err != nil {
			return nil, doubtError{err}
		}
	}
	if info, err = a.body.Stat(); err != nil {
		return nil, doubtError{cause(err)}
	}
	return info, nil
}

// outbox gives what an outbox holds: from memory if its file has not changed since, nothing if there is none.
func (d *desk) outbox(root *os.Root, rel string) (*outbox, error) {
	info, err := stat(root, rel)
	if errors.Is(err, fs.ErrNotExist) {
		return &outbox{lines: map[string]int{}}, nil
	}
	if err == nil {
		if held := d.boxes[rel]; held != nil && same(held.info, info) {
			return held, nil
		}
		var box *outbox
		if box, err = readOutbox(root, rel); err == nil {
			d.boxes[rel] = box
			return box, nil
		}
	}
	delete(d.boxes, rel)
	return nil, fmt.Errorf("reading %s: %w", d.folder.show(rel), err)
}

func readOutbox(root *os.Root, rel string) (*outbox, error) {
	f, err := root.Open(rel)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	box := &outbox{lines: map[string]int{}}
	if box.info, err = f.Stat(); err != nil { // before reading: a change while we read then shows
		return nil, cause(err)
	}
	return box, cause(box.scan(f))
}

// scan reads every line. One that is not whole JSON, because a crash cut it, or that has no key, holds nothing.
func (b *outbox) scan(from io.Reader) error {
	in := bufio.NewReaderSize(from, 1<<16)
	for {
		line, err := readLine(in)
		if len(line) > 0 {
			b.count++
			b.cut = line[len(line)-1] != '\n'
			b.take(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine gives a line with its line break. It is good until the next call.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	rest, err := in.ReadBytes('\n')
	return append(long, rest...), err
}

func (b *outbox) take(line []byte) {
	var s struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal(line, &s); err != nil || s.Key == "" {
		return
	}
	if _, ok := b.lines[s.Key]; !ok {
		b.lines[s.Key] = b.count
	}
}
