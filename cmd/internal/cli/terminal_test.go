//go:build linux

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// onTerminal runs a command on a terminal, answers its question once, and gives
// what was on the screen.
func onTerminal(t *testing.T, cmd *exec.Cmd, question string, answer func(person io.Writer)) string {
	t.Helper()
	person, program := terminal(t)
	defer person.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	defer time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() }).Stop()
	var screen bytes.Buffer
	asked := false
	buffer := make([]byte, 4096)
	for {
		n, err := person.Read(buffer) // fails when the program has closed its end
		screen.Write(buffer[:n])
		if !asked && strings.Contains(screen.String(), question) {
			asked = true
			answer(person)
		}
		if err != nil {
			break
		}
	}
	cmd.Wait()
	if !asked {
		t.Errorf("the program did not ask %q:\n%s", question, screen.String())
	}
	return screen.String()
}

// types presses keys.
func types(keys string) func(io.Writer) {
	return func(person io.Writer) { io.WriteString(person, keys) }
}

// terminal opens a pseudo terminal: the end that a person sits at, and the other.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there is no pseudo terminal: %v", err)
	}
	var number, unlocked uint32
	for request, value := range map[uintptr]*uint32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlocked} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Skipf("there is no pseudo terminal: %v", errno)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there is no pseudo terminal: %v", err)
	}
	size := [4]uint16{30, 100} // rows and columns
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), syscall.TIOCSWINSZ, uintptr(unsafe.Pointer(&size))); errno != 0 {
		t.Fatal(errno)
	}
	// With ctrl-c a terminal drops what it has not shown yet, which may be what the
	// program says of being interrupted; this one keeps it.
	var mode syscall.Termios
	for _, request := range []uintptr{syscall.TCGETS, syscall.TCSETS} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, program.Fd(), request, uintptr(unsafe.Pointer(&mode))); errno != 0 {
			t.Fatal(errno)
		}
		mode.Lflag |= syscall.NOFLSH
	}
	return person, program
}
