package rest

import (
	"context"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// How a job is asked for, where its manifest does not say.
const (
	pollEvery = 5 * time.Second
	pollMost  = 30 * time.Minute
)

// job follows what a request began until it ends, and reads what became of its items. An error means that the job was not begun for good; once all of
// its steps are made, what is not told is in doubt.
func (w *writing) job(ctx context.Context, begun *answer, items []int) error {
	j := w.call.Job
	base := w.with(items).With("job", begun.values["json"]).With("job_headers", begun.values["headers"])
	for _, step := range j.Steps {
		if _, err := w.client.do(ctx, step, base, step.Retry, cursor{}, len(items)); err != nil {
			return err
		}
	}
	ended, err := w.poll(ctx, j, base)
	if err != nil {
		w.settle(items, connector.Outcome{Status: connector.InDoubt, Reason: w.client.reason(err.Error())})
		return nil
	}
	if len(j.Results) == 0 {
		w.read(ctx, w.call, ended, items)
		return nil
	}
	return w.results(ctx, j, base.With("ended", ended.values["json"]), items)
}

// poll asks for a job until it has ended.
func (w *writing) poll(ctx context.Context, j *manifest.Job, base mapping.Values) (*answer, error) {
	every, most := j.Every, j.Most
	if every == 0 {
		every = pollEvery
	}
	if most == 0 {
		most = pollMost
	}
	for waited := time.Duration(0); ; waited += every {
		a, err := w.client.do(ctx, j.Poll, base, connector.Safe, cursor{}, 1)
		if err != nil {
			return nil, err
		}
		if j.Fails != nil {
			if fails, err := j.Fails.Holds(ctx, a.values); err != nil || fails {
				return nil, fmt.Errorf("%s %s: the job failed: %s", j.Poll.Method, j.Poll.URL, a.excerpt(w.client.redact))
			}
		}
		if done, err := j.Done.Holds(ctx, a.values); err != nil || done {
			return a, err
		}
		if waited >= most {
			return nil, fmt.Errorf("%s %s: the job has not ended after %s", j.Poll.Method, j.Poll.URL, short(most))
		}
		if err := pause(ctx, w.run.pace(every)); err != nil {
			return nil, err
		}
	}
}

// results reads what became of items, from several answers: an item that one of them does not speak of may be in the next.
func (w *writing) results(ctx context.Context, j *manifest.Job, base mapping.Values, items []int) error {
	all := make([]connector.Outcome, len(items))
	for _, call := range j.Results {
		a, err := w.client.do(ctx, call, base, connector.Safe, cursor{}, 1)
		if err == nil {
			var told []connector.Outcome
			if told, err = w.told(ctx, call, a, items); err == nil {
				for n := range told {
					if all[n].Status == 0 {
						all[n] = told[n]
					}
				}
			}
		}
		if err != nil {
			w.settle(items, connector.Outcome{Status: connector.InDoubt, Reason: w.client.reason(err.Error())})
			return nil
		}
	}
	for n, i := range items {
		if all[n].Status == 0 {
			all[n] = connector.Outcome{Status: w.call.Silent, Reason: "the job ended, and says nothing of it"}
		}
		w.settle([]int{i}, all[n])
	}
	return nil
}
