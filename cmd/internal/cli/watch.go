package cli

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// watchPause is between two looks at the files. A look costs a few system calls a
// file, works on every file system, and sees files that editors replace.
const watchPause = 300 * time.Millisecond

// mostWatched bounds the files of watched folders.
const mostWatched = 5000

// stamp is what a file is known by.
type stamp struct {
	size int64
	time time.Time
}

// stamps looks at files and, in folders, at what is in them. Folders whose names begin
// with a dot, and node_modules, are left out.
func stamps(paths []string) map[string]stamp {
	out := map[string]stamp{}
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
			switch name := filepath.Base(at); {
			case err != nil:
				return nil // it is gone for the moment, as while an editor saves it
			case d.IsDir() && at != path && (name[0] == '.' || name == "node_modules"):
				return fs.SkipDir
			case d.IsDir():
				return nil
			case len(out) >= mostWatched:
				return fs.SkipAll
			}
			if info, err := os.Stat(at); err == nil {
				out[at] = stamp{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	return out
}

// changed waits until one of the files is another one than it was, and then until
// they rest; false when the context ends first.
func changed(ctx context.Context, paths []string, was map[string]stamp) bool {
	wait := func() bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(watchPause):
			return true
		}
	}
	for wait() {
		now := stamps(paths)
		if maps.Equal(was, now) || len(now) == 0 {
			continue
		}
		for wait() {
			next := stamps(paths)
			if maps.Equal(now, next) {
				return true
			}
			now = next
		}
	}
	return false
}

// watched are the files that the target is read from.
func (t *targetFlags) watched(extra ...string) []string {
	list := append([]string{}, t.templates...)
	list = append(list, t.varFiles...)
	for _, file := range append(extra, t.snapshot, t.parametersFile) {
		if file != "" {
			list = append(list, file)
		}
	}
	return list
}

// watch diagnoses, and again whenever one of the files changes, until it is
// interrupted. The exit code is that of the last diagnosis.
func (a *app) watch(cmd *cobra.Command, f *diagnoseFlags) error {
	if f.live() || len(f.templates) == 0 && f.snapshot == "" {
		return usage("give --template FILE, a folder or --snapshot FILE", "--watch is for files")
	}
	for _, file := range f.templates {
		if file == "-" {
			return usage("", "--watch has no meaning with the standard input")
		}
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	files := f.watched(f.baseline, configFile(f.config))
	for {
		was := stamps(files)
		again := *f // reading it settles what the files are
		a.code = ExitHealthy
		if err := a.diagnose(cmd, &again); err != nil {
			told, ok := err.(*failure)
			if !ok {
				return err
			}
			a.tell(cmd, told)
			a.code = told.code
		}
		fmt.Fprintf(a.Err, "%s: waiting for a change of the files; Ctrl-C ends\n", name)
		if !changed(ctx, files, was) {
			return nil
		}
		if a.OutTTY {
			fmt.Fprint(a.Out, "\x1b[2J\x1b[3J\x1b[H")
		}
	}
}
