package conntest

import (
	"context"
	"errors"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

var cancelClaims = []claim{
	{"an ended context stops reading", nil, (*bench).stopsReading},
	{"an ended context stops writing before it begins", []Power{Writes}, (*bench).stopsWriting},
	{"a context that ends in the middle leaves nothing unaccounted for", []Power{Writes}, (*bench).stopsInTheMiddle},
}

func (b *bench) ended() context.Context {
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	return ctx
}

func (b *bench) stopsReading() {
	c, ctx := connector.Collection{Kind: b.Collection, Name: "Early intent"}, b.ended()
	if collections, _, _ := b.keeps(); collections {
		c = b.collection(c.Name, b.ID(0))
	}
	calls := map[Power]func() error{
		ReadMembers: func() error { _, err := b.Connector.(connector.MemberReader).Members(ctx, c); return err },
		ReadFields: func() error {
			_, err := b.Connector.(connector.FieldReader).Fields(ctx, b.Object, b.ids(0, 1), b.Fields)
			return err
		},
		Looks: func() error {
			action := b.Action
			if _, _, actions := b.keeps(); !actions || b.retry() == connector.Never {
				action = b.Task
			}
			_, err := b.Connector.(connector.Looker).Lookup(ctx, action, []string{"k"})
			return err
		},
		Creates: func() error {
			return b.Connector.(connector.Creator).Create(ctx, connector.Collection{Kind: b.Collection, Name: "New"})
		},
		ReadTasks: func() error {
			_, err := b.Connector.(connector.TaskReader).Tasks(ctx, b.Task, []string{"r"})
			return err
		},
		ReadMemberships: func() error {
			_, err := b.Connector.(connector.MembershipReader).MembershipsOf(ctx, b.Collection, b.ids(0, 1))
			return err
		},
		Lists: func() error { _, err := b.Connector.(connector.Lister).Collections(ctx, b.Collection); return err },
		ReadMembershipFields: func() error {
			_, err := b.Connector.(connector.MembershipFieldReader).MembershipFields(ctx, c, b.ids(0, 1), b.MembershipFields)
			return err
		},
		ReadRecords: func() error {
			return b.Connector.(connector.RecordReader).Records(ctx, b.Object, []string{b.Key}, time.Time{}, func([]any) error { return nil })
		},
	}
	for p, call := range calls {
		if !b.has(p) {
			continue
		}
		if err := call(); !errors.Is(err, context.Canceled) {
			b.Errorf("it %s in spite of an ended context: %v", p, err)
		}
	}
	if err := b.Connector.Check(ctx); !errors.Is(err, context.Canceled) {
		b.Errorf("it checks in spite of an ended context: %v", err)
	}
}

func (b *bench) stopsWriting() {
	collections, objects, actions := b.keeps()
	var batches []connector.Batch
	var c connector.Collection
	if collections {
		c = b.collection("Early intent", b.ID(0))
		batches = append(batches, connector.Batch{Verb: connector.Add, Target: c, Items: items(b.ID(1))}, connector.Batch{Verb: connector.Remove, Target: c, Items: items(b.ID(0))})
	}
	if objects {
		batches = append(batches, connector.Batch{Verb: connector.Set, Target: b.object(), Items: []connector.Item{b.setting(b.ID(0), "gold")}})
	}
	if actions {
		batches = append(batches, connector.Batch{Verb: connector.Send, Target: b.action(), Items: b.sendings(0, 1)})
	}
	if b.givesTasks() {
		batches = append(batches, connector.Batch{Verb: connector.Task, Target: b.tasks(), Items: b.taskings(0, 1)},
			connector.Batch{Verb: connector.Cancel, Target: b.tasks(), Items: items("r")})
	}
	live := b.ctx
	b.ctx = b.ended()
	for _, batch := range batches {
		_, err := b.try(batch.Verb, batch.Target, batch.Items)
		if !errors.Is(err, context.Canceled) || !errors.As(err, new(*connector.NotBegunError)) {
			b.Errorf("%s gives %v", batch.Verb, err)
		}
	}
	b.ctx = live
	if collections {
		b.wantInside(c, b.ID(0))
	}
	b.wantSent()
	b.wantGiven()
	if objects && b.has(ReadFields) && len(b.fields(b.ID(0))[b.ID(0)]) != 0 {
		b.Error("a field was set")
	}
}

func (b *bench) stopsInTheMiddle() {
	c := b.collection("Early intent")
	live := b.ctx
	var outcomes []connector.Outcome
	var err error
	list := items(b.ids(0, 1000)...)
	if size := b.Connector.Describe().Batch; size > 0 && size < len(list) {
		list = list[:size]
	}
	ctx, cancel := context.WithCancel(live)
	b.ctx = ctx
	go cancel()
	outcomes, err = b.try(connector.Add, c, list)
	b.ctx = live
	b.wantHonestAdds(c, list, outcomes, err)
}
