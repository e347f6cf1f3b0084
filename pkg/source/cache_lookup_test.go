package source

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestCache_sourceIsHashedOnceBeforeItIsRead holds it where the cache's file is of the same source, for another time.
func TestCache_sourceIsHashedOnceBeforeItIsRead(t *testing.T) {
	text := "account_id,type,at\na1,web,2026-11-22T08:00:00Z\na2,\xff,2026-11-22T11:00:00Z\na1,web,2026-11-22T12:00:00Z\n"
	r := caching(t, request(folder(t, "a.csv", accountsText, "e.csv", text), account("a.csv"), activity("e.csv")))
	mustRead(t, r)
	if err := os.Chtimes(filepath.Join(r.Dir, "e.csv"), now, now); err != nil { // so that only its bytes tell
		t.Fatal(err)
	}
	r.Now = now.Add(4 * time.Hour)
	readings, err := openAll(context.Background(), r, &readers{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := readings[1]
	if _, err := x.records(); err != nil || x.cache.hit {
		t.Fatal(x.cache.hit, err)
	}
	f := openCache(&x.cache)
	if f == nil || f.head.Key != x.cache.key || f.head.Source != x.cache.source {
		t.Error("the source was hashed again, under another key")
	}
	for _, x := range readings {
		x.in.file.Close()
	}
}
