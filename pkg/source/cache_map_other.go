//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package source

import (
	"io"
	"os"
)

// memoryOf gives the first size bytes of a file.
func memoryOf(file *os.File, size int64) ([]byte, error) {
	memory := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(file, 0, size), memory)
	return memory, err
}
