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
// that does not exist, and setting fields of its memberships, is [connector.ErrNoCollection]; the files of objects, actions and tasks are
// made when they are needed.
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
	root, err := d.openFor(!ofCollection(b), rel)
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
		if ofCollection(b) {
			return d.setMembers(root, rel, b.Items)
		}
		return d.set(root, rel, b.Items)
	case connector.Task:
		return d.give(root, rel, b.Items)
	case connector.Cancel:
		return d.cancel(root, rel, b.Items)
	}
	return d.send(root, rel, b.Items)
}

// ofCollection reports whether a batch is about members of a collection.
func ofCollection(b connector.Batch) bool {
	return b.Verb.Membership() || b.Verb == connector.Set && b.Target.Name != ""
}

// batchPath gives the file that a batch is for.
func batchPath(b connector.Batch) (string, error) {
	switch {
	case ofCollection(b):
		return collectionPath(b.Target)
	case b.Verb == connector.Set:
		return objectPath(b.Target.Kind)
	case b.Verb == connector.Send:
		return outboxPath(b.Target.Kind)
	case b.Verb == connector.Task, b.Verb == connector.Cancel:
		return tasksPath(b.Target.Kind)
	}
	return "", fmt.Errorf("writing a batch: verb %d is not known", b.Verb)
}

// openFor opens the folder, and makes it if files may be made for the call; without the folder there is no collection either.
func (d *desk) openFor(makes bool, rel string) (*os.Root, error) {
	if makes {
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
