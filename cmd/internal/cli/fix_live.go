package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"

	"apisqs-doctor/diagnose/remedy/apply"
	"apisqs-doctor/diagnose/snapshot"
)

// fixLive carries a plan out on a deployed API and diagnoses it again.
func (a *app) fixLive(ctx context.Context, f *fixFlags, s *snapshot.Snapshot, p *repair, c call) error {
	plan, err := apply.New(s, p.fixes)
	if err != nil {
		return cannotRun("nothing was changed; make the change by hand, or choose others with --only RULE", "%s", err)
	}
	fmt.Fprint(a.Err, p.text())
	ctx, stop := interruptible(ctx)
	defer stop()
	if ok, err := a.confirm(ctx, f.yes, "Carry this out?", "nothing was changed"); !ok {
		return err // the exit code is that of what is wrong still
	}
	cfg, err := f.settings(ctx)
	if err != nil {
		return err
	}
	file, err := rollbackFile(f.apiIDs[0])
	if err != nil {
		return cannotRun("run it in a folder that can be written to", "nothing was changed, because the rollback file cannot be made: %s", plain(err))
	}
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	err = apply.Run(limited, cfg, plan, func(data []byte) error { return saveFile(file, data) })
	if err != nil {
		return applyFailure(err, file, f.rollbackLine(f.shell, file))
	}
	fmt.Fprintf(a.Err, "the changes are made; to take them back: %s\n\n", f.rollbackLine(f.shell, file))
	after, err := a.readLive(ctx, &f.targetFlags)
	if err != nil {
		return err
	}
	return a.diagnoseAgain(f, after, c)
}

// rollback takes a run back.
func (a *app) rollback(ctx context.Context, f *fixFlags) error {
	file, err := openFile(f.rollback)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := limit(file, snapshot.MaxFileSize)
	if err != nil {
		return usage("", "%s: %s", f.rollback, plain(err))
	}
	plan, err := apply.Read(data)
	if err != nil {
		return usage("give the file that \"fix --apply\" has written", "%s: %s", f.rollback, err)
	}
	for i := len(plan.Cells) - 1; i >= 0; i-- {
		fmt.Fprintf(a.Err, "  %s\n", shorten(plan.Cells[i].Restoring()))
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	if ok, err := a.confirm(ctx, f.yes, "Take this back?", "nothing was changed"); !ok {
		a.code = ExitProblems
		return err
	}
	cfg, err := f.settings(ctx)
	if err != nil {
		return err
	}
	taken := 0
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	err = apply.Rollback(limited, cfg, plan, func(what string) {
		taken++
		fmt.Fprintf(a.Err, "done: %s\n", shorten(what))
	})
	if err != nil {
		return cannotRun("", "%s", err)
	}
	w := f.writer(f.shell)
	for _, d := range plan.Deployments() {
		if d.InUse {
			fmt.Fprintf(a.Err, "stage %s had no deployment before: it keeps deployment %s\n", d.Stage, d.ID)
			continue
		}
		fmt.Fprintf(a.Err, "deployment %s stays, and no stage runs it; to delete it:\n  %s\n", d.ID, strings.Join(w.DeleteDeployment(d.Region, d.API, d.ID, d.Routed), "\n  "))
	}
	if taken == 0 {
		fmt.Fprintln(a.Err, "everything is as it was before already")
	}
	return nil
}

// interruptible ends the context when the user presses Ctrl-C, or the program is
// told to end, so that what is under way can say what it has done.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx == nil {
		ctx = context.Background()
	}
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

// confirm asks on the terminal; the answer is no unless it is yes. After a no
// it says what was left alone.
func (a *app) confirm(ctx context.Context, yes bool, question, alone string) (bool, error) {
	if yes {
		return true, nil
	}
	if err := a.canAsk(alone); err != nil {
		return false, err
	}
	fmt.Fprintf(a.Err, "\n%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() {
		answer, err := bufio.NewReader(a.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			answer = ""
		}
		answers <- answer
	}()
	answer := ""
	select {
	case answer = <-answers:
	case <-ctx.Done():
		fmt.Fprintln(a.Err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	fmt.Fprintf(a.Err, "%s, as you wished\n", alone)
	return false, nil
}

// canAsk wants a terminal that somebody sits at.
func (a *app) canAsk(alone string) error {
	if f, ok := a.In.(interface{ Fd() uintptr }); !ok || !term.IsTerminal(f.Fd()) || !a.ErrTTY {
		return usage("in a script, say --yes", "there is no terminal to ask on, so %s", alone)
	}
	return nil
}

// rollbackStem begins the names of rollback files.
const rollbackStem = name + "-rollback-"

// rollbackFile makes an empty file of a name that is free, for its owner alone:
// policies stand in it.
func rollbackFile(api string) (string, error) {
	stem := rollbackStem + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, api)
	file := stem + ".json"
	for n := 2; ; n++ {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return file, f.Close()
		}
		if !errors.Is(err, os.ErrExist) || n > 1000 {
			return "", err
		}
		file = fmt.Sprintf("%s-%d.json", stem, n)
	}
}

// saveFile replaces a file as a whole, so that a crash leaves the old one.
func saveFile(file string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	if err == nil {
		err = temporary.Sync()
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		os.Remove(temporary.Name())
	}
	return err
}

// rollbackLine is the command line that takes a run back.
func (t *targetFlags) rollbackLine(kind, file string) string {
	return commandLine(kind, append([]string{name, "fix", "--rollback", file}, t.awsWords()...)...)
}

// applyFailure tells what became of a plan. A rollback file of a run that wrote
// nothing is taken away.
func applyFailure(err error, file, rollback string) error {
	var partial *apply.Partial
	if errors.As(err, &partial) {
		hint := "to take back what was done: "
		if len(partial.Done) == 0 {
			hint = "should AWS have made a part of it, take it back: "
		}
		hint += rollback
		lines := strings.SplitN(err.Error(), "\n", 2)
		if len(lines) == 2 {
			hint = lines[1] + "\n" + hint
		}
		return cannotRun(hint, "%s", lines[0])
	}
	os.Remove(file)
	lines := strings.SplitN(err.Error(), "\n", 2)
	hint := "diagnose again, and then fix"
	if len(lines) == 2 {
		hint = lines[1] + "\n" + hint
	}
	return cannotRun(hint, "%s", lines[0])
}
