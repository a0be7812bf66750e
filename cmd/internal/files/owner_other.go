//go:build !unix

package files

import "io/fs"

func keepOwner(fs.FileInfo, string) error { return nil }

func ignoreSizeSignal() {}
