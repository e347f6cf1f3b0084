//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// worldEnd is when the worlds' data ends: the now of everything that is measured.
var worldEnd = time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC)

const worldSeed = 1

// worldFormats is what worlds are written as.
var worldFormats = []string{"csv", "jsonl", "parquet"}

// manifest tells what is in a world's folder. It is written last: a folder without one is not complete.
type manifest struct {
	Generator string           `json:"generator"` // digest of the generator's source
	Seed      int              `json:"seed"`
	Scale     float64          `json:"scale"`
	Files     map[string]int64 `json:"files"` // sizes in bytes
}

// ensureWorld gives the folder of the world at a scale. It is generated unless it is there already, from the same generator.
func (b *bench) ensureWorld(ctx context.Context, scale float64) (string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("world-%v", scale))
	version, err := generatorDigest(b.root)
	if err != nil {
		return "", err
	}
	want := manifest{Generator: version, Seed: worldSeed, Scale: scale}
	if want.stands(dir) {
		return dir, nil
	}
	b.say("generating the world at scale %v", scale)
	gen := filepath.Join(b.dir, "gen")
	if _, err := runChild(ctx, newChild(ctx, b.root, "go", "build", "-o", gen, "./testdata/bench/gen")); err != nil {
		return "", err
	}
	if err := os.RemoveAll(filepath.Join(dir, manifestName)); err != nil {
		return "", err
	}
	args := []string{"-scale", fmt.Sprint(scale), "-seed", fmt.Sprint(worldSeed), "-out", dir, "-format", strings.Join(worldFormats, ",")}
	if _, err := runChild(ctx, newChild(ctx, b.root, gen, args...)); err != nil {
		return "", err
	}
	return dir, want.write(dir)
}

const manifestName = "manifest.json"

// stands reports whether the folder holds just this world.
func (m manifest) stands(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return false
	}
	var have manifest
	if err := json.Unmarshal(text, &have); err != nil || have.Generator != m.Generator || have.Seed != m.Seed || have.Scale != m.Scale {
		return false
	}
	sizes, err := fileSizes(dir)
	if err != nil || len(have.Files) != 4*len(worldFormats) {
		return false
	}
	for name, size := range have.Files {
		if sizes[name] != size {
			return false
		}
	}
	return true
}

func (m manifest) write(dir string) error {
	var err error
	if m.Files, err = fileSizes(dir); err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestName), append(text, '\n'), 0o644)
}

// fileSizes gives the sizes of a world's files by name.
func fileSizes(dir string) (map[string]int64, error) {
	found := map[string]int64{}
	for _, format := range worldFormats {
		paths, err := filepath.Glob(filepath.Join(dir, "*."+format))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			found[info.Name()] = info.Size()
		}
	}
	return found, nil
}

// generatorDigest is a digest of what decides a world's content: the generator's source, tests aside.
func generatorDigest(root string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(root, "testdata", "bench", "gen", "*.go"))
	if err != nil {
		return "", err
	}
	sort.Strings(paths)
	h := sha256.New()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", filepath.Base(path), len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}
