package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/expr/mapping"
)

// rates are the requests that count, by limit.
type rates struct{ windows map[string][]spending }

type spending struct {
	at   time.Time
	cost float64
}

// tooOften refuses what goes over a limit of the manifest.
func (s *Server) tooOften(ctx context.Context, v *view) *result {
	if s.options.Free || v.op.does == issuesToken {
		return nil
	}
	if s.rates.windows == nil {
		s.rates.windows = map[string][]spending{}
	}
	values := s.limiting(v)
	type open struct {
		key  string
		cost float64
	}
	var counted []open
	for n, l := range s.manifest.Limits {
		if l.Match != nil {
			if holds, err := l.Match.Holds(ctx, values); err != nil || !holds {
				continue
			}
		}
		if l.AtOut > 0 && s.atOnce > l.AtOut {
			return tooSoon(time.Second)
		}
		if l.Rate == 0 {
			continue
		}
		key, cost := fmt.Sprintf("%d", n), 1.0
		if l.By != nil {
			by, _ := l.By.Text(ctx, values)
			key += " " + by
		}
		if l.Cost != nil {
			cost = number(l.Cost, ctx, values)
		}
		if wait := s.rates.wait(key, cost, l.Rate, l.Per, s.options.Now()); wait > 0 {
			return tooSoon(wait)
		}
		counted = append(counted, open{key, cost})
	}
	for _, c := range counted {
		s.rates.windows[c.key] = append(s.rates.windows[c.key], spending{s.options.Now(), c.cost})
	}
	return nil
}

func number(p *mapping.Program, ctx context.Context, values mapping.Values) float64 {
	switch n, _ := p.Value(ctx, values); x := n.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return 1
}

func tooSoon(wait time.Duration) *result {
	out := refuse("rate", "you are asking too often")
	out.trouble.after = max(time.Second, wait.Round(time.Second))
	return out
}

// wait gives for how long a request would be too much; 0: it is not.
func (r *rates) wait(key string, cost float64, rate int, per time.Duration, now time.Time) time.Duration {
	list := r.windows[key]
	for len(list) > 0 && !list[0].at.Add(per).After(now) {
		list = list[1:]
	}
	r.windows[key] = list
	sum := cost
	for _, x := range list {
		sum += x.cost
	}
	if sum <= float64(rate) || len(list) == 0 {
		return 0
	}
	return list[0].at.Add(per).Sub(now)
}

// limiting is what the expressions of limits know.
func (s *Server) limiting(v *view) mapping.Values {
	out := mapping.Values{"api": s.manifest.API, "now": s.options.Now(), "request.method": v.request.Method, "request.path": v.request.URL.Path, "request.url": v.request.URL.String(),
		"request.text": string(v.raw), "request.body": v.json, "request.items": int64(len(v.asked.items))}
	for _, x := range s.manifest.Settings {
		value, given := s.options.Settings[x.Name]
		if !given {
			value = x.Default
		}
		if value != nil {
			out["settings."+x.Name] = value
		}
	}
	return out
}
