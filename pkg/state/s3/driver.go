// Package s3 keeps a state in a bucket of Amazon S3, or of a server that speaks its protocol and has conditional writes. It is [blob] over
// minio-go.
//
//	state:
//	  backend: s3
//	  bucket: revops-state
//	  key: playctl               # the objects are BUCKET/KEY/ENVIRONMENT/…, the one without a name is "default"
//	  region: eu-central-1
//	  encrypt: {recipients: [age1…], identity: ${env.PLAYCTL_AGE_IDENTITY}}
//
// Without keys those of AWS are taken: from the environment, from ~/.aws/credentials, or of the machine's or the web identity's role.
package s3

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/seal"
)

// Driver keeps states in S3.
func Driver() state.Driver {
	return state.Driver{
		Name: "s3", Title: "a bucket of Amazon S3 or of a server that speaks its protocol",
		Settings: []state.Setting{
			{Name: "bucket", Help: "the bucket's name", Required: true},
			{Name: "key", Help: "what the objects' names begin with; playctl unless said"},
			{Name: "region", Help: "eu-central-1; unless said, what the bucket itself says"},
			{Name: "endpoint", Help: "https://HOST[:PORT] of a server that is not Amazon's"},
			{Name: "access_key", Help: "unless said, as the tools of AWS find it: environment, ~/.aws/credentials, role"},
			{Name: "secret_key", Help: "goes with access_key", Secret: true},
			{Name: "session_token", Help: "of keys that were lent for a while", Secret: true},
			{Name: "path_style", Help: "true: the bucket is the path's first part, as many other servers want it; unless said, for every endpoint but Amazon's"},
			{Name: "lock_expiry", Help: "how long the lock of a process that died holds; 60s unless said, at least 3s"},
			{Name: "lock_settle", Help: "how long after it was put a lock is looked at again: not every server looks and writes in one step. 1s unless said, 0s for Amazon's"},
			{Name: "encrypt", Help: "{recipients: [age1…], identity: …}: everything is encrypted with age"},
		},
		Check: seal.Check,
		Open:  Open,
	}
}

// lookups are how path_style says where the bucket stands.
var lookups = map[bool]minio.BucketLookupType{true: minio.BucketLookupPath, false: minio.BucketLookupDNS}

// Open gives the store of an environment. It makes no call. The error says which setting is wrong, and no secret.
func Open(o state.Options) (state.Store, error) {
	r := &reader{settings: o.Settings}
	name, key := r.text("bucket"), strings.Trim(r.text("key"), "/")
	if key == "" {
		key = "playctl"
	}
	environment := o.Environment
	if environment == "" {
		environment = "default"
	}
	if strings.ContainsAny(environment, `/\`) || environment == "." || environment == ".." {
		return nil, fmt.Errorf("environment %q is not a plain name", environment)
	}
	sealer, sealErr := seal.FromSettings(o.Settings["encrypt"])
	expiry, settle := r.duration("lock_expiry"), r.settle()
	core, err := connect(o, r)
	if err := errors.Join(r.err, sealErr, err); err != nil {
		return nil, err
	}
	b := &bucket{core: core, name: name, prefix: key + "/" + environment + "/", now: o.Now, limit: patience}
	return blob.New(blob.Options{Bucket: b, Sealer: sealer, Now: o.Now, Expiry: expiry, Settle: settle}), nil
}

// connect makes a client. Every request goes through the one way to HTTP.
func connect(o state.Options, r *reader) (*minio.Core, error) {
	host, secure, err := split(r.text("endpoint"))
	if err != nil {
		return nil, err
	}
	options := &minio.Options{Secure: secure, Transport: o.Transport, Region: r.text("region"), MaxRetries: 5, BucketLookup: minio.BucketLookupAuto}
	if host == "" {
		host = "s3.amazonaws.com"
	} else {
		options.BucketLookup = minio.BucketLookupPath
		if options.Region == "" {
			options.Region = "us-east-1"
		}
	}
	if style, given := r.truth("path_style"); given {
		options.BucketLookup = lookups[style]
	}
	access, secret, token := r.text("access_key"), r.text("secret_key"), r.text("session_token")
	switch {
	case r.err != nil:
		return nil, nil
	case (access == "") != (secret == ""):
		return nil, errors.New("access_key and secret_key go together")
	case access != "":
		options.Creds = credentials.NewStaticV4(access, secret, token)
	default:
		options.Creds = credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
			&credentials.IAM{Client: &http.Client{Transport: o.Transport, Timeout: 2 * time.Second}}})
	}
	core, err := minio.NewCore(host, options)
	if err != nil {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	return core, nil
}

// split reads an endpoint.
func split(endpoint string) (host string, secure bool, err error) {
	if endpoint == "" {
		return "", true, nil
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false, errors.New("endpoint: expected https://HOST[:PORT]")
	}
	return u.Host, u.Scheme == "https", nil
}

// reader reads settings, and keeps the first error.
type reader struct {
	settings map[string]any
	err      error
}

func (r *reader) fail(name, expected string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: expected %s", name, expected)
	}
}

func (r *reader) text(name string) string {
	text, ok := r.settings[name].(string)
	if !ok && r.settings[name] != nil {
		r.fail(name, "text")
	}
	return text
}

// truth reads true or false, which a variable of the environment says as text.
func (r *reader) truth(name string) (value, given bool) {
	switch v := r.settings[name].(type) {
	case nil:
		return false, false
	case bool:
		return v, true
	case string:
		if v == "true" || v == "false" {
			return v == "true", true
		}
	}
	r.fail(name, "true or false")
	return false, false
}

// settle gives how long after it was put a lock is looked at again.
func (r *reader) settle() time.Duration {
	text, host := r.text("lock_settle"), strings.TrimSuffix(r.text("endpoint"), "/")
	switch {
	case text == "" && (host == "" || strings.HasSuffix(host, ".amazonaws.com")):
		return 0
	case text == "":
		return time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > time.Minute {
		r.fail("lock_settle", "a time of up to 1m, as 1s")
	}
	return d
}

func (r *reader) duration(name string) time.Duration {
	text := r.text(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 3*time.Second {
		r.fail(name, "a time of at least 3s, as 60s")
	}
	return d
}
