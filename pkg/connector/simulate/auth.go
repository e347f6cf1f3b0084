package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// tokens are those that were issued.
type tokens struct {
	last  int
	ends  map[string]time.Time
	spent []string // refresh tokens that were used
}

// expire ends every token that was issued.
func (t *tokens) expire() {
	for name := range t.ends {
		t.ends[name] = time.Time{}
	}
}

// issue gives a token. A refresh token is taken once, where the vendor gives another with every token.
func (s *Server) issue(v *view) *result {
	old := v.asked.text("refresh_token")
	if old != "" && s.manifest.Auth.Token.Refresh != nil {
		if slices.Contains(s.auth.spent, old) {
			return refuse("unauthorized", "the refresh token was used before")
		}
		s.auth.spent = append(s.auth.spent, old)
	}
	if s.auth.ends == nil {
		s.auth.ends = map[string]time.Time{}
	}
	s.auth.last++
	access := fmt.Sprintf("simulated-token-%d", s.auth.last)
	s.auth.ends[access] = s.options.Now().Add(s.options.Lasts)
	return &result{exists: true, token: map[string]any{"access": access, "refresh": fmt.Sprintf("simulated-refresh-%d", s.auth.last), "expires_in": int64(s.options.Lasts / time.Second)}}
}

// unauthorized refuses who does not say who asks, or says it wrong.
func (s *Server) unauthorized(ctx context.Context, v *view) *result {
	auth := s.manifest.Auth
	if v.op.call.Bare || v.op.does == issuesToken {
		return nil
	}
	if auth.Token != nil {
		return s.withToken(v)
	}
	switch {
	case auth.Bearer != nil:
		given, ok := strings.CutPrefix(v.request.Header.Get("Authorization"), "Bearer ")
		if !ok || given == "" || s.isOther(ctx, auth.Bearer, given) {
			return refuse("unauthorized", "there is no token that is known")
		}
	case auth.User != nil:
		user, password, ok := v.request.BasicAuth()
		if !ok || user == "" || s.isOther(ctx, auth.User, user) || s.isOther(ctx, auth.Password, password) {
			return refuse("unauthorized", "there are no user and password that are known")
		}
	}
	for _, list := range []struct {
		params []manifest.Param
		get    func(string) string
	}{{auth.Headers, v.request.Header.Get}, {auth.Query, v.request.URL.Query().Get}} {
		for _, p := range list.params {
			if s.needed(p) && list.get(p.Name) == "" {
				return refuse("unauthorized", p.Name+" is missing")
			}
		}
	}
	return nil
}

// withToken wants one that was issued and has not ended.
func (s *Server) withToken(v *view) *result {
	texts := []string{}
	for _, list := range []map[string][]string{v.request.Header, v.request.URL.Query()} {
		for _, values := range list {
			texts = append(texts, values...)
		}
	}
	ended := false
	for name, end := range s.auth.ends {
		if !slices.ContainsFunc(texts, func(text string) bool { return text == name || strings.HasSuffix(text, " "+name) }) {
			continue
		}
		if s.options.Now().Before(end) {
			return nil
		}
		ended = true
	}
	if ended {
		return refuse("expired", "the token has ended")
	}
	return refuse("unauthorized", "there is no token that was issued")
}

// isOther reports whether something is known to be another than the one given.
func (s *Server) isOther(ctx context.Context, p *mapping.Program, given string) bool {
	if p == nil {
		return false
	}
	values := mapping.Values{"api": s.manifest.API, "now": s.options.Now()}
	for name, value := range s.options.Settings {
		values["settings."+name] = value
	}
	want, err := p.Value(ctx, values)
	return err == nil && textOf(want) != given
}

// needed reports whether a part of auth must be there: it speaks of a setting that must be.
func (s *Server) needed(p manifest.Param) bool {
	for _, x := range s.manifest.Settings {
		if x.Required && strings.Contains(p.Value.String(), "settings."+x.Name) {
			return true
		}
	}
	return false
}
