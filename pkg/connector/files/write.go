package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/connector"
)

// Write carries out a batch, durably: either all of its items that are not rejected, or none. Adding to and removing from a collection
// that does not exist is [connector.ErrNoCollection]; the files of objects and actions are made when they are needed.
//
// An error is a [connector.NotBegunError], and the files are what they were, unless the disk failed to tell what it did.
func (d *desk) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	outcomes, err := d.write(ctx, b)
	if err == nil {
		return outcomes, nil
	}
	outcomes = make([]connector.Outcome, len(b.Items))
	if errors.As(err, new(doubtError)) {
		return outcomes, err
	}
	return outcomes, &connector.NotBegunError{Err: err}
}

func (d *desk) write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	rel, err := batchPath(b)
	if err != nil {
		return nil, err
	}
	end, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	root, err := d.openFor(b.Verb, rel)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	unlock, err := d.folder.lock(ctx, root)
	if err != nil {
		return nil, err
	}
	defer unlock()
	switch b.Verb {
	case connector.Add:
		return d.add(root, rel, b.Items)
	case connector.Remove:
		return d.remove(root, rel, b.Items)
	case connector.Set:
		return d.set(root, rel, b.Items)
	}
	return d.send(root, rel, b.Items)
}

// batchPath gives the file that a batch is for.
func batchPath(b connector.Batch) (string, error) {
	switch b.Verb {
	case connector.Add, connector.Remove:
		return collectionPath(b.Target)
	case connector.Set:
		return objectPath(b.Target.Kind)
	case connector.Send:
		return outboxPath(b.Target.Kind)
	}
	return "", fmt.Errorf("writing a batch: verb %d is not known", b.Verb)
}

// openFor opens the folder, and makes it where the verb may make files.
func (d *desk) openFor(v connector.Verb, rel string) (*os.Root, error) {
	if v == connector.Set || v == connector.Send {
		return d.folder.openOrMake()
	}
	root, err := d.folder.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, d.noCollection(rel)
	}
	return root, err
}

// rejectID says why an id can't stand in a file; "" if it can.
func rejectID(id string) string {
	switch {
	case strings.TrimSpace(id) == "":
		return "the id is empty"
	case notText(id):
		return "the id is not UTF-8 text"
	}
	return ""
}

// notText reports whether s can't stand in a text file: NUL is how an unfinished append is known.
func notText(s string) bool { return !utf8.ValidString(s) || strings.IndexByte(s, uncommitted) >= 0 }

func rejected(reason string) connector.Outcome {
	return connector.Outcome{Status: connector.Rejected, Reason: reason}
}
