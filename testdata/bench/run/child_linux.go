package main

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// waitEnded waits for the end of a child that stays waitable.
func waitEnded(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return // an error means that there is nothing to wait for
		}
	}
}

// peak is the most memory that was held, in bytes.
func peak(u *syscall.Rusage) int64 { return u.Maxrss << 10 }
