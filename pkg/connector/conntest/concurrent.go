package conntest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

var concurrentClaims = []claim{
	{"concurrent writes lose nothing", []Power{Writes}, (*bench).writesAtOnce},
	{"concurrent sends of the same keys send once", []Power{Writes}, (*bench).sendsAtOnce},
	{"concurrent tasks of the same keys are made once", []Power{Writes}, (*bench).givesAtOnce},
}

// atOnce runs n functions at the same time. They may not call Fatal.
func atOnce(n int, do func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { do(i) })
	}
	group.Wait()
}

// put writes one batch and reports an error, as a goroutine may.
func (b *bench) put(v connector.Verb, target connector.Collection, list []connector.Item) []connector.Outcome {
	outcomes, err := b.Connector.(connector.Writer).Write(b.ctx, connector.Batch{Verb: v, Target: target, Items: list})
	if err != nil {
		b.Errorf("%s: %v", v, err)
	}
	return outcomes
}

func (b *bench) writesAtOnce() {
	const writers, each = 8, 20
	shared := b.collection("Shared", b.ids(1000, 1000+writers)...)
	own := make([]connector.Collection, writers)
	for i := range own {
		own[i] = b.collection(fmt.Sprintf("Own %d", i))
	}
	_, objects, _ := b.keeps()
	atOnce(writers, func(i int) {
		for n := range each {
			id := b.ID(i*each + n)
			b.put(connector.Add, shared, items(id))
			b.put(connector.Add, own[i], items(id))
			if objects {
				b.put(connector.Set, b.object(), []connector.Item{b.setting(id, "gold", id)})
			}
			if r, ok := connector.As[connector.MemberReader](b.Connector); ok {
				if _, err := r.Members(b.ctx, shared); err != nil {
					b.Error(err)
				}
			}
		}
		b.put(connector.Remove, shared, items(b.ID(1000+i)))
	})
	b.wantInside(shared, b.ids(0, writers*each)...)
	for i, c := range own {
		b.wantInside(c, b.ids(i*each, (i+1)*each)...)
	}
	if objects && b.has(ReadFields) {
		for id, values := range b.fields(b.ids(0, writers*each)...) {
			if values[b.Fields[1]] != id {
				b.Errorf("%q of %q is %q", b.Fields[1], id, values[b.Fields[1]])
			}
		}
	}
}

func (b *bench) sendsAtOnce() {
	b.needActions()
	if b.retry() != connector.ByKey {
		b.Skip("the system does not drop repeats")
	}
	statuses := make([][]connector.Outcome, 4)
	atOnce(len(statuses), func(i int) { statuses[i] = b.put(connector.Send, b.action(), b.sendings(0, 50)) })
	done := 0
	for _, o := range slices.Concat(statuses...) {
		if o.Status == connector.Done {
			done++
		}
	}
	if done != 50 && !b.Blind {
		b.Errorf("%d of 50 keys were done", done)
	}
	if b.Sent != nil && len(b.Sent(b.Action)) != 50 {
		b.Errorf("the system was sent %d items, want 50", len(b.Sent(b.Action)))
	}
}

func (b *bench) givesAtOnce() {
	b.needTasks()
	if b.taskRetry() != connector.ByKey {
		b.Skip("the system does not drop repeats")
	}
	outcomes := make([][]connector.Outcome, 4)
	atOnce(len(outcomes), func(i int) { outcomes[i] = b.put(connector.Task, b.tasks(), b.taskings(0, 20)) })
	receipts, done := map[string]bool{}, 0
	for _, o := range slices.Concat(outcomes...) {
		receipts[o.Receipt] = true
		if o.Status == connector.Done {
			done++
		}
	}
	if done != 20 || len(receipts) != 20 {
		b.Errorf("%d of 20 keys were done, with %d receipts", done, len(receipts))
	}
	if b.Tasks != nil && len(b.Tasks(b.Task)) != 20 {
		b.Errorf("there are %d tasks, want 20", len(b.Tasks(b.Task)))
	}
}
