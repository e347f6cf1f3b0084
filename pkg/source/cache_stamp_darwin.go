package source

import (
	"io/fs"
	"syscall"
)

func systemStamp(info fs.FileInfo) stamp {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stamp{}
	}
	return stamp{Modified: s.Mtimespec.Nano(), Changed: s.Ctimespec.Nano(), Inode: s.Ino, Device: uint64(s.Dev)}
}
