//go:build unix

package process

import "syscall"

// killGroup kills every process of a group, if there is still one.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
