package files

import (
	"os"
)

// writeAndRename writes a temporary file `.NAME0`, makes it durable and renames it to name. renameio does not support Windows; a
// fixed name does, because we hold the lock.
func writeAndRename(dir *os.Root, name string, data []byte) error {
	temporary := "." + name + "0"
	f, err := dir.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, newFile)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = closeAfter(f, err); err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		_ = dir.Remove(temporary)
	}
	return err
}
