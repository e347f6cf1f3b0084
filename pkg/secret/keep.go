package secret

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/playctl/playctl/pkg/document"
)

// Keep puts a new value in the place of a secret that came from a file, for systems that replace a secret at every use. The file is replaced as a whole and
// keeps its permissions. Where else a secret came from, it can't be written back, and the error says so.
func (s Source) Keep(n document.Node, value string) error {
	from, ok := n.Value().(map[string]any)
	path, isText := from["file"].(string)
	if !ok || !isText || len(from) != 1 {
		return errors.New("it has to come from a file that can be written, {file: PATH}, so that the next run has the new one")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.Dir, path)
	}
	s.Redactor.Add(value)
	if err := renameio.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
