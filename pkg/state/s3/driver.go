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
	"cmp"
	"errors"
	"fmt"
	"net"
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
	r := o.Reader()
	name, key := r.Text("bucket"), cmp.Or(strings.Trim(r.Text("key"), "/"), "playctl")
	environment, placeErr := o.Place()
	sealer, sealErr := seal.FromSettings(o.Settings["encrypt"])
	expiry, _ := r.Duration("lock_expiry", 3*time.Second, 24*time.Hour, "a time of at least 3s and at most 24h, as 60s")
	host, secure, err := split(r.Text("endpoint"))
	settled := settle(r, host)
	core, connectErr := connect(o, r, host, secure)
	if err := errors.Join(r.Err(), placeErr, sealErr, err, connectErr); err != nil {
		return nil, err
	}
	b := &bucket{core: core, name: name, prefix: key + "/" + environment + "/", limit: patience}
	return blob.New(blob.Options{Bucket: b, Sealer: sealer, Now: o.Now, Expiry: expiry, Settle: settled}), nil
}

// connect makes a client. Every request goes through the one way to HTTP.
func connect(o state.Options, r *state.Settings, host string, secure bool) (*minio.Core, error) {
	options := &minio.Options{Secure: secure, Transport: o.Transport, Region: r.Text("region"), MaxRetries: 5, BucketLookup: minio.BucketLookupAuto}
	if host == "" {
		host = "s3.amazonaws.com"
	} else {
		options.BucketLookup = minio.BucketLookupPath
		if options.Region == "" {
			options.Region = "us-east-1"
		}
	}
	if style, given := r.Truth("path_style"); given {
		options.BucketLookup = lookups[style]
	}
	access, secret, token := r.Text("access_key"), r.Text("secret_key"), r.Text("session_token")
	switch {
	case r.Err() != nil:
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
	if u.Scheme == "http" && !state.OnThisMachine(u.Host) {
		return "", false, errors.New("endpoint: expected https: what is kept, and who asks, would go unencrypted to another machine")
	}
	return u.Host, u.Scheme == "https", nil
}

// settle gives how long after it was put a lock is looked at again: not at all at Amazon's, which looks and writes in one step.
func settle(r *state.Settings, host string) time.Duration {
	d, given := r.Duration("lock_settle", 0, time.Minute, "a time of up to 1m, as 1s")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !given && host != "" && !strings.HasSuffix(host, ".amazonaws.com") && !strings.HasSuffix(host, ".amazonaws.com.cn") {
		return time.Second
	}
	return d
}
