package rest

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// typed gives a setting as its type; text is read as one, since that is what the environment holds.
func typed(t mapping.Type, value any) (any, error) {
	switch t {
	case mapping.Int:
		n, err := strconv.ParseInt(connector.Text(value), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected a whole number")
		}
		return n, nil
	case mapping.Bool:
		b, err := strconv.ParseBool(connector.Text(value))
		if err != nil {
			return nil, fmt.Errorf("expected true or false")
		}
		return b, nil
	}
	switch value.(type) {
	case []any, map[string]any:
		return nil, fmt.Errorf("expected text")
	}
	return connector.Text(value), nil
}

// checkAddress holds that credentials leave this machine through TLS only. The address is not told: it may be a secret.
func checkAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "":
		return fmt.Errorf("the address of the API is none: it begins with https:// and a host")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("the address of the API is not https://, and credentials would be sent in the open")
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// moments are the forms in which vendors write times.
var moments = []string{time.RFC3339Nano, "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly}

// moment reads a time as vendors write it: as text, or as seconds or milliseconds since 1970. Zero: it is none.
func moment(value any) time.Time {
	switch v := value.(type) {
	case time.Time:
		return v
	case int64:
		return sinceEpoch(v)
	case float64:
		return sinceEpoch(int64(v))
	case string:
		for _, layout := range moments {
			if at, err := time.Parse(layout, v); err == nil {
				return at
			}
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return sinceEpoch(n)
		}
	}
	return time.Time{}
}

// sinceEpoch takes what is too large for seconds for milliseconds.
func sinceEpoch(n int64) time.Time {
	switch {
	case n <= 0:
		return time.Time{}
	case n > 100_000_000_000:
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// after reads when to come again: seconds, a duration, a time as RFC 3339 or HTTP has it, or one since 1970. ok is false if it is none of them.
func after(value any, now time.Time) (wait time.Duration, ok bool) {
	text := strings.TrimSpace(connector.Text(value))
	if text == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds < 1_000_000_000 {
			return max(0, time.Duration(seconds*float64(time.Second))), true
		}
		return max(0, sinceEpoch(int64(seconds)).Sub(now)), true
	}
	if d, err := time.ParseDuration(text); err == nil {
		return max(0, d), true
	}
	for _, layout := range append([]string{time.RFC1123, time.RFC850, time.ANSIC}, moments...) {
		if at, err := time.Parse(layout, text); err == nil {
			return max(0, at.Sub(now)), true
		}
	}
	return 0, false
}
