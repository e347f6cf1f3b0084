package conntest

import (
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

var fieldClaims = []claim{
	{"what is set is read back", []Power{Writes, ReadFields}, (*bench).sets},
	{"setting what is so is already", []Power{Writes, ReadFields}, (*bench).setsEqual},
	{"setting one field leaves the others", []Power{Writes, ReadFields}, (*bench).setsOne},
	{"an unknown record has no fields", []Power{ReadFields}, (*bench).readsUnknown},
	{"a bad record is not set and the others are", []Power{Writes, ReadFields}, (*bench).setsAllButOne},
	{"the last of two values in a batch stays", []Power{Writes, ReadFields}, (*bench).setsTwice},
	{"every kind of value reads back as text", []Power{Writes, ReadFields}, (*bench).setsKinds},
	{"awkward values go in and out", []Power{Writes, ReadFields}, (*bench).setsAwkward},
}

// setting gives an item that sets the first field, and the second if there are two values.
func (b *bench) setting(id string, values ...any) connector.Item {
	item := connector.Item{ID: id, Fields: map[string]any{}}
	for i, v := range values {
		item.Fields[b.Fields[i]] = v
	}
	return item
}

// wantField compares one field, as read, with a text.
func (b *bench) wantField(id string, field int, want string) {
	b.Helper()
	if got := b.fields(id)[id][b.Fields[field]]; got != want {
		b.Errorf("%q of %q is %q, want %q", b.Fields[field], id, got, want)
	}
}

// needObjects ends a claim about fields that are set, if the system has none.
func (b *bench) needObjects() {
	b.Helper()
	if _, objects, _ := b.keeps(); !objects {
		b.Skip("the system has no records whose fields can be set")
	}
}

func (b *bench) set(list ...connector.Item) []connector.Outcome {
	b.Helper()
	b.needObjects()
	return b.write(connector.Set, b.object(), list)
}

func (b *bench) sets() {
	b.wantAll(b.set(b.setting(b.ID(0), "gold", "x"), b.setting(b.ID(1), "silver", "y")), connector.Done)
	b.wantField(b.ID(0), 0, "gold")
	b.wantField(b.ID(0), 1, "x")
	b.wantField(b.ID(1), 0, "silver")
	b.wantField(b.ID(1), 1, "y")
}

func (b *bench) setsEqual() {
	b.set(b.setting(b.ID(0), "gold", "x"))
	b.wantAll(b.set(b.setting(b.ID(0), "gold", "x"), b.setting(b.ID(0), "gold")), connector.Already)
	b.wantAll(b.set(b.setting(b.ID(0), "silver")), connector.Done)
	b.wantField(b.ID(0), 0, "silver")
}

func (b *bench) setsOne() {
	b.set(b.setting(b.ID(0), "gold", "x"), b.setting(b.ID(1), "gold", "y"))
	b.set(b.setting(b.ID(0), "silver"))
	b.wantField(b.ID(0), 0, "silver")
	b.wantField(b.ID(0), 1, "x")
	b.wantField(b.ID(1), 0, "gold")
	b.wantField(b.ID(1), 1, "y")
}

func (b *bench) readsUnknown() {
	if got := b.fields("nobody"); len(got) != 0 {
		b.Errorf("an unknown record has %v", got)
	}
}

func (b *bench) setsAllButOne() {
	list := []connector.Item{b.setting(b.ID(0), "gold"), b.setting("", "gold"), b.setting(b.ID(1), "gold")}
	b.want(b.set(list...), connector.Done, connector.Rejected, connector.Done)
	b.wantField(b.ID(0), 0, "gold")
	b.wantField(b.ID(1), 0, "gold")
}

func (b *bench) setsTwice() {
	b.wantAll(b.set(b.setting(b.ID(0), "gold"), b.setting(b.ID(0), "silver")), connector.Done)
	b.wantField(b.ID(0), 0, "silver")
}

func (b *bench) setsKinds() {
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("", 3600))
	for i, v := range []any{true, int64(-7), 0.1, at, []any{"a", int64(1)}, map[string]any{"b": int64(2), "a": nil}} {
		b.wantAll(b.set(b.setting(b.ID(i), v)), connector.Done)
		b.wantField(b.ID(i), 0, connector.Text(v))
		b.wantAll(b.set(b.setting(b.ID(i), v)), connector.Already)
	}
}

func (b *bench) setsAwkward() {
	values := append(AwkwardIDs(), " leading", "trailing ", "\n", "a\n\nb")
	for i, v := range values {
		b.wantAll(b.set(b.setting(b.ID(i), v, "x")), connector.Done)
	}
	for i, v := range values {
		b.wantField(b.ID(i), 0, v)
		b.wantField(b.ID(i), 1, "x")
		b.wantAll(b.set(b.setting(b.ID(i), v)), connector.Already)
	}
	b.wantAll(b.set(b.setting(b.ID(0), "")), connector.Done)
	b.wantField(b.ID(0), 0, "")
	b.wantAll(b.set(b.setting(b.ID(0), "")), connector.Already)
}
