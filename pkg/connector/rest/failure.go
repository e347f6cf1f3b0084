package rest

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// failure is a request that did not succeed.
type failure struct {
	call   string // the request, as the manifest writes it: without what may be secret
	do     manifest.Reaction
	why    string
	status int  // 0: there was no answer
	sent   bool // the vendor may have done something
	// unbuilt says that no request could be made of the values that it was given.
	unbuilt bool
	err     error
	values  mapping.Values // what expressions know of the answer; nil: there was none
}

// Error says what was asked, and what came of it.
func (f *failure) Error() string {
	switch {
	case f.status == 0 && f.err != nil:
		return f.call + ": " + f.err.Error()
	case f.status == 0:
		return f.call + ": " + f.why
	case f.why == "":
		return fmt.Sprintf("%s: status %d %s", f.call, f.status, http.StatusText(f.status))
	}
	return fmt.Sprintf("%s: status %d: %s", f.call, f.status, f.why)
}

// Unwrap gives the error of the transport, or the context's.
func (f *failure) Unwrap() error { return f.err }

// is gives the failure with a reaction that an error is.
func is(err error, do manifest.Reaction) bool {
	f := (*failure)(nil)
	return errors.As(err, &f) && f.do == do
}

// asked gives the error of a request that only asks, as one after which nothing is in doubt.
func asked(err error) error {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		return err
	}
	out := *f
	if out.sent = false; out.do == manifest.Doubt {
		out.do, out.status = manifest.Fail, 0
		out.err = errors.New(f.Error())
	}
	return &out
}
