//go:build unix

package files

import (
	"io/fs"
	"os"
	"os/signal"
	"syscall"
)

// keepOwner gives a file the owner of another one, where that may be done: root
// alone can give files away, and everybody else owns what they can replace.
func keepOwner(of fs.FileInfo, name string) error {
	stat, ok := of.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(name, int(stat.Uid), int(stat.Gid))
}

// ignoreSizeSignal makes a limit on the size of files an error of the write
// instead of the end of the program.
func ignoreSizeSignal() { signal.Ignore(syscall.SIGXFSZ) }
