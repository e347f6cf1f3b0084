package conntest

import (
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
)

var sendClaims = []claim{
	{"a send arrives with its key, source and payload", []Power{Writes}, (*bench).sends},
	{"a key that was sent is not sent again", []Power{Writes}, (*bench).sendsOnce},
	{"a key that comes twice in a batch is sent once", []Power{Writes}, (*bench).sendsRepeats},
	{"look-up finds exactly what was sent", []Power{Writes, Looks}, (*bench).looksUp},
	{"awkward payloads arrive", []Power{Writes}, (*bench).sendsAwkward},
}

// sending gives the nth send: its key, its source and its payload all differ.
func (b *bench) sending(n int) connector.Item {
	return connector.Item{
		ID:     b.ID(n),
		Key:    fmt.Sprintf("key-%04d", n),
		Fields: map[string]any{"text": fmt.Sprintf("Hello %d", n), "number": int64(n)},
		Source: connector.Source{Play: "renewals", Step: "hello", Record: fmt.Sprintf("account/%d", n)},
	}
}

func (b *bench) sendings(from, to int) []connector.Item {
	var list []connector.Item
	for n := from; n < to; n++ {
		list = append(list, b.sending(n))
	}
	return list
}

func (b *bench) send(list ...connector.Item) []connector.Outcome {
	b.Helper()
	b.needActions()
	return b.write(connector.Send, b.action(), list)
}

// needActions ends a claim about sends, if the system has no actions.
func (b *bench) needActions() {
	b.Helper()
	if _, _, actions := b.keeps(); !actions {
		b.Skip("the system has nothing that can be sent")
	}
}

// retry gives the retry class of the action.
func (b *bench) retry() connector.Retry {
	kind, _ := b.Connector.Describe().Action(b.Action)
	return kind.Retry
}

// wantSent compares what the system was sent, in order.
func (b *bench) wantSent(want ...connector.Item) {
	b.Helper()
	if b.Sent == nil {
		return
	}
	got := b.Sent(b.Action)
	if len(got) != len(want) {
		b.Fatalf("the system was sent %d items, want %d", len(got), len(want))
	}
	for i, w := range want {
		b.wantOneSent(got[i], w)
	}
}

func (b *bench) wantOneSent(got, want connector.Item) {
	b.Helper()
	if got.Key != "" && got.Key != want.Key || got.ID != "" && got.ID != want.ID {
		b.Errorf("key %q and id %q arrived, want %q and %q", got.Key, got.ID, want.Key, want.ID)
	}
	if got.Source != (connector.Source{}) && got.Source != want.Source {
		b.Errorf("source %+v arrived, want %+v", got.Source, want.Source)
	}
	if got.Fields != nil && connector.Text(got.Fields) != connector.Text(want.Fields) {
		b.Errorf("payload %s arrived, want %s", connector.Text(got.Fields), connector.Text(want.Fields))
	}
}

func (b *bench) sends() {
	b.wantAll(b.send(b.sendings(0, 3)...), connector.Done)
	b.wantAll(b.send(b.sendings(3, 5)...), connector.Done)
	b.wantSent(b.sendings(0, 5)...)
}

func (b *bench) sendsOnce() {
	if b.retry() != connector.ByKey && b.retry() != connector.Safe {
		b.Skip("the system does not drop repeats")
	}
	first := b.send(b.sendings(0, 3)...)
	again := b.send(b.sendings(1, 4)...)
	b.want(again, connector.Already, connector.Already, connector.Done)
	for i := range 2 {
		if again[i].Receipt != first[i+1].Receipt {
			b.Errorf("the receipt of a repeat is %q, of the first %q", again[i].Receipt, first[i+1].Receipt)
		}
	}
	b.wantSent(b.sendings(0, 4)...)
}

func (b *bench) sendsRepeats() {
	if b.retry() != connector.ByKey && b.retry() != connector.Safe {
		b.Skip("the system does not drop repeats")
	}
	b.want(b.send(b.sending(0), b.sending(1), b.sending(0)), connector.Done, connector.Done, connector.Already)
	b.wantSent(b.sendings(0, 2)...)
}

func (b *bench) looksUp() {
	b.needActions()
	look := b.Connector.(connector.Looker)
	none, err := look.Lookup(b.ctx, b.Action, []string{"key-0000"})
	if err != nil && b.retry() != connector.Lookup {
		b.Skip("only tasks can be looked up")
	}
	if err != nil || len(none) != 0 {
		b.Fatalf("before anything was sent, look-up gives %v and %v", none, err)
	}
	outcomes := b.send(b.sendings(0, 3)...)
	found, err := look.Lookup(b.ctx, b.Action, []string{"key-0000", "key-0002", "key-0007", ""})
	if err != nil {
		b.Fatal(err)
	}
	if len(found) != 2 {
		b.Errorf("found %v", found)
	}
	for _, n := range []int{0, 2} {
		if receipt, ok := found[b.sending(n).Key]; !ok || receipt != outcomes[n].Receipt {
			b.Errorf("the receipt of send %d is %q, look-up gives %q", n, outcomes[n].Receipt, receipt)
		}
	}
}

func (b *bench) sendsAwkward() {
	var list []connector.Item
	for i, text := range AwkwardIDs() {
		item := b.sending(i)
		item.Fields = map[string]any{"text": text, text: []any{text, map[string]any{"deep": text}}}
		list = append(list, item)
	}
	b.wantAll(b.send(list...), connector.Done)
	b.wantSent(list...)
}
