package source

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// FuzzCache puts bytes of any kind in the place of a file of the cache: what is read is what is in the source.
func FuzzCache(f *testing.F) {
	r := caching(f, request(folder(f, "a.csv", accountsText+"bad,\xff,1,\n"), account("a.csv")))
	mustRead(f, r)
	path := filepath.Join(r.CacheDir, cacheFiles(f, r)[0])
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	want := uncached(f, r)
	for _, seed := range [][]byte{good, nil, good[:len(good)/2], append(good[:len(good):len(good)], good...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := Read(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if told(got) != want {
				t.Fatalf("read\n%s\nwant\n%s", told(got), want)
			}
		}
	})
}
