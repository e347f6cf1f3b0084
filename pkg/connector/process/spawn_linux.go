package process

import (
	"os/exec"
	"runtime"
	"syscall"
)

// group puts a program that is yet to be started into a process group of its own, and has the kernel kill it when playctl is killed. The caller
// must stay on this thread until unlock, since the kernel means the thread.
func group(c *exec.Cmd) (unlock func()) {
	runtime.LockOSThread()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return runtime.UnlockOSThread
}
