package frame

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDict_isAGoMap holds a dictionary against a map, with its index dropped now and then.
func TestDict_isAGoMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, codes := &Dict{}, map[string]uint32{}
		for range rapid.IntRange(0, 300).Draw(t, "strings") {
			s := rapid.StringMatching(`[a-z]{0,2}`).Draw(t, "string")
			want, known := codes[s]
			if got, ok := d.find(s); ok != known || ok && got != want {
				t.Fatalf("find(%q) = %d, %t; want %d, %t", s, got, ok, want, known)
			}
			if !known {
				want = uint32(len(codes))
				codes[s] = want
			}
			if got := d.Code(s); got != want {
				t.Fatalf("code(%q) = %d, want %d", s, got, want)
			}
			if d.Values[want] != s {
				t.Fatalf("value %d is %q, want %q", want, d.Values[want], s)
			}
			if rapid.IntRange(0, 50).Draw(t, "forget") == 0 {
				d.forget()
			}
		}
		if len(d.Values) != len(codes) {
			t.Fatalf("%d values, want %d", len(d.Values), len(codes))
		}
	})
}

func TestDict_keepsLongAndManyStrings(t *testing.T) {
	d := &Dict{}
	name := func(i int) string {
		return strings.Repeat("x", i%97) + fmt.Sprint(i) + strings.Repeat("y", i%5000*(i%2))
	}
	for i := range 20_000 {
		if got := d.Code(name(i)); got != uint32(i) {
			t.Fatalf("code of string %d is %d", i, got)
		}
	}
	for i, s := range d.Values {
		if s != name(i) {
			t.Fatalf("value %d is %.20q…, want %.20q…", i, s, name(i))
		}
	}
}

func BenchmarkDict(b *testing.B) {
	for _, distinct := range []int{20, 1_000_000} {
		b.Run(fmt.Sprint(distinct, " distinct"), func(b *testing.B) {
			keys := make([]string, 1_000_000)
			for i := range keys {
				keys[i] = fmt.Sprintf("0015g00000%08d", i%distinct)
			}
			b.ReportAllocs()
			for b.Loop() {
				d := &Dict{}
				for _, k := range keys {
					d.Code(k)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(keys)), "ns/string")
		})
	}
}
