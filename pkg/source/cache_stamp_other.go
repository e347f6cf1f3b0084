//go:build !linux && !darwin

package source

import "io/fs"

// systemStamp says nothing: files are told apart by their bytes.
func systemStamp(fs.FileInfo) stamp { return stamp{} }
