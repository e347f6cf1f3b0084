package source

import "os"

// stamp is what a file system says of a file besides its size: when its content and anything of it changed, by the clock of the file system,
// and which file it is. The zero value says nothing.
type stamp struct {
	Modified int64 // nanoseconds
	Changed  int64 // nanoseconds; nobody can set it
	Inode    uint64
	Device   uint64
}

// known reports whether the machine says all of it.
func (s stamp) known() bool { return s.Modified > 0 && s.Changed > 0 && s.Inode > 0 }

// stampOf gives the stamp of an open file, the zero value where the machine has none.
func stampOf(file *os.File) stamp {
	info, err := file.Stat()
	if err != nil {
		return stamp{}
	}
	return systemStamp(info)
}

// before reports whether a file was changed for the last time before another one of the same file system was made, by that file system's
// clock. Clocks of file systems tick some hundred times a second, and two changes may have the same time. A file that was read from end to
// end after the other one was made, and whose stamp, taken then, is before it, is therefore the one that was read as long as it has that stamp.
// This is what git does with its index, where a file as new as the index is racy and is read; here it is held against the time before the
// reading instead of the time after it.
func (s stamp) before(other stamp) bool {
	return s.known() && other.known() && s.Device == other.Device && max(s.Modified, s.Changed) < other.Modified
}
