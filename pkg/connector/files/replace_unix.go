//go:build !windows

package files

import (
	"os"

	"github.com/google/renameio/v2"
)

// writeAndRename writes a temporary file `.NAME<digits>`, makes it durable and renames it to name.
func writeAndRename(dir *os.Root, name string, data []byte) error {
	f, err := renameio.NewPendingFile(name, renameio.WithRoot(dir), renameio.WithPermissions(newFile), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer f.Cleanup()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}
