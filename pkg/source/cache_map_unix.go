//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package source

import (
	"os"
	"syscall"
)

// memoryOf gives the first size bytes of a file as memory, of which only the parts that are asked for take any. It stays until the process
// ends: nobody knows who keeps a text of it. The file may be removed or replaced meanwhile, but not written to; playctl never does.
func memoryOf(file *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(file.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}
