package process

import (
	"os"
	"os/exec"
	"syscall"
)

// group puts a program that is yet to be started into a process group of its own.
func group(c *exec.Cmd) (unlock func()) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	return func() {}
}

// killGroup kills the program; Windows leaves what it has started alone.
func killGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}
