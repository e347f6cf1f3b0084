package files_test

import (
	"fmt"
	"testing"

	"github.com/playctl/playctl/pkg/connector"
)

// total is how many operations one turn of a benchmark does, in batches of a size.
const total = 100_000

func BenchmarkAdd(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Add, Target: audience("Everybody"), Items: members()},
		func(d desk) { d.put("audiences/Everybody.csv", "id\n") })
}

func BenchmarkAddWithFields(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Add, Target: audience("Everybody"), Items: operations()},
		func(d desk) { d.put("audiences/Everybody.csv", "id\n") })
}

func BenchmarkTask(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Task, Target: kind("task"), Items: operations()}, func(desk) {})
}

func BenchmarkRemove(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Remove, Target: audience("Everybody"), Items: members()}, func(d desk) {
		d.put("audiences/Everybody.csv", "id\n")
		d.write(connector.Add, audience("Everybody"), members()...)
	})
}

func BenchmarkSend(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Send, Target: kind("message"), Items: operations()}, func(desk) {})
}

func BenchmarkSetNew(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Set, Target: kind("company"), Items: operations()}, func(desk) {})
}

func BenchmarkSetOld(b *testing.B) {
	benchmark(b, connector.Batch{Verb: connector.Set, Target: kind("company"), Items: operations()}, func(d desk) {
		old := operations()
		for i := range old {
			old[i].Fields = map[string]any{"tier": "bronze", "score": int64(0), "note": "something that was noted by hand, before"}
		}
		d.write(connector.Set, kind("company"), old...)
	})
}

// operations gives items that fit every verb.
func operations() []connector.Item {
	items := make([]connector.Item, total)
	for i := range items {
		items[i] = connector.Item{
			ID:     fmt.Sprintf("account-%08d", i),
			Key:    fmt.Sprintf("%024x", i),
			Fields: map[string]any{"tier": "gold", "score": int64(i)},
			Source: connector.Source{Play: "early-intent", Step: "hello", Record: fmt.Sprintf("account/%d", i)},
		}
	}
	return items
}

// members gives the operations' items without fields.
func members() []connector.Item {
	items := operations()
	for i := range items {
		items[i].Fields = nil
	}
	return items
}

func benchmark(b *testing.B, batch connector.Batch, prepare func(desk)) {
	items := batch.Items
	for _, size := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				d := newDesk(b)
				prepare(d)
				b.StartTimer()
				for at := 0; at < total; at += size {
					d.write(batch.Verb, batch.Target, items[at:at+size]...)
				}
			}
			b.ReportMetric(float64(total)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

func BenchmarkMembers(b *testing.B) {
	d := newDesk(b)
	d.put("audiences/Everybody.csv", "id\n")
	d.write(connector.Add, audience("Everybody"), members()...)
	b.ReportAllocs()
	for b.Loop() {
		if got := openDesk(b, d.dir[:len(d.dir)-len("/desk")]).members("Everybody"); len(got) != total {
			b.Fatal(len(got))
		}
	}
}
