//go:build unix

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// assemble makes a playbook's folder in -dir: what testdata/bench/playbooks/world says of the world, the files of other folders there, and
// the data of a world, linked. What was in the folder before is gone.
func (b *bench) assemble(name, world string, folders ...string) (string, error) {
	dir, err := b.fresh(name, "data")
	if err != nil {
		return "", err
	}
	for _, folder := range append([]string{"world"}, folders...) {
		paths, err := filepath.Glob(filepath.Join(b.root, "testdata", "bench", "playbooks", folder, "*.yaml"))
		if err != nil {
			return "", err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o644); err != nil {
				return "", err
			}
		}
	}
	return dir, linkData(dir, world)
}

// fresh makes an empty folder for work of that name, with the folder sub, if any, in it. What was there before is gone.
func (b *bench) fresh(name string, sub ...string) (string, error) {
	dir := filepath.Join(b.dir, "work", name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(filepath.Join(append([]string{dir}, sub...)...), 0o755)
}

// linkData links a world's files into a playbook's folder.
func linkData(dir, world string) error {
	sizes, err := fileSizes(world)
	if err != nil {
		return err
	}
	for name := range sizes {
		if err := os.Symlink(filepath.Join(world, name), filepath.Join(dir, "data", name)); err != nil {
			return err
		}
	}
	return nil
}

// digestOf is a short digest of anything that prints.
func digestOf(x any) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(fmt.Sprintf("%v", x))))
	return fmt.Sprintf("%x", sum[:8])
}
