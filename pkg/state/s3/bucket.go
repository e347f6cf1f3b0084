package s3

import (
	"bytes"
	"context"
	"crypto/md5" // the protocol's checksum of a transfer
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// bucket is a prefix in a bucket of S3.
type bucket struct {
	core   *minio.Core
	name   string
	prefix string        // ends with a slash
	limit  time.Duration // of one call, see patience

	proving sync.Mutex
	proved  bool
}

// patience is how long one call may take, its repetitions included: a server that takes a connection and never answers must not hold up an apply
// whose lock goes on being renewed.
const patience = 5 * time.Minute

// call bounds one call. Its error says so in words: the caller's own end has others.
func (b *bucket) call(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, b.limit, fmt.Errorf("the server has not answered for %s", b.limit))
}

// late gives the reason why a call that was bounded has ended, if it was that.
func late(outer, inner context.Context, err error) error {
	if err != nil && outer.Err() == nil && inner.Err() != nil {
		return context.Cause(inner)
	}
	return err
}

// Where gives an object's address.
func (b *bucket) Where(name string) string {
	return strings.TrimSuffix("s3://"+b.name+"/"+b.prefix+name, "/")
}

// Get reads an object. How old it is is told by the server's clock alone: of one that does not say what time it is no lock is ever too old, since a
// clock of ours that is ahead would take the lock of who lives.
func (b *bucket) Get(ctx context.Context, name string) (*blob.Object, error) {
	inner, cancel := b.call(ctx)
	defer cancel()
	object, err := b.get(inner, name)
	return object, late(ctx, inner, err)
}

func (b *bucket) get(ctx context.Context, name string) (*blob.Object, error) {
	body, info, header, err := b.core.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.explain(err)
	}
	data, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	if info.Size >= 0 && int64(len(data)) != info.Size {
		return nil, fmt.Errorf("%d of %d bytes came", len(data), info.Size)
	}
	object := &blob.Object{Data: data, ETag: info.ETag}
	if now, err := http.ParseTime(header.Get("Date")); err == nil {
		object.Age = now.Sub(info.LastModified)
	}
	return object, nil
}

// Put writes an object if the one that is there has this ETag, or if there is none (If-Match, If-None-Match). Amazon S3 answers 404 to If-Match
// where there is no object, and 409 where another request is under way: that is tried again.
func (b *bucket) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	inner, cancel := b.call(ctx)
	defer cancel()
	tag, err := b.put(inner, name, data, etag)
	return tag, late(ctx, inner, err)
}

func (b *bucket) put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	var options minio.PutObjectOptions
	options.ContentType = "application/octet-stream"
	if etag == "" {
		options.SetMatchETagExcept("*")
	} else {
		options.SetMatchETag(etag)
	}
	md, sha := md5.Sum(data), sha256.Sum256(data)
	for n := 0; ; n++ {
		info, err := b.core.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(data), int64(len(data)), base64.StdEncoding.EncodeToString(md[:]), hex.EncodeToString(sha[:]), options)
		status := minio.ToErrorResponse(err).StatusCode
		switch {
		case err == nil:
			return info.ETag, nil
		case status == http.StatusPreconditionFailed, etag != "" && minio.ToErrorResponse(err).Code == minio.NoSuchKey:
			return "", blob.ErrConflict
		case status != http.StatusConflict || n == 5:
			return "", b.explain(err)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(100 * time.Millisecond << n):
		}
	}
}

// Delete takes objects away, one by one: not every server can do many.
func (b *bucket) Delete(ctx context.Context, names ...string) error {
	for _, name := range names {
		inner, cancel := b.call(ctx)
		err := b.core.RemoveObject(inner, b.name, b.prefix+name, minio.RemoveObjectOptions{})
		err = late(ctx, inner, err)
		cancel()
		if err = b.explain(err); err != nil && !errors.Is(err, blob.ErrNotFound) {
			return err
		}
	}
	return nil
}

// List gives all objects of the prefix.
func (b *bucket) List(ctx context.Context) ([]blob.Entry, error) {
	inner, cancel := b.call(ctx)
	defer cancel()
	var out []blob.Entry
	for info := range b.core.ListObjectsIter(inner, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if info.Err != nil {
			return nil, b.explain(late(ctx, inner, info.Err))
		}
		out = append(out, blob.Entry{Name: strings.TrimPrefix(info.Key, b.prefix), Size: info.Size, At: info.LastModified.UTC()})
	}
	return out, nil
}

// explain says what is wrong with the bucket or with who asks. What else there is is said as the server said it.
func (b *bucket) explain(err error) error {
	response := minio.ToErrorResponse(err)
	switch response.Code {
	case minio.NoSuchKey:
		return blob.ErrNotFound
	case minio.NoSuchBucket:
		return fmt.Errorf("there is no bucket %q: make it, or name another one (state: bucket:)", b.name)
	case minio.AccessDenied, minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, "ExpiredToken", "InvalidToken":
		return fmt.Errorf("%w (%s): look at the keys (state: access_key:, secret_key:, or those of AWS in the environment), and at what they may do: "+
			"s3:GetObject, s3:PutObject and s3:DeleteObject on %s/*, s3:ListBucket on the bucket", err, response.Code, b.Where(""))
	}
	return err
}

// errIgnored says what a server does that does not know conditional writes.
var errIgnored = errors.New("this server overwrites objects that it was told not to overwrite, so that two applies could each overwrite what the other did")

// Prove finds out whether the server keeps to If-Match and If-None-Match, with an object of its own, once a process.
func (b *bucket) Prove(ctx context.Context) error {
	b.proving.Lock()
	defer b.proving.Unlock()
	if b.proved {
		return nil
	}
	name := "probe-" + strings.ToLower(rand.Text()[:16])
	defer b.Delete(context.WithoutCancel(ctx), name)                                                  //nolint:errcheck // it is in nobody's way
	if _, err := b.Put(ctx, name, []byte("1"), ""); err != nil && !errors.Is(err, blob.ErrConflict) { // an answer that was lost
		return b.unfit(err)
	}
	for _, etag := range []string{"", "00000000000000000000000000000000"} {
		if _, err := b.Put(ctx, name, []byte("2"), etag); !errors.Is(err, blob.ErrConflict) {
			return b.unfit(err)
		}
	}
	b.proved = true
	return nil
}

// unfit says why a state can't be kept on this server, or not now.
func (b *bucket) unfit(err error) error {
	hint := "use a server that has conditional writes, as Amazon S3, MinIO, Cloudflare R2 or versitygw, or another place: state: backend: postgres"
	switch {
	case err == nil:
		return &state.UnwritableError{Where: b.Where(""), Err: errIgnored, Hint: hint}
	case minio.ToErrorResponse(err).StatusCode == http.StatusNotImplemented:
		return &state.UnwritableError{Where: b.Where(""), Err: fmt.Errorf("this server has no conditional writes: %w", err), Hint: hint}
	}
	return &state.UnwritableError{Where: b.Where(""), Err: err}
}
