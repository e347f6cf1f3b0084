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
	return stamp{Modified: s.Mtim.Nano(), Changed: s.Ctim.Nano(), Inode: s.Ino, Device: s.Dev}
}
