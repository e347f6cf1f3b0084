//go:build unix && !linux

package process

import (
	"os/exec"
	"syscall"
)

// group puts a program that is yet to be started into a process group of its own.
func group(c *exec.Cmd) (unlock func()) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return func() {}
}
