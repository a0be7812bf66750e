//go:build linux

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

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
	return person, program
}

// On a terminal the program asks, and the answer is no unless it is yes.
func TestFixAsks(t *testing.T) {
	theirs := snapshot.SetRequestParameter{On: snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"}, Name: "integration.request.header.Content-Type", After: "'theirs'"}
	for _, tt := range []struct {
		name, keys string
		meanwhile  snapshot.Change // while the question stands
		code       int
		want       string
		writes     []string
	}{
		{"enter", "\r", nil, 1, "nothing was changed, as you wished", nil},
		{"no", "no\r", nil, 1, "nothing was changed, as you wished", nil},
		{"Ctrl-C", "\x03", nil, 1, "nothing was changed, as you wished", nil},
		{"Ctrl-D", "\x04", nil, 1, "nothing was changed, as you wished", nil},
		{"yes", "y\r", nil, 0, "HEALTHY", []string{"UpdateIntegration", "CreateDeployment"}},
		{"yes, but a colleague was faster", "yes\r", theirs, 3, "the configuration is no longer what was diagnosed", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			person, program := terminal(t)
			defer person.Close()
			cmd := exec.Command("apisqs-doctor", "fix", "--api-id", "a1b2c3d4", "--endpoint-url", server.URL, "--apply")
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_REGION=us-east-1",
				"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "TERM=dumb")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			program.Close()
			time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
			screen := converse(t, person, "[y/N]", func() {
				if tt.meanwhile != nil {
					if err := server.Change(tt.meanwhile); err != nil {
						t.Error(err)
					}
				}
				io.WriteString(person, tt.keys)
			})
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(screen, tt.want) {
				t.Errorf("exit code %d, want %d with %q on\n%s", code, tt.code, tt.want, screen)
			}
			var writes []string
			for _, c := range server.Calls() {
				if c.Write {
					writes = append(writes, c.Operation)
				}
			}
			if !slices.Equal(writes, tt.writes) {
				t.Errorf("writing calls %q, want %q", writes, tt.writes)
			}
			files, _ := os.ReadDir(cmd.Dir)
			if len(files) != min(len(tt.writes), 1) {
				t.Errorf("files left: %v", files)
			}
		})
	}
}

// converse reads the screen until the program ends, and answers its question once.
func converse(t *testing.T, person *os.File, question string, answer func()) string {
	t.Helper()
	var screen bytes.Buffer
	asked := false
	buffer := make([]byte, 4096)
	for {
		n, err := person.Read(buffer) // fails when the program has closed its end
		screen.Write(buffer[:n])
		if !asked && strings.Contains(screen.String(), question) {
			asked = true
			answer()
		}
		if err != nil {
			break
		}
	}
	if !asked {
		t.Errorf("the program did not ask:\n%s", screen.String())
	}
	return screen.String()
}
